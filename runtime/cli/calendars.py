"""`dingban calendar`: the office's working days."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from runtime.cli.acting import acting
from runtime.cli.grammar import Commands
from runtime.cli.invocation import InputUnreadable, opened_application
from runtime.cli.options import AsAnybody, Json
from runtime.cli.output import print_json, print_table, say
from tracker.calendar import read_calendar_file
from tracker.queries.calendars import list_calendar_days, list_calendar_years
from tracker.services.calendars import import_calendar

app = Commands(help="工作日历：导入、查看。")

KIND_LABELS = {"work": "调休上班", "holiday": "放假"}


@app.command("import")
def take_in(
    file: Annotated[
        Path, typer.Argument(metavar="文件", help="CSV 或 TSV，三列：日期、类型（休/班/节）、名称")
    ],
    year: Annotated[int, typer.Option("--year", metavar="年份", help="哪一年的安排")],
    as_person: AsAnybody = None,
    as_json: Json = False,
) -> None:
    """导入一年的放假安排，并重新计算暂定的日期，前后都有记录。"""
    calendar = read_calendar_file(_read_text(file))
    with acting(as_person) as desk:
        moved = import_calendar(
            desk.session,
            calendar.days,
            year=year,
            source=file.name,
            actor=desk.actor,
            at=desk.at,
            rules=desk.application.rules,
        )
    if as_json:
        print_json(
            {
                "schema": "dingban.calendar-import/1",
                "year": year,
                "days": len(calendar.days),
                "recomputed": [
                    {
                        "task_id": each.task_id,
                        "milestone_id": each.milestone_id,
                        "before": each.before,
                        "after": each.after,
                    }
                    for each in moved
                ],
            }
        )
        return
    say(f"已导入{year}年的安排，共{len(calendar.days)}天。重新计算的日期有{len(moved)}个。")
    if moved:
        print_table(
            ["任务", "节点", "原为", "改为"],
            [(each.task_id, each.milestone_id or "签收", each.before, each.after) for each in moved],
        )


@app.command("show")
def show(
    year: Annotated[int | None, typer.Argument(metavar="年份", help="不写则列出已导入的年份")] = None,
    as_json: Json = False,
) -> None:
    """查看一年的放假和调休，或者已导入的年份。"""
    with opened_application() as application, application.reading() as session:
        years = list_calendar_years(session)
        days = [] if year is None else list_calendar_days(session, year=year)
    if as_json:
        print_json(
            {
                "schema": "dingban.calendar/1",
                "years": [{"year": each.year, "source": each.source} for each in years],
                "days": [{"day": each.day, "kind": each.kind.value, "name": each.name} for each in days],
            }
        )
    elif year is None:
        print_table(
            ["年份", "来源", "导入时间"], [(each.year, each.source, each.imported_at) for each in years]
        )
    elif year not in {each.year for each in years}:
        say(f"没有{year}年的安排，按周一至周五推算，日期均为暂定。")
    else:
        print_table(
            ["日期", "安排", "名称"], [(each.day, KIND_LABELS[each.kind.value], each.name) for each in days]
        )


def _read_text(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError:
        raise InputUnreadable(f"找不到文件“{file}”，或者没有读取权限。") from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputUnreadable(f"“{file}”不是 UTF-8 或者 GB18030 编码的文本，请另存为 CSV UTF-8。")
