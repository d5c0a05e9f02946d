"""The ledger (台账): tasks by whatever an office asks for, a page at a time, however many there are.

A page is found by ids first, and only its own rows are read in full. Where few tasks are asked for, they are found by
whatever index serves the filter, and sorted; where many are, they are walked through in their order until the page is
full. Many are not counted: nobody reads the ten thousandth row, but everybody would wait for its being counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func
from sqlalchemy import select as columns
from sqlmodel import Session, col

from tracker.lights import Light
from tracker.models import Task
from tracker.prepared import Prepared
from tracker.queries.ledger_conditions import (
    LedgerFilter,
    Question,
    conditions_of,
    needs_light,
    select_from_tasks,
)
from tracker.queries.ledger_order import LedgerSort, Order, order_of
from tracker.queries.ledger_rows import LedgerRow, read_rows
from tracker.queries.lights import light_column
from tracker.queries.plans import tested
from tracker.queries.sight import Sight
from tracker.rules import OfficeRules
from workflows.task import TaskState

PER_PAGE = 50
COUNTED_UP_TO = 2000
_ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class LedgerPage:
    """One page of rows. `total` is exact unless `is_capped`: then there are at least as many."""

    rows: Sequence[LedgerRow]
    total: int
    is_capped: bool
    page: int
    per_page: int
    has_next: bool

    @property
    def states(self) -> set[tuple[TaskState, str]]:
        """The states that occur on the page, each with what people call it."""
        return {(row.state, row.state_label) for row in self.rows}

    @property
    def first(self) -> int:
        """The number of the first row shown; 0 where there is none."""
        return (self.page - 1) * self.per_page + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.page - 1) * self.per_page + len(self.rows)


def list_ledger(
    session: Session,
    wanted: LedgerFilter,
    *,
    sight: Sight,
    today: date,
    rules: OfficeRules,
    page: int = 1,
    per_page: int = PER_PAGE,
    sort: LedgerSort = LedgerSort.PLACE,
    counted_up_to: int = COUNTED_UP_TO,
) -> LedgerPage:
    """One page of the tasks that he may see, in a stable order; within equals, the order of their tables."""
    question = Question(session, wanted, sight, today, rules)
    window = _Window((page - 1) * per_page, per_page + 1)
    found = _find(question, order_of(sort, today, rules), window, counted_up_to)
    rows = read_rows(session, found.ids[:per_page], today=today, rules=rules)
    return LedgerPage(rows, found.total, found.is_capped, page, per_page, len(found.ids) > per_page)


def iterate_ledger(
    session: Session,
    wanted: LedgerFilter,
    *,
    sight: Sight,
    today: date,
    rules: OfficeRules,
    sort: LedgerSort = LedgerSort.PLACE,
) -> Iterator[LedgerRow]:
    """Every row of the filter in the order of the page, a few hundred of them in memory at a time."""
    question = Question(session, wanted, sight, today, rules)
    ids = _walk(question, conditions_of(question), order_of(sort, today, rules), _Window(0, None))
    for start in range(0, len(ids), _ROWS_AT_ONCE):
        yield from read_rows(session, ids[start : start + _ROWS_AT_ONCE], today=today, rules=rules)


def count_ledger(
    session: Session,
    wanted: LedgerFilter,
    *,
    sight: Sight,
    today: date,
    rules: OfficeRules,
    up_to: int | None = None,
) -> int:
    """How many tasks there are, counted no further than `up_to`."""
    question = Question(session, wanted, sight, today, rules)
    conditions = conditions_of(question)
    if not conditions:
        return _scalar(session, columns(func.count()).select_from(Task))
    found = select_from_tasks(question, col(Task.id)).where(*conditions).limit(up_to)
    return _scalar(session, columns(func.count()).select_from(found.subquery()))


def count_ledger_by_light(
    session: Session, wanted: LedgerFilter, *, sight: Sight, today: date, rules: OfficeRules
) -> dict[Light, int]:
    """How many tasks have each light that occurs."""
    light = light_column(today, rules).label("light")
    rows = _count_by(Question(session, wanted, sight, today, rules), light, with_light=True)
    return {Light(value): count for value, count in rows}


def count_ledger_by_state(
    session: Session, wanted: LedgerFilter, *, sight: Sight, today: date, rules: OfficeRules
) -> dict[TaskState, int]:
    """How many tasks are in each state that occurs."""
    question = Question(session, wanted, sight, today, rules)
    rows = _count_by(question, col(Task.state), with_light=needs_light(wanted))
    return {TaskState(value): count for value, count in rows}


def _count_by(question: Question, what: Any, *, with_light: bool) -> Sequence[Any]:
    statement = select_from_tasks(question, what, func.count(), with_light=with_light)
    statement = statement.where(*conditions_of(question)).group_by(what)
    return question.session.connection().execute(statement).all()


@dataclass(frozen=True)
class _Window:
    """Which part of an ordered list; everything from `skipped` on where there is no limit."""

    skipped: int
    limit: int | None


@dataclass(frozen=True)
class _Found:
    ids: Sequence[int]
    total: int
    is_capped: bool


# What every list begins as: nothing asked for, as in the tables.
_HOW_MANY = Prepared(columns(func.count()).select_from(Task))
_IN_PLACE = Prepared(
    columns(col(Task.id))
    .order_by(*order_of(LedgerSort.PLACE, date.min, OfficeRules()).clauses)
    .offset(bindparam("skipped", type_=Integer()))
    .limit(bindparam("most", type_=Integer()))
)


def _find(question: Question, order: Order, window: _Window, limit: int) -> _Found:
    """The ids of one page, and how many there are altogether."""
    conditions = conditions_of(question)
    if not conditions:
        total = _HOW_MANY.rows(question.session, {})[0][0]
        if order.is_by_place and window.limit is not None:
            rows = _IN_PLACE.rows(question.session, {"skipped": window.skipped, "most": window.limit})
            return _Found([row[0] for row in rows], total, False)
        return _Found(_walk(question, conditions, order, window), total, False)
    ids, total = _pick(question, conditions, order, window, limit + 1)
    if total <= limit:
        return _Found(ids, total, False)
    return _Found(_walk(question, conditions, order, window), limit, True)


def _pick(
    question: Question, conditions: Sequence[ColumnElement[bool]], order: Order, window: _Window, most: int
) -> tuple[list[int], int]:
    """The window of all that there are, sorted, and how many they are; of more than `most`, of some of them."""
    keys = [key.expression.label(f"key_{place}") for place, key in enumerate(order.keys)]
    found = (
        select_from_tasks(question, col(Task.id).label("id"), *keys, with_light=order.needs_light)
        .where(*conditions)
        .limit(most)
        .cte("found")
    )
    total = columns(func.count()).select_from(found).scalar_subquery()
    by_keys = [found.c[f"key_{place}"].asc().nulls_last() for place in range(len(keys))]
    statement = columns(found.c.id, total).order_by(*by_keys).offset(window.skipped).limit(window.limit)
    rows = question.session.connection().execute(statement).all()
    if rows:
        return [row[0] for row in rows], rows[0][1]
    return [], _scalar(question.session, columns(func.count()).select_from(found)) if window.skipped else 0


def _walk(
    question: Question, conditions: Sequence[ColumnElement[bool]], order: Order, window: _Window
) -> list[int]:
    """The tasks in their order, one stretch of it after the other, until there are enough."""
    ids: list[int] = []
    skipped = window.skipped
    for stretch in order.stretches:
        if window.limit is not None and len(ids) >= window.limit:
            break
        selected = select_from_tasks(question, col(Task.id), with_light=order.needs_light, in_order=True)
        selected = selected.where(*(tested(each) for each in conditions), *stretch)
        left = None if window.limit is None else window.limit - len(ids)
        wanted = selected.order_by(*order.clauses).offset(skipped).limit(left)
        found = question.session.connection().execute(wanted).scalars().all()
        skipped = 0 if found else max(0, skipped - _count(question, selected, skipped))
        ids += found
    return ids


def _count(question: Question, selected: Select[Any], skipped: int) -> int:
    """How long a stretch is that was passed over; of no interest where nothing is to be skipped."""
    return _scalar(question.session, columns(func.count()).select_from(selected.subquery())) if skipped else 0


def _scalar(session: Session, statement: Select[Any]) -> int:
    return int(session.connection().execute(statement).scalar_one())
