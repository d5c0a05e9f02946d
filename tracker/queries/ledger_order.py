"""The orders of the ledger: what it is sorted by, and in which stretches the order can be walked through.

An order by something that no index knows (a light follows from the day, a state has its place in a workflow) is walked
as one stretch after the other, each in an order that an index knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case
from sqlmodel import col

from tracker.lights import WORST_FIRST
from tracker.models import Task
from tracker.queries.lights import has_light, light_rank, owed_on
from tracker.rules import OfficeRules
from workflows.task import TaskState


class LedgerSort(StrEnum):
    PLACE = "place"  # as in the tables
    DUE = "due"
    LIGHT = "light"
    STATE = "state"
    UNIT = "unit"


SORT_LABELS: dict[LedgerSort, str] = {
    LedgerSort.PLACE: "原表顺序",
    LedgerSort.DUE: "最近时限",
    LedgerSort.LIGHT: "灯",
    LedgerSort.STATE: "状态",
    LedgerSort.UNIT: "牵头部门",
}


@dataclass(frozen=True)
class Key:
    """One expression to sort by. `is_always_there`: never NULL, so that an index may be followed as it is."""

    expression: Any
    is_always_there: bool = True

    def clause(self) -> Any:
        ascending = self.expression.asc()
        return ascending if self.is_always_there else ascending.nulls_last()


@dataclass(frozen=True)
class Order:
    """`keys` sort everything; `within` sorts each of the `stretches`, which follow upon each other."""

    keys: tuple[Key, ...]
    within: tuple[Key, ...]
    stretches: Sequence[tuple[ColumnElement[bool], ...]] = ((),)
    needs_light: bool = False
    is_by_place: bool = False

    @property
    def clauses(self) -> list[Any]:
        return [key.clause() for key in self.within]


# Tasks outside of any table come last on PostgreSQL and first on SQLite, as each engine's index has them.
_PLACE = tuple(Key(col(each)) for each in (Task.campaign_id, Task.table_id, Task.position, Task.id))
_STATE_PLACES = {state.value: place for place, state in enumerate(TaskState)}


def order_of(sort: LedgerSort, today: date, rules: OfficeRules) -> Order:
    """The order of a list; within equals, the order of the tables."""
    owed = Key(owed_on(rules.measure), is_always_there=False)
    match sort:
        case LedgerSort.PLACE:
            return Order(_PLACE, _PLACE, is_by_place=True)
        case LedgerSort.DUE:
            return Order((owed, *_PLACE), (owed, *_PLACE), needs_light=True)
        case LedgerSort.LIGHT:
            rank, day = Key(light_rank(today, rules)), Key(owed.expression)
            stretches = [
                (has_light([light], today, rules), condition)
                for light in WORST_FIRST
                for condition in (day.expression.is_not(None), day.expression.is_(None))
            ]
            return Order((rank, owed, *_PLACE), (day, *_PLACE), stretches, needs_light=True)
        case LedgerSort.STATE:
            states = [(col(Task.state) == state,) for state in TaskState]
            rank = Key(case(_STATE_PLACES, value=col(Task.state)))
            return Order((rank, *_PLACE), _PLACE, states)
        case LedgerSort.UNIT:
            unit = Key(col(Task.lead_unit_id), is_always_there=False)
            return Order((unit, *_PLACE), (unit, *_PLACE))
