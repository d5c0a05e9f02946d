"""What the address of a list says: the filter, the order, the page. Written by links and forms, and by hand.

A value that cannot be used narrows nothing and is told beside its field: an old link still shows a list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TypeVar
from urllib.parse import urlencode

from fastapi import Request
from sqlmodel import Session

from tracker.errors import PersonAmbiguous, PersonNotFound
from tracker.figures.weeks import EARLIEST_YEAR, LATEST_YEAR
from tracker.identity import id_of, is_possible_id
from tracker.lights import Light
from tracker.queries.ledger_conditions import NO_UNIT, LedgerFilter
from tracker.queries.ledger_order import LedgerSort
from tracker.queries.people import resolve_person
from web.typed_days import read_day
from workflows.roles import Role
from workflows.task import TaskState

FILTER_ROLES = (Role.OWNER, Role.EXPEDITER, Role.LEADER, Role.COORDINATOR)
LAST_PAGE = 10_000
_LONGEST_TEXT = 100
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class LedgerQuery:
    """One list. `pairs` are the fields of the address that were used, without the page; `problems` those that were not."""

    wanted: LedgerFilter = field(default_factory=LedgerFilter)
    sort: LedgerSort = LedgerSort.PLACE
    page: int = 1
    pairs: tuple[tuple[str, str], ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)
    person_name: str = ""

    @property
    def text(self) -> str:
        """The query string, without the page."""
        return urlencode(self.pairs)

    @property
    def names(self) -> frozenset[str]:
        """The fields of the address that were used."""
        return frozenset(name for name, _ in self.pairs)

    def value(self, name: str) -> str:
        return next((value for key, value in self.pairs if key == name), "")

    def link(self, path: str = "/tasks", **changes: str | int | None) -> str:
        """The address of this list with fields set, or taken away (None). Fields named in Python's way: `from_`."""
        named = {name.rstrip("_"): value for name, value in changes.items()}
        pairs = [pair for pair in self.pairs if pair[0] not in named]
        pairs += [(name, str(value)) for name, value in named.items() if value is not None]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def without(self, name: str, value: str, path: str = "/tasks") -> str:
        """The address of this list without one value of one field."""
        pairs = [pair for pair in self.pairs if pair != (name, value)]
        return f"{path}?{urlencode(pairs)}" if pairs else path


def read_ledger_query(session: Session, request: Request) -> LedgerQuery:
    """What the address asks for."""
    reader = _Reader(session, request)
    wanted = LedgerFilter(
        campaign_id=reader.one("campaign", _row_id),
        table_id=reader.one("table", _row_id),
        unit_id=reader.one("unit", _row_id),
        lead_unit_id=reader.one("lead", _row_id_or_none),
        led_below_id=reader.one("under", _row_id),
        person_id=reader.one("person", reader.person_id),
        role=reader.one("role", Role),
        states=tuple(reader.each("state", TaskState)),
        lights=tuple(reader.each("light", Light)),
        due_from=reader.one("from", read_day),
        due_to=reader.one("to", read_day),
        is_overdue=bool(reader.one("overdue", int)),
        text=reader.one("q", _words),
    )
    if week := reader.one("week", week_days):
        wanted = replace(wanted, due_from=week[0], due_to=week[1])
    sort = reader.one("sort", LedgerSort) or LedgerSort.PLACE
    page = reader.one("page", _page) or 1
    pairs = tuple(pair for pair in reader.used if pair[0] != "page")
    return LedgerQuery(wanted, sort, page, pairs, reader.problems, reader.person_name)


_PROBLEMS = {
    "campaign": "没有这项专项工作，已不按它筛选。",
    "table": "没有这份责任分解表，已不按它筛选。",
    "unit": "没有这个单位，已不按它筛选。",
    "lead": "没有这个单位，已不按它筛选。",
    "under": "没有这个单位，已不按它筛选。",
    "role": "没有这个角色，已不按它筛选。",
    "state": "没有这个状态，已不按它筛选。",
    "light": "没有这种灯，已不按它筛选。",
    "week": "周次应写成 2024-W23，已不按它筛选。",
    "from": "日期应写成 2024-07-03 或者 2024年7月3日，已不按它筛选。",
    "to": "日期应写成 2024-07-03 或者 2024年7月3日，已不按它筛选。",
    "q": f"搜索的文字最多{_LONGEST_TEXT}个字，已不按它筛选。",
}


class _Reader:
    """Reads one field after the other, and remembers what could be used and what could not."""

    def __init__(self, session: Session, request: Request) -> None:
        self._session = session
        self._values = request.query_params
        self.used: list[tuple[str, str]] = []
        self.problems: dict[str, str] = {}
        self.person_name = ""

    def each(self, name: str, read: Callable[[str], _Value | None]) -> list[_Value]:
        found: list[_Value] = []
        for text in dict.fromkeys(each.strip() for each in self._values.getlist(name)):
            value = self._read(name, text, read)
            if value is not None:
                found.append(value)
        return found

    def one(self, name: str, read: Callable[[str], _Value | None]) -> _Value | None:
        return self._read(name, self._values.get(name, "").strip(), read)

    def person_id(self, text: str) -> int | None:
        """By id, or by name as people type it."""
        try:
            person = resolve_person(self._session, text)
        except (PersonNotFound, PersonAmbiguous) as error:
            self.problems["person"] = str(error)
            raise ValueError from error
        self.person_name = person.name
        return id_of(person)

    def _read(self, name: str, text: str, read: Callable[[str], _Value | None]) -> _Value | None:
        if not text:
            return None
        try:
            value = read(text)
        except ValueError:
            self.problems.setdefault(name, _PROBLEMS.get(name, ""))
            return None
        if value is not None:
            self.used.append((name, text))
        return value


def _row_id(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 11 and is_possible_id(int(text))):
        raise ValueError(text)
    return int(text)


def _row_id_or_none(text: str) -> int:
    """The id of a row, or the mark of none."""
    return NO_UNIT if text == str(NO_UNIT) else _row_id(text)


def _page(text: str) -> int:
    return min(_row_id(text), LAST_PAGE)


def _words(text: str) -> str:
    if len(text) > _LONGEST_TEXT:
        raise ValueError(text)
    return " ".join(text.split())


def week_days(text: str) -> tuple[date, date]:
    """Monday and Sunday of an ISO week, as browsers write it (2024-W23). Raises ValueError."""
    found = _WEEK.fullmatch(text)
    if found is None or not EARLIEST_YEAR <= int(found[1]) <= LATEST_YEAR:
        raise ValueError(text)
    monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
    return monday, monday + timedelta(days=6)
