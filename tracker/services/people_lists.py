"""Entering many people at once from a list (姓名、单位、职务、邮箱), checked whole before any of it is written.

Whoever stands in the register already is found by his address, or by his name in his unit; what the list adds about
him is written. A name that could be somebody else's is a question, never a guess.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from tracker.errors import AddressTaken, TrackerError, ValueRefused
from tracker.identity import id_of
from tracker.models import Person
from tracker.queries.accounts import find_address_holder
from tracker.queries.people import find_alias, find_people, find_unit
from tracker.services.acting import require_coordinator
from tracker.services.addresses import free_address
from tracker.services.auditing import Actor
from tracker.services.people import change_person, create_person, create_unit

MOST_LINES = 2000
_COLUMNS = {
    "姓名": "name",
    "单位": "unit",
    "部门": "unit",
    "职务": "title",
    "邮箱": "email",
    "电子邮箱": "email",
}
_ORDER: tuple[str, ...] = ("name", "unit", "title", "email")
_LIMITS = {"name": ("姓名", 60), "unit": ("单位", 120), "title": ("职务", 60), "email": ("邮箱", 254)}


class PeopleListRefused(TrackerError):
    """The list cannot be entered; `problems` are all of them, one sentence each with its line."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        shown = "；".join(self.problems[:10]) + ("……" if len(self.problems) > 10 else "")
        super().__init__(f"名单没有录入，有{len(self.problems)}处需要改正：{shown}。")


class Effect(StrEnum):
    """What entering a line does."""

    CREATE = "新增"
    CHANGE = "补充"
    NOTHING = "不变"


@dataclass(frozen=True)
class ListedPerson:
    """One line of the list; `line` counts from 1. What is empty says nothing."""

    line: int
    name: str
    unit: str = ""
    title: str = ""
    email: str = ""


@dataclass(frozen=True)
class PlannedPerson:
    """What becomes of one line. `problem` is a sentence where nothing can."""

    listed: ListedPerson
    effect: Effect
    person_id: int | None = None
    problem: str | None = None


@dataclass(frozen=True)
class PeoplePlan:
    """What becomes of the whole list. `new_units` are named in it and not in the register."""

    people: tuple[PlannedPerson, ...]
    new_units: tuple[str, ...]

    @property
    def problems(self) -> list[str]:
        return [f"第{each.listed.line}行：{each.problem}" for each in self.people if each.problem]

    def count(self, effect: Effect) -> int:
        return sum(each.effect is effect and each.problem is None for each in self.people)


def read_people_list(text: str) -> list[ListedPerson]:
    """Read what was pasted from a sheet (tabs) or a CSV (commas). Raises PeopleListRefused.

    A first line with 姓名 in it names the columns; without one they stand in the order 姓名、单位、职务、邮箱.
    """
    lines = text.removeprefix("\ufeff").replace("，", ",").splitlines()
    filled = [line for line in lines if line.strip()]
    if not filled:
        raise PeopleListRefused(["名单是空的，请粘贴“姓名、单位、职务、邮箱”四列"])
    if len(filled) > MOST_LINES:
        raise PeopleListRefused([f"最多一次录入{MOST_LINES}人，现在有{len(filled)}行，请分几次"])
    delimiter = "\t" if "\t" in filled[0] else ","
    table = [[cell.strip() for cell in cells] for cells in csv.reader(lines, delimiter=delimiter)]
    first = next(number for number, cells in enumerate(table) if any(cells))
    order, begin = _ORDER, first
    if "姓名" in table[first]:
        order, begin = tuple(_COLUMNS.get(cell, "") for cell in table[first]), first + 1
    listed, problems = [], []
    for number, cells in enumerate(table[begin:], start=begin + 1):
        if any(cells):
            values = {name: cell for name, cell in zip(order, cells, strict=False) if name}
            problems += _misfits(number, values)
            listed.append(ListedPerson(number, **{"name": "", **values}))
    if problems or not listed:
        raise PeopleListRefused(problems or ["只有标题行，没有人员"])
    return listed


def _misfits(number: int, values: dict[str, str]) -> list[str]:
    found = [] if values.get("name") else [f"第{number}行：没有姓名"]
    for name, value in values.items():
        label, limit = _LIMITS[name]
        if len(value) > limit:
            found.append(f"第{number}行：{label}最多{limit}个字")
    return found


def plan_people(session: Session, listed: Sequence[ListedPerson]) -> PeoplePlan:
    """What entering the list would do. Reads only."""
    units = list(dict.fromkeys(each.unit for each in listed if each.unit))
    new_units = tuple(name for name in units if find_unit(session, name) is None)
    planned = [_plan(session, each) for each in listed]
    return PeoplePlan(tuple(_without_twins(planned)), new_units)


def enter_people(
    session: Session, listed: Sequence[ListedPerson], *, may_create_units: bool, actor: Actor, at: datetime
) -> PeoplePlan:
    """Enter the list whole or not at all, and return what was done.

    Raises PeopleListRefused with everything that stands in the way, or ActRefused. The caller commits.
    """
    require_coordinator(session, actor, None, "批量录入人员")
    plan = plan_people(session, listed)
    problems = plan.problems
    if plan.new_units and not may_create_units:
        problems += [f"没有名为“{name}”的单位" for name in plan.new_units]
    if problems:
        raise PeopleListRefused(problems)
    for name in plan.new_units:
        create_unit(session, name=name, actor=actor, at=at)
    for each in plan.people:
        _enter(session, each, actor, at)
    return plan


def _plan(session: Session, listed: ListedPerson) -> PlannedPerson:
    try:
        known = _find_known(session, listed)
        free_address(session, listed.email, known.id if known else None)
    except (ValueRefused, AddressTaken) as error:
        return PlannedPerson(listed, Effect.NOTHING, problem=str(error).removesuffix("。"))
    if known is None:
        return PlannedPerson(listed, Effect.CREATE)
    effect = Effect.CHANGE if _additions(session, known, listed) else Effect.NOTHING
    return PlannedPerson(listed, effect, id_of(known))


def _find_known(session: Session, listed: ListedPerson) -> Person | None:
    """Whom the line means in the register. Raises ValueRefused where that cannot be told."""
    holder = find_address_holder(session, listed.email) if listed.email else None
    if holder is not None:
        alias = find_alias(session, listed.name)
        if holder.name != listed.name and (alias is None or alias.person_id != holder.id):
            raise ValueRefused(f"邮箱“{listed.email}”登记的是{holder.name}，不是{listed.name}，请核对")
        return holder
    namesakes = [
        each
        for each in find_people(session, listed.name)
        if not (listed.email and each.email)  # another address is another person
    ]
    unit = find_unit(session, listed.unit) if listed.unit else None
    fitting = [
        each
        for each in namesakes
        if not listed.unit or each.unit_id is None or (unit and each.unit_id == unit.id)
    ]
    if len(fitting) > 1 or (namesakes and not fitting):
        raise ValueRefused(
            f"已有同名的{listed.name}，不能确定是不是同一人：同一人请先在人员中改单位或邮箱，不同的人请写上邮箱"
        )
    return fitting[0] if fitting else None


def _additions(session: Session, person: Person, listed: ListedPerson) -> dict[str, Any]:
    unit = find_unit(session, listed.unit) if listed.unit else None
    said: dict[str, Any] = {
        "unit_id": unit.id if unit else None,
        "title": listed.title or None,
        "email": listed.email or None,
    }
    additions = {
        name: value for name, value in said.items() if value is not None and getattr(person, name) != value
    }
    if listed.unit and unit is None:
        additions["unit_id"] = None  # one that is still to be entered
    return additions


def _without_twins(planned: Sequence[PlannedPerson]) -> list[PlannedPerson]:
    """A line that says the same person or address as an earlier one is a problem of its own."""
    seen: dict[object, int] = {}
    result = []
    for each in planned:
        listed = each.listed
        keys: list[object] = [(listed.name, listed.unit, listed.email.lower())]
        keys += [listed.email.lower()] if listed.email else []
        keys += [each.person_id] if each.person_id else []
        earlier = next((seen[key] for key in keys if key in seen), None)
        for key in keys:
            seen.setdefault(key, listed.line)
        if earlier is not None and each.problem is None:
            each = PlannedPerson(
                listed, Effect.NOTHING, each.person_id, f"与第{earlier}行是同一人或者同一邮箱"
            )
        result.append(each)
    return result


def _enter(session: Session, planned: PlannedPerson, actor: Actor, at: datetime) -> None:
    listed = planned.listed
    if planned.person_id is not None:
        person = session.get_one(Person, planned.person_id)
        change_person(session, planned.person_id, actor=actor, at=at, **_additions(session, person, listed))
        return
    unit = find_unit(session, listed.unit) if listed.unit else None
    create_person(
        session,
        name=listed.name,
        unit_id=unit.id if unit else None,
        title=listed.title or None,
        email=listed.email or None,
        actor=actor,
        at=at,
    )
