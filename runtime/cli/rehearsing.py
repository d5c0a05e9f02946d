"""`dingban rehearse`: the days to come, played through on a copy."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
import xlsxwriter

from notifications.heat_map import heat_map_page
from notifications.rehearsal import HEADINGS, RehearsedNotice, as_json, rehearse
from runtime.cli.grammar import Commands
from runtime.cli.invocation import opened_application
from runtime.cli.options import Json, OutFolder, read_day
from runtime.cli.output import print_json, say
from runtime.cli.progress import progress
from runtime.copying import copied_database

app = Commands()
MOST_DAYS = 800


@app.command("rehearse")
def show_days_to_come(
    start: Annotated[date, typer.Option("--from", metavar="日期", parser=read_day, help="从哪一天起")],
    end: Annotated[date, typer.Option("--to", metavar="日期", parser=read_day, help="到哪一天止（含）")],
    out: OutFolder,
    is_json: Json = False,
) -> None:
    """在数据库的副本上把这些天过一遍，看谁会在哪天收到什么。什么也不发。

    假定其间没有人办理任何事项。写出明细表（.xlsx）、JSON 和日历图（.html）。
    """
    if not start <= end or (end - start).days > MOST_DAYS:
        raise typer.BadParameter(f"--from 须不晚于 --to，最多 {MOST_DAYS} 天")
    with opened_application() as application:
        with application.reading() as session:
            calendar = application.calendar(session)
        with copied_database(application.engine) as copy, progress("演练") as on_progress:
            notices = rehearse(
                copy,
                start=start,
                end=end,
                policy=application.reminder_policy,
                hours=application.office_hours,
                calendar=calendar,
                console_url=application.settings.console_url,
                on_day=lambda day: on_progress((day - start).days, (end - start).days),
            )
    document = as_json(notices, start=start, end=end)
    page = heat_map_page(notices, start=start, end=end, calendar=calendar)
    files = _write(out, f"演练_{start}_{end}", notices, document, page)
    if is_json:
        print_json(document)
        return
    days, people = {each.day for each in notices}, {each.person_id for each in notices}
    say(f"{start} 至 {end}：{len(notices)}条提醒，涉及{len(people)}人、{len(days)}天。什么也没有发出。")
    for file in files:
        say(f"  {file}")


def _write(
    folder: Path, name: str, notices: list[RehearsedNotice], document: dict[str, Any], page: str
) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    table, data, map_page = (folder / f"{name}.{ending}" for ending in ("xlsx", "json", "html"))
    _write_table(table, notices)
    data.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    map_page.write_text(page, encoding="utf-8")
    return [table, data, map_page]


def _write_table(path: Path, notices: list[RehearsedNotice]) -> None:
    """One line a notice, dates as dates; what the register says stays text, whatever it begins with."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet("提醒明细")
        sheet.write_row(0, 0, HEADINGS, book.add_format({"bold": True}))
        for number, notice in enumerate(notices, 1):
            sheet.write_row(number, 0, notice.as_row())
        sheet.autofilter(0, 0, max(len(notices), 1), len(HEADINGS) - 1)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(HEADINGS) - 1, 14)
