"""`dingban report weekly`: the weekly report as files, as it stands or as it was sent."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from sqlmodel import Session

from notifications.reports import DrawnReport, draw_report, take_snapshot
from notifications.reports.sending import show_sent_report
from runtime.bootstrap import Application
from runtime.cli.grammar import Commands
from runtime.cli.invocation import Refused, now, opened_application
from runtime.cli.options import Json, OutFolder
from runtime.cli.output import print_json, say
from tracker.clock import office_day
from tracker.errors import ValueRefused
from tracker.figures import IsoWeek, Scope, resolve_scope, weekly_figures

Meaning = TypeVar("Meaning")

app = Commands(help="每周工作情况通报。")


@app.callback()
def report() -> None:
    """每周工作情况通报。"""


@app.command("weekly")
def weekly(
    out: OutFolder,
    week: Annotated[
        str | None, typer.Option("--week", metavar="周", help="例如 2024-W22；不写则为上一周")
    ] = None,
    scope: Annotated[
        str,
        typer.Option("--scope", metavar="范围", help="all、leader:姓名、unit:单位 或者 campaign:专项工作"),
    ] = "all",
    is_as_sent: Annotated[bool, typer.Option("--as-sent", help="按发出时的存档原样出具")] = False,
    as_json: Json = False,
) -> None:
    """写出网页、Word 和 Excel 三种通报；过去的一周按当时的情况。"""
    with opened_application() as application, application.reading() as session:
        chosen = IsoWeek.of(office_day(now())).shift(-1) if week is None else _as_usage(IsoWeek.parse, week)
        covered = _as_usage(partial(resolve_scope, session), scope)
        if is_as_sent:
            drawn = _sent(session, chosen, covered)
        else:
            drawn = draw_weekly_report(application, session, chosen, covered)
    files = write_report(drawn, out)
    if as_json:
        print_json(
            {
                "schema": "dingban.report/1",
                "week": str(chosen),
                "scope": covered.key,
                "subject": drawn.subject,
                "files": [str(file) for file in files],
            }
        )
        return
    say(f"{drawn.subject}（{covered.label}）")
    for file in files:
        say(f"  {file}")


def _as_usage(read: Callable[[str], Meaning], text: str) -> Meaning:
    """Read an option's text; what has not the form of a week or of a scope is wrong usage."""
    try:
        return read(text)
    except ValueRefused as refusal:
        raise typer.BadParameter(str(refusal)) from None


def draw_weekly_report(
    application: Application, session: Session, week: IsoWeek, scope: Scope
) -> DrawnReport:
    """The report of a week as the register tells it now. Raises ValueRefused for a week that has not begun."""
    at = now()
    figures = weekly_figures(
        session,
        week=week,
        scope=scope,
        at=at,
        rules=application.rules,
        calendar=application.calendar(session),
        standing_silent_days=application.policy.signing.standing_silent_days,
    )
    return draw_report(take_snapshot(figures, made_at=at, console_url=application.settings.console_url))


def _sent(session: Session, week: IsoWeek, scope: Scope) -> DrawnReport:
    drawn = show_sent_report(session, week, scope)
    if drawn is None:
        raise Refused(f"{week} 的通报（{scope.label}）没有发出过，没有存档。")
    return drawn


def write_report(drawn: DrawnReport, folder: Path) -> list[Path]:
    """Write the three files and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = {"html": drawn.html.encode(), "docx": drawn.word, "xlsx": drawn.workbook}
    paths = []
    for ending, content in contents.items():
        path = folder / f"{drawn.name}.{ending}"
        path.write_bytes(content)
        paths.append(path)
    return paths
