"""What was told to whom, and why, when, and whether it arrived: the ledger of notices and of the letters that carry them.

Everybody sees what concerns himself; coordinators and auditors also what was told about tasks of their campaigns.
What a letter to another says is read by those alone who see every task, for a digest may speak of any.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, or_, true
from sqlalchemy import select as columns
from sqlmodel import Session, col, exists, select

from notifications.models import Letter, LetterKind, LetterState, Notice
from notifications.outbox import retry_given_up
from tracker.errors import NotFound
from tracker.figures import IsoWeek
from tracker.identity import is_possible_id
from tracker.models import Milestone, Person, Task
from tracker.queries.sight import Sight
from tracker.services.auditing import Actor, record

PER_PAGE = 50


class Arrival(StrEnum):
    """How far a notice, or a letter, has come."""

    WAITING = "waiting"  # decided, and no letter carries it yet
    PENDING = "pending"  # written, and on its way
    RETRYING = "retrying"  # a try failed; there will be another
    SENT = "sent"
    GIVEN_UP = "given_up"
    WITHDRAWN = "withdrawn"  # no longer true before it was written


ARRIVAL_LABELS: dict[Arrival, str] = {
    Arrival.WAITING: "待成文",
    Arrival.PENDING: "待投递",
    Arrival.RETRYING: "投递未成，将重试",
    Arrival.SENT: "已投递",
    Arrival.GIVEN_UP: "投递失败",
    Arrival.WITHDRAWN: "已撤回",
}
KIND_LABELS: dict[LetterKind, str] = {
    LetterKind.DIGEST: "每日汇总",
    LetterKind.IMMEDIATE: "即时通知",
    LetterKind.WEEKLY: "每周通报",
}


class LetterNotFound(NotFound):
    noun = "信件"


@dataclass(frozen=True)
class ToldFilter:
    """What the ledger is narrowed to; empty asks for nothing."""

    person_id: int | None = None
    arrival: Arrival | None = None
    week: IsoWeek | None = None
    before_id: int | None = None  # the page that follows


class ToldLine(NamedTuple):
    """One notice. `error` is that of the last try; `address` where the letter went."""

    id: int
    rule: str
    role: str
    is_copy: bool
    recipient_id: int
    recipient: str
    office_day: date
    created_at: datetime
    task_id: int | None
    task: str | None
    milestone: str | None
    due_on: date | None
    letter_id: int | None
    arrival: Arrival
    channel: str | None
    address: str | None
    sent_at: datetime | None
    error: str | None


class LetterLine(NamedTuple):
    id: int
    kind: LetterKind
    recipient_id: int
    recipient: str
    subject: str
    office_day: date
    created_at: datetime
    arrival: Arrival
    tries: int
    channel: str | None
    address: str | None
    sent_at: datetime | None
    next_try_at: datetime | None
    error: str | None


def list_told(session: Session, wanted: ToldFilter, sight: Sight) -> list[ToldLine]:
    """Notices, the newest first: a page of PER_PAGE and one more, which says that there are others."""
    statement: Any = (
        columns(
            col(Notice.id),
            col(Notice.rule),
            col(Notice.facts),
            col(Notice.recipient_id),
            col(Person.name),
            col(Notice.office_day),
            col(Notice.created_at),
            col(Notice.task_id),
            col(Task.title),
            col(Milestone.text),
            col(Notice.due_on),
            col(Notice.letter_id),
            col(Notice.withdrawn_at),
            col(Letter.state),
            col(Letter.tries),
            col(Letter.channel),
            col(Letter.address),
            col(Letter.sent_at),
            col(Letter.error),
        )
        .join(Person, col(Person.id) == col(Notice.recipient_id))
        .outerjoin(Task, col(Task.id) == col(Notice.task_id))
        .outerjoin(Milestone, col(Milestone.id) == col(Notice.milestone_id))
        .outerjoin(Letter, col(Letter.id) == col(Notice.letter_id))
        .where(_may_see_notice(sight), *_conditions(wanted, Notice), *_arrived(wanted.arrival))
        .order_by(col(Notice.id).desc())
        .limit(PER_PAGE + 1)
    )
    return [_told_line(row) for row in session.connection().execute(statement)]


def list_letters(session: Session, wanted: ToldFilter, sight: Sight) -> list[LetterLine]:
    """Letters, the newest first: a page of PER_PAGE and one more, which says that there are others."""
    statement: Any = (
        columns(
            col(Letter.id),
            col(Letter.kind),
            col(Letter.recipient_id),
            col(Person.name),
            col(Letter.subject),
            col(Letter.office_day),
            col(Letter.created_at),
            col(Letter.state),
            col(Letter.tries),
            col(Letter.channel),
            col(Letter.address),
            col(Letter.sent_at),
            col(Letter.next_try_at),
            col(Letter.error),
        )
        .join(Person, col(Person.id) == col(Letter.recipient_id))
        .where(_may_see_letter(sight), *_conditions(wanted, Letter), *_letter_arrived(wanted.arrival))
        .order_by(col(Letter.id).desc())
        .limit(PER_PAGE + 1)
    )
    return [_letter_line(row) for row in session.connection().execute(statement)]


def get_letter(session: Session, letter_id: int, sight: Sight) -> Letter:
    """One letter with all that it says: for whom it is, and for those who see every task. Raises LetterNotFound."""
    letter = session.get(Letter, letter_id) if is_possible_id(letter_id) else None
    if letter is None or not (letter.recipient_id == sight.person_id or sight.sees_all):
        raise LetterNotFound(letter_id)
    return letter


def retry_letters(
    session: Session, letter_ids: Collection[int], *, sight: Sight, actor: Actor, at: datetime
) -> int:
    """Let letters that were given up be tried again, of those that he may see; returns how many. The caller commits."""
    asked = [number for number in letter_ids if is_possible_id(number)]
    statement = select(Letter.id).where(
        col(Letter.id).in_(asked), Letter.state == LetterState.GIVEN_UP, _may_see_letter(sight)
    )
    found = sorted(number for number in session.exec(statement) if number is not None)
    if not found:
        return 0
    retried = retry_given_up(session, at=at, letter_ids=found)
    data = {"letters": found}
    record(session, kind="letter.retry", actor=actor, at=at, subject="letter", subject_id=None, data=data)
    return retried


def list_people_told(session: Session, sight: Sight) -> Sequence[tuple[int, str]]:
    """Everybody to whom a notice went that he may see, by id."""
    statement: Any = (
        columns(col(Person.id), col(Person.name))
        .where(
            exists()
            .where(col(Notice.recipient_id) == col(Person.id), _may_see_notice(sight))
            .correlate(Person)
        )
        .order_by(col(Person.id))
    )
    return [(number, name) for number, name in session.connection().execute(statement)]


def _may_see_notice(sight: Sight) -> ColumnElement[bool]:
    if sight.sees_all:
        return true()
    mine = col(Notice.recipient_id) == sight.person_id
    if not sight.campaign_ids:
        return mine
    tasks = select(Task.id).where(col(Task.campaign_id).in_(sorted(sight.campaign_ids)))
    return or_(mine, col(Notice.task_id).in_(tasks))


def _may_see_letter(sight: Sight) -> ColumnElement[bool]:
    if sight.sees_all:
        return true()
    mine = col(Letter.recipient_id) == sight.person_id
    if not sight.campaign_ids:
        return mine
    tasks = select(Task.id).where(col(Task.campaign_id).in_(sorted(sight.campaign_ids)))
    carried = select(Notice.letter_id).where(
        col(Notice.task_id).in_(tasks), col(Notice.letter_id).is_not(None)
    )
    return or_(mine, col(Letter.id).in_(carried))


def _conditions(wanted: ToldFilter, model: type[Notice] | type[Letter]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.person_id is not None:
        found.append(col(model.recipient_id) == wanted.person_id)
    if wanted.week is not None:
        found += [
            col(model.office_day) >= wanted.week.monday,
            col(model.office_day) <= wanted.week.sunday,
        ]
    if wanted.before_id is not None:
        found.append(col(model.id) < wanted.before_id)
    return found


def _arrived(arrival: Arrival | None) -> list[ColumnElement[bool]]:
    match arrival:
        case Arrival.WAITING:
            return [col(Notice.letter_id).is_(None), col(Notice.withdrawn_at).is_(None)]
        case Arrival.WITHDRAWN:
            return [col(Notice.letter_id).is_(None), col(Notice.withdrawn_at).is_not(None)]
        case _:
            return _letter_arrived(arrival)


def _letter_arrived(arrival: Arrival | None) -> list[ColumnElement[bool]]:
    match arrival:
        case None:
            return []
        case Arrival.SENT:
            return [col(Letter.state) == LetterState.SENT]
        case Arrival.GIVEN_UP:
            return [col(Letter.state) == LetterState.GIVEN_UP]
        case Arrival.PENDING:
            return [col(Letter.state) == LetterState.PENDING, col(Letter.tries) == 0]
        case Arrival.RETRYING:
            return [col(Letter.state) == LetterState.PENDING, col(Letter.tries) > 0]
        case _:  # a letter is never without a letter
            return [col(Letter.id).is_(None)]


def _told_line(row: Any) -> ToldLine:
    number, rule, facts, recipient_id, recipient, *about = row
    office_day, created_at, task_id, task, milestone, due_on, letter_id, withdrawn_at, *letter = about
    state, tries, channel, address, sent_at, error = letter
    arrival = _arrival(state, tries) if letter_id else Arrival.WITHDRAWN if withdrawn_at else Arrival.WAITING
    return ToldLine(
        number,
        rule,
        str(facts.get("role", "")),
        bool(facts.get("copy")),
        recipient_id,
        recipient,
        office_day,
        created_at,
        task_id,
        task,
        milestone,
        due_on,
        letter_id,
        arrival,
        channel,
        address,
        sent_at,
        error,
    )


def _letter_line(row: Any) -> LetterLine:
    *head, state, tries, channel, address, sent_at, next_try_at, error = row
    arrival = _arrival(state, tries)
    again_at = next_try_at if arrival is Arrival.RETRYING else None
    return LetterLine._make((*head, arrival, tries, channel, address, sent_at, again_at, error))


def _arrival(state: LetterState, tries: int) -> Arrival:
    match state:
        case LetterState.SENT:
            return Arrival.SENT
        case LetterState.GIVEN_UP:
            return Arrival.GIVEN_UP
        case LetterState.PENDING:
            return Arrival.RETRYING if tries else Arrival.PENDING
