"""What a form of 补录 brought: for each step a day and what shows it; steps without either day or tick are left as they are.

A step that is ticked without a day of its own takes the day that all of them share, or its own due day, as was chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from tracker.errors import ActRefused
from tracker.identity import is_possible_id
from tracker.queries.backfilling import Candidate
from tracker.services.auditing import Actor
from tracker.services.backfilling import BASIS_CHARACTERS, Backfill, list_unmet_backfills
from web.desk import Desk
from web.forms import Form, InputRefused

_DAY, _BASIS = "on-", "basis-"
TICKED, SHARED_DAY, AT_DUE = "done", "day", "at_due"
Refusal = InputRefused | ActRefused


def read_sheet(form: Form, offered: Sequence[Candidate]) -> list[Backfill] | InputRefused:
    """The steps that were filled in. What cannot be read is returned: the page shows it beside what was typed."""
    try:
        entries = _read(form, {each.milestone.id: each for each in offered})
    except InputRefused as error:
        return error
    return entries or InputRefused("on", "还没有勾选节点，也没有填写完成日期。没有完成的节点留空即可。")


def refusal_of(desk: Desk, sheet: Sequence[Backfill] | InputRefused, actor: Actor) -> Refusal | None:
    """Why the sheet is not recorded, everything at once; None where it may be."""
    if isinstance(sheet, InputRefused):
        return sheet
    unmet = list_unmet_backfills(desk.session, sheet, actor=actor, at=desk.at)
    return ActRefused("补录", unmet) if unmet else None


def _read(form: Form, offered: Mapping[int | None, Candidate]) -> list[Backfill]:
    """Raises InputRefused where a day is none, and where something shows a step that has no day."""
    shared = form.optional_text("basis", "共同的依据", limit=BASIS_CHARACTERS) or ""
    ticked = form.wholes(TICKED, "已完成的节点")
    entries = []
    for milestone_id in dict.fromkeys([*_numbers(form), *ticked]):
        name = _name(offered.get(milestone_id))
        done_on: date | None = form.optional_day(f"{_DAY}{milestone_id}", f"{name}的完成日期")
        own = form.optional_text(f"{_BASIS}{milestone_id}", f"{name}的依据", limit=BASIS_CHARACTERS)
        if done_on is None and milestone_id in ticked:
            done_on = _day_of_ticked(form, offered.get(milestone_id))
        if done_on is not None:
            entries.append(Backfill(milestone_id, done_on, own or shared))
        elif own:
            sentence = f"{name}写了依据，没有填完成日期，请填写日期或者勾选，或者清空依据。"
            raise InputRefused(f"{_DAY}{milestone_id}", sentence)
    return entries


def _day_of_ticked(form: Form, candidate: Candidate | None) -> date:
    """Raises InputRefused where no day was chosen for what is ticked, or two."""
    day = form.optional_day(SHARED_DAY, "共同的完成日期")
    at_due = form.is_ticked(AT_DUE)
    if day is not None and at_due:
        raise InputRefused(SHARED_DAY, "“共同的完成日期”和“按各自时限当日”只能选一种。")
    if at_due:
        day = candidate and candidate.milestone.due_on
        if day is None:
            raise InputRefused(TICKED, "勾选的节点里有已经不能补录的，请刷新页面后重新勾选。")
    if day is None:
        sentence = "勾选的节点里有没有填完成日期的，请填“共同的完成日期”，或者勾选“按各自时限当日”。"
        raise InputRefused(SHARED_DAY, sentence)
    return day


def _numbers(form: Form) -> list[int]:
    """The steps that the form has a field for, each once, in its order."""
    typed = [field.removeprefix(_DAY) for field, _ in form.items() if field.startswith(_DAY)]
    whole = [text for text in typed if text.isascii() and text.isdecimal() and len(text) < 11]
    return [number for number in dict.fromkeys(map(int, whole)) if is_possible_id(number)]


def _name(candidate: Candidate | None) -> str:
    if candidate is None:
        return "节点"
    number = f"{candidate.label} " if candidate.label else ""
    return f"{number}{candidate.title[:20]}：第{candidate.milestone.number}个节点"
