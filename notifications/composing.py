"""From waiting notices to letters: one digest a person a day, and at once what needs an answer today."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from notifications.digest_lines import Line, SectionKind, gather_background, line_of
from notifications.event_cases import gather_cases, is_still_so
from notifications.immediate import INFORM
from notifications.models import Letter, LetterKind, Notice
from notifications.outbox import post_letter
from notifications.policy import ReminderPolicy
from notifications.rendering import subject_line, write_letter
from notifications.wording import day_words
from tracker.clock import office_day
from tracker.queries.heads import Addressee, map_addressees
from tracker.queries.trail import list_events_by_id

LINES_SHOWN = 60

_CARRY = (
    update(Notice)
    .where(col(Notice.id) == bindparam("notice_id"))
    .values(letter_id=bindparam("carried_by"))
    .execution_options(synchronize_session=False)
)
_WITHDRAW = (
    update(Notice)
    .where(col(Notice.id) == bindparam("notice_id"))
    .values(withdrawn_at=bindparam("moment"))
    .execution_options(synchronize_session=False)
)


def told_today(session: Session, today: date) -> frozenset[int]:
    """The people who have had their digest of the day."""
    statement = select(col(Letter.recipient_id)).where(
        col(Letter.kind) == LetterKind.DIGEST, col(Letter.office_day) == today
    )
    return frozenset(session.connection().execute(statement).scalars())


def compose_immediate(session: Session, *, policy: ReminderPolicy, at: datetime, console_url: str) -> int:
    """Write letters for what needs an answer today: one a person and kind. Returns how many were posted."""
    waiting = _waiting(session, [rule.kind for rule in policy.events if rule.now])
    people = _addressees(session, waiting)
    posted = 0
    for (person, kind), group in _grouped(waiting, lambda notice: (notice.recipient_id, notice.rule)):
        items = _each_task_once([notice.facts for notice in group])
        written = write_letter(
            kind.replace(".", "_"),
            _context(people[person], at, console_url) | {"items": items, "roles": _roles(items)},
        )
        alone = len({item["task_id"] for item in items}) == 1
        letter = post_letter(
            session,
            recipient_id=person,
            subject=written.subject,
            text=written.text,
            html=written.html,
            kind=LetterKind.IMMEDIATE,
            key=f"{kind}:{person}:{group[-1].event_id}",
            at=at,
            thread_id=f"dingban-task-{items[0]['task_id']}" if alone else None,
            reply_to=_reply_to(people, person, items[-1]["actor_id"]),
        )
        posted += _carry(session, group, letter)
    return posted


def compose_digests(
    session: Session, *, policy: ReminderPolicy, at: datetime, since: datetime, console_url: str
) -> int:
    """Write each person's digest of the day from everything planned that waits, and from what was only to be told
    and happened before `since` (the day's digest moment). Returns how many were posted.
    """
    today = office_day(at)
    told = told_today(session, today)
    informing = _waiting(session, [INFORM + rule.kind for rule in policy.events])
    waiting = [*_waiting_plans(session), *_still_so(session, informing, at=at, since=since)]
    waiting = [notice for notice in waiting if notice.recipient_id not in told]
    if not waiting:
        return 0
    background = gather_background(session, waiting, today=today, policy=policy)
    coordinators = {number: parts.coordinators for number, parts in background.parts.items()}
    people = _addressees(session, waiting, {each for held in coordinators.values() for each in held})
    posted = 0
    for person, group in _grouped(waiting, lambda notice: notice.recipient_id):
        lines = [line_of(notice, background) for notice in group if notice.event_id is None]
        informs = [_inform(notice) for notice in group if notice.event_id is not None]
        sections = _sections(lines, informs)
        context = _context(people[person], at, console_url)
        context |= {"sections": sections, "roles": _line_roles(lines, informs)}
        written = write_letter("digest", context)
        letter = post_letter(
            session,
            recipient_id=person,
            subject=written.subject,
            text=written.text,
            html=written.html,
            kind=LetterKind.DIGEST,
            key=f"digest:{person}:{today}",
            at=at,
            reply_to=_first_other(people, coordinators.get(group[0].task_id or 0, ()), person),
        )
        posted += _carry(session, group, letter)
    return posted


def _waiting(session: Session, rules: Sequence[str]) -> Sequence[Notice]:
    """Notices of these rules that no letter carries yet, by person and age."""
    return session.exec(
        select_rows(Notice)
        .where(
            col(Notice.letter_id).is_(None), col(Notice.withdrawn_at).is_(None), col(Notice.rule).in_(rules)
        )
        .order_by(col(Notice.recipient_id), col(Notice.event_id), col(Notice.id))
    ).all()


def _waiting_plans(session: Session) -> Sequence[Notice]:
    return session.exec(
        select_rows(Notice)
        .where(
            col(Notice.letter_id).is_(None),
            col(Notice.withdrawn_at).is_(None),
            col(Notice.event_id).is_(None),
        )
        .order_by(col(Notice.recipient_id), col(Notice.id))
    ).all()


def _still_so(session: Session, notices: Sequence[Notice], *, at: datetime, since: datetime) -> list[Notice]:
    """Those whose event happened before `since` and is still worth telling; stale ones are withdrawn, on record."""
    if not notices:
        return []
    events = list_events_by_id(session, {notice.event_id for notice in notices if notice.event_id})
    current = {case.event.id: case.event.at for case in gather_cases(session, events) if is_still_so(case)}
    stale = [{"notice_id": notice.id, "moment": at} for notice in notices if notice.event_id not in current]
    if stale:
        session.connection().execute(_WITHDRAW, stale)
    return [notice for notice in notices if notice.event_id in current and current[notice.event_id] < since]


def _grouped(notices: Iterable[Notice], key: Any) -> list[tuple[Any, list[Notice]]]:
    return [(each, list(group)) for each, group in groupby(sorted(notices, key=key), key=key)]


def _carry(session: Session, notices: Sequence[Notice], letter_id: int | None) -> int:
    """Note which letter carries these; nothing where the letter had been posted before."""
    if letter_id is None:
        return 0
    session.connection().execute(
        _CARRY, [{"notice_id": notice.id, "carried_by": letter_id} for notice in notices]
    )
    return 1


def _addressees(
    session: Session, notices: Sequence[Notice], others: Collection[int] = ()
) -> dict[int, Addressee]:
    """Names and addresses of the recipients, of those who acted, and of `others`."""
    actors = {notice.facts["actor_id"] for notice in notices if notice.facts.get("actor_id")}
    return map_addressees(session, {notice.recipient_id for notice in notices} | actors | set(others))


def _reply_to(people: Mapping[int, Addressee], recipient: int, actor: int | None) -> str | None:
    return _first_other(people, () if actor is None else (actor,), recipient)


def _first_other(people: Mapping[int, Addressee], candidates: Iterable[int], recipient: int) -> str | None:
    """The address of the first of these who is not the recipient himself and has one."""
    addresses = (people[each].email for each in candidates if each != recipient and each in people)
    return next((address for address in addresses if address), None)


def _context(person: Addressee, at: datetime, console_url: str) -> dict[str, Any]:
    today = office_day(at)
    return {
        "name": person.name,
        "today": day_words(today, today),
        "console_url": console_url.rstrip("/"),
    }


def _each_task_once(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Without repeating what differs in the part alone: who takes over two parts of a task reads of it once."""
    found: list[dict[str, Any]] = []
    for item in items:
        twin = next((each for each in found if _same_but_part(each, item)), None)
        if twin is None:
            found.append(dict(item))
        elif item["part"] not in twin["part"].split("、"):
            twin["part"] = f"{twin['part']}、{item['part']}"
    return found


def _same_but_part(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(one.get("part")) and {**one, "part": ""} == {**other, "part": ""}


def _roles(items: Iterable[Mapping[str, Any]]) -> str:
    return "、".join(dict.fromkeys(item["role"] for item in items))


def _line_roles(lines: Sequence[Line], informs: Sequence[Mapping[str, Any]]) -> str:
    return "、".join(dict.fromkeys([line.role for line in lines] + [each["role"] for each in informs]))


def _inform(notice: Notice) -> dict[str, Any]:
    """What is only told: its subject line and details, as one entry of a digest."""
    kind = notice.rule.removeprefix(INFORM).replace(".", "_")
    facts = notice.facts
    return facts | {"line": subject_line(kind, {"items": [facts], "roles": facts["role"]})}


def _sections(lines: Sequence[Line], informs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The sections that have anything to say, worst first; long ones are cut, and say by how much."""
    found: list[dict[str, Any]] = []
    for kind in SectionKind:
        if kind is SectionKind.INFORM:
            entries: list[Any] = list(informs)
        else:
            entries = [asdict(line) for line in sorted(_in(lines, kind), key=lambda line: line.order)]
        if entries:
            shown = entries[:LINES_SHOWN]
            found.append(
                {
                    "kind": kind.name.lower(),
                    "title": kind.value,
                    "count": len(entries),
                    "entries": shown,
                    "hidden": len(entries) - len(shown),
                }
            )
    return found


def _in(lines: Iterable[Line], kind: SectionKind) -> list[Line]:
    return [line for line in lines if line.section is kind]
