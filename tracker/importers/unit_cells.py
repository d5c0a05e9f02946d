"""A cell of units that says more than names: who leads (林长办（牵头）, 牵头单位：…；配合单位：…) and who does it (食品科（李勇）)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tracker.importers.draft import DraftPerson
from tracker.importers.name_shapes import NAME, looks_like_name, looks_like_unit
from tracker.importers.people import split_people, split_units

LEADING = r"总?牵头|主办|主责"
ASSISTING = r"配合|协办|协助|协同|参与|责任|落实"
WHAT = r"(?:责任)?(?:单位|部门|科室|处室|主体)?"
LABEL = re.compile(rf"(?:(?P<lead>{LEADING})|(?P<assist>{ASSISTING})){WHAT}\s*[:：]")
TAG = re.compile(rf"[(（]\s*(?:(?P<lead>{LEADING})|(?P<assist>{ASSISTING})){WHAT}\s*[)）]")
WITH_PEOPLE = re.compile(r"(?P<unit>[^()（）]{2,})[(（](?P<people>[^()（）]{2,})[)）]")
LEAD_MARK, ASSIST_MARK = "\ue000", "\ue001"


@dataclass
class UnitCell:
    """What a cell says. `marks` are the places of labels and tags, which are no names."""

    leads: list[str] = field(default_factory=list)
    assisting: list[str] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)  # nothing said of their part
    people: list[DraftPerson] = field(default_factory=list)
    marks: list[tuple[int, int]] = field(default_factory=list)
    is_open_ended: bool = False


def read_unit_cell(text: str, *, takes_people: bool, is_for_both: bool = False) -> UnitCell:
    """Units by their part. With `takes_people` a name in brackets behind a unit is a person and no part of its name;
    in a column `is_for_both` whatever has the length of a name is one.
    """
    cell = UnitCell()
    labels = list(LABEL.finditer(text))
    ends = [label.start() for label in labels] + [len(text)]
    is_person = _is_short_word if is_for_both else looks_like_name if takes_people else _is_nobody
    _read_part(text[: ends[0]], cell.plain, cell, is_person)
    for label, end in zip(labels, ends[1:], strict=True):
        part = cell.leads if label.group("lead") else cell.assisting
        _read_part(text[label.end() : end], part, cell, is_person)
    cell.marks = [match.span() for match in (*labels, *TAG.finditer(text))]
    return cell


def _read_part(text: str, part: list[str], cell: UnitCell, is_person: Callable[[str], bool]) -> None:
    units, is_open = split_units(TAG.sub(_mark_of, text))
    cell.is_open_ended |= is_open
    for word in units:
        unit = word.rstrip(LEAD_MARK + ASSIST_MARK)
        target = cell.leads if word.endswith(LEAD_MARK) else cell.assisting if word != unit else part
        if (match := WITH_PEOPLE.fullmatch(unit)) is not None:
            people = split_people(match.group("people"))
            if people and all(is_person(person.name) for person in people):
                cell.people.extend(people)
                unit = match.group("unit").strip()
        if unit and unit not in target:
            target.append(unit)


def _is_short_word(text: str) -> bool:
    return NAME.fullmatch(text) is not None and not looks_like_unit(text)


def _is_nobody(text: str) -> bool:
    return False


def _mark_of(match: re.Match[str]) -> str:
    return LEAD_MARK if match.group("lead") else ASSIST_MARK
