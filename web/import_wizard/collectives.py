"""Words for several units (各科室) on the step of names: which units each stands for, and which one answers where it leads."""

from __future__ import annotations

import re

from tracker.models import ImportSession
from tracker.queries.people import list_units, resolve_unit
from tracker.services.import_sessions.matching import Candidate, NameKind, NameMatch
from tracker.services.import_sessions.names import choose_collective
from web.desk import Desk
from web.forms import InputRefused
from web.import_wizard import frame

MOST_BOXES = 600  # of all words together; beyond that the units are typed
BETWEEN_TYPED = re.compile(r"[、,，;；\s]+")


def list_unit_options(desk: Desk, matches: list[NameMatch]) -> list[tuple[str, str]]:
    """The units that a word may stand for, value and name: those of the register, then those that the file brings."""
    known = [(f"id-{unit.id}", unit.name) for unit in list_units(desk.session) if unit.is_active]
    new = [each.name for each in matches if each.kind is NameKind.UNIT and each.is_entered]
    return known + [(f"as-{name}", name) for name in new]


def are_typed(options: list[tuple[str, str]], words: int) -> bool:
    """Whether so many words and units want to be typed: a box for each would make the page too long."""
    return len(options) * words > MOST_BOXES


def choose_units(desk: Desk, run: ImportSession, match: NameMatch, matches: list[NameMatch]) -> None:
    """Take what the form says of one word. Raises InputRefused, UnitNotFound or ValueRefused."""
    options = list_unit_options(desk, matches)
    if desk.form.has("members"):
        typed = desk.form.optional_text("members", "代表哪些单位", limit=2000) or ""
        members = [_typed(desk, options, name) for name in BETWEEN_TYPED.split(typed) if name]
        lead = desk.form.optional_text("lead", "由哪个单位负责", limit=120)
        chosen = _typed(desk, options, lead) if lead else None
    else:
        values = [value for field, value in desk.form.items() if field == "member"]
        members = [_ticked(options, value) for value in dict.fromkeys(values)]
        chosen = _ticked(options, desk.form.raw("lead")) if desk.form.raw("lead") else None
    choose_collective(desk.session, run, frame.decision_of(desk), match=match, members=members, lead=chosen)


def _ticked(options: list[tuple[str, str]], value: str) -> Candidate:
    name = dict(options).get(value)
    if name is None:
        raise InputRefused("member", "所选的单位里有一个已经没有了，请刷新页面后重选。")
    return Candidate(int(value[3:]) if value.startswith("id-") else None, name)


def _typed(desk: Desk, options: list[tuple[str, str]], name: str) -> Candidate:
    if f"as-{name}" in dict(options):
        return Candidate(None, name)
    unit = resolve_unit(desk.session, name)
    return Candidate(unit.id, unit.name)
