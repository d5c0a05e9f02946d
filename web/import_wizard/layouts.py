"""Where the headings of a table stand and what the table is called, where the file does not say it plainly."""

from __future__ import annotations

from starlette.responses import Response

from tracker.importers.corrections import NO_HEADINGS
from tracker.importers.draft import Draft, OpeningRow
from tracker.models import ImportSession, ImportStep
from tracker.services.import_sessions.beginning import take_up_earlier
from tracker.services.import_sessions.deciding import choose_layout
from tracker.services.import_sessions.placing import list_known_titles
from web.desk import Desk
from web.forms import InputRefused
from web.import_wizard import frame
from web.import_wizard.carried import summary_of


def headings(desk: Desk, import_id: int) -> Response:
    """Say in which row the headings of a table stand."""
    run, draft = frame.locked(desk, import_id)
    number = table_number(desk)
    opening = {row.where for row in _opening_of(draft, number)}
    at = desk.form.choice("at", "表头", {"", NO_HEADINGS, *opening})
    choose_layout(desk.session, run, frame.decision_of(desk), table=number, headings_at=at)
    said = "请在下面为各列选择对应的内容。" if at else "由程序识别表头。"
    return desk.done(frame.path_of(run, ImportStep.COLUMNS) + f"#table-{number}", f"已重新读取，{said}")


def title(desk: Desk, import_id: int) -> Response:
    """Say which table of the campaign a table corrects, or what a new one is called."""
    run, draft = frame.locked(desk, import_id)
    number = table_number(desk)
    known = list_known_titles(desk.session, run.campaign_id)
    place = desk.form.raw("known")
    if place and not (place.isdecimal() and len(place) < 5 and int(place) < len(known)):
        raise InputRefused("known", "请选择是哪张表的更正，或者选“一张新表”。")
    printed = next((each.printed_title or each.title for each in draft.tables if each.number == number), "")
    typed = desk.form.optional_text("title", "表名", limit=200) or ""
    wanted = known[int(place)] if place else ("" if typed == printed else typed)
    choose_layout(desk.session, run, frame.decision_of(desk), table=number, title=wanted)
    said = take_up(desk, run, number) if place else ""
    return desk.done(frame.path_of(run, ImportStep.COLUMNS) + f"#table-{number}", f"已保存表名。{said}")


def take_up(desk: Desk, run: ImportSession, number: int | None = None) -> str:
    """Take up what was decided about the tables before, those that nothing was decided about now."""
    decided = {
        each["table"] for name in ("edits", "excluded", "columns", "notes") for each in getattr(run, name)
    }
    reader = frame.reader_of(desk)
    bare = reader.bare_draft(desk.session, run, today=desk.today)
    every = {each.number for each in bare.tables} | {
        each.number for each in bare.skipped if each.number is not None
    }
    wanted = (every if number is None else {number}) - decided
    take_up_earlier(
        desk.session, run, reader=reader, sight=desk.visitor.sight, today=desk.today, tables=wanted
    )
    draft = reader.draft(desk.session, run, today=desk.today)
    sentence = summary_of(run, draft).sentence
    return f"上次的改动：{sentence}。" if sentence else ""


def _opening_of(draft: Draft, number: int) -> tuple[OpeningRow, ...]:
    openings = [(each.number, each.opening) for each in draft.tables]
    openings += [(each.number, each.opening) for each in draft.skipped if each.number is not None]
    return next((opening for table, opening in openings if table == number), ())


def table_number(desk: Desk) -> int:
    text = desk.form.raw("table")
    if not text.lstrip("-").isdecimal() or len(text) > 6:
        raise InputRefused("table", "没有指明是哪张表，请刷新页面后重试。")
    return int(text)
