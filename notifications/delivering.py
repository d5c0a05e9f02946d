"""Carrying the outbox to a channel: claim, hand over, mark; one connection for a whole batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import col, select

from notifications.channels.base import Channel, ChannelError, Delivery, Message
from notifications.models import Letter, LetterState
from notifications.outbox import attachments_of, claim_letters, mark_failed, mark_sent, release_letters
from notifications.retrying import RetryPlan
from tracker.database import read_session, write_session
from tracker.identity import id_of
from tracker.models import Person

BATCH = 50
LOSSES_IN_A_ROW = 2
NO_ADDRESS = "没有邮箱地址"
NOT_ACTIVE = "收件人已停用"


@dataclass
class DeliveryOutcome:
    """What became of the letters that were tried. `errors` are the sentences of the failures, each once."""

    sent: int = 0
    put_off: int = 0
    given_up: int = 0
    errors: list[str] = field(default_factory=list)


async def deliver_due(
    engine: Engine,
    channel: Channel,
    *,
    at: datetime,
    worker: str,
    plan: RetryPlan | None = None,
    most: int | None = None,
    is_ending: Callable[[], bool] = lambda: False,
) -> DeliveryOutcome:
    """Deliver everything that may be tried at `at`, or `most` letters, and mark them only afterwards.

    Marked are up to BATCH at a time: a process killed in between sends so many once more, under the same ids.

    Never raises for a letter that could not be handed over; that is recorded with the letter. `worker` names this
    process among others. Letters are given up where their recipient has no address and the channel needs one.
    Once `is_ending` says so, or the task is cancelled, letters that were not begun are given back untried.
    """
    run = _Run(engine, channel, at, worker, plan or RetryPlan(), is_ending)
    left = most
    try:
        while not is_ending() and (letters := run.claim(BATCH if left is None else min(BATCH, left))):
            await run.deliver(letters)
            if run.is_stuck:
                break
            left = None if left is None else left - len(letters)
    finally:
        await run.close()
    return run.outcome


@dataclass
class _Run:
    """One delivery run with its connection, opened when the first letter needs it."""

    engine: Engine
    channel: Channel
    at: datetime
    worker: str
    plan: RetryPlan
    is_ending: Callable[[], bool]
    outcome: DeliveryOutcome = field(default_factory=DeliveryOutcome)
    is_stuck: bool = False  # there is no way through at present
    _last_error: str = ""
    _lost_in_a_row: int = 0
    _handed_over: list[tuple[Letter, Person]] = field(default_factory=list)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _delivery: Delivery | None = None

    def claim(self, most: int) -> list[tuple[Letter, Person]]:
        with write_session(self.engine) as session:
            claimed = claim_letters(session, worker=self.worker, at=self.at, most=most)
        if not claimed:
            return []
        with read_session(self.engine) as session:
            statement = (
                select(Letter, Person)
                .join(Person, col(Person.id) == col(Letter.recipient_id))
                .where(col(Letter.id).in_(claimed))
                .order_by(col(Letter.id))
            )
            return list(session.exec(statement).all())

    async def deliver(self, letters: Sequence[tuple[Letter, Person]]) -> None:
        """Hand over one batch. Where no connection can be had, the rest waits like the one that failed."""
        pending = list(letters)
        try:
            while pending and not self.is_stuck and not self.is_ending():
                letter, person = pending.pop(0)
                await self._deliver_one(letter, person)
            no_way = ChannelError(self._last_error)
            while pending and self.is_stuck:
                letter, person = pending.pop(0)
                self._failed(letter, _obstacle(person, self.channel) or no_way)
        finally:
            self._mark_handed_over()
            if pending:  # the process ends: give back what was not tried
                with write_session(self.engine) as session:
                    release_letters(session, [id_of(letter) for letter, _ in pending], worker=self.worker)

    async def close(self) -> None:
        self._delivery = None
        await self._stack.aclose()

    async def _deliver_one(self, letter: Letter, person: Person) -> None:
        try:
            if obstacle := _obstacle(person, self.channel):
                raise obstacle
            delivery = await self._opened()
            await delivery.deliver(_message(letter, person))
        except ChannelError as error:
            self._failed(letter, error)
            if error.lost:
                await self._lose_connection()
        else:
            self._lost_in_a_row = 0
            self._handed_over.append((letter, person))
            self.outcome.sent += 1

    async def _opened(self) -> Delivery:
        if self._delivery is None:
            self._delivery = await self._stack.enter_async_context(self.channel.open())
        return self._delivery

    async def _lose_connection(self) -> None:
        """Let the next letter try a new connection; the second loss in a row ends the run."""
        self._lost_in_a_row += 1
        self.is_stuck = self._delivery is None or self._lost_in_a_row >= LOSSES_IN_A_ROW
        await self.close()

    def _mark_handed_over(self) -> None:
        """Mark what was handed over: a batch in one transaction, as every one of its own waits for the disk."""
        if not self._handed_over:
            return
        sent = [(id_of(letter), person.email) for letter, person in self._handed_over]
        with write_session(self.engine) as session:
            mark_sent(session, sent, worker=self.worker, channel=self.channel.name, at=self.at)
        self._handed_over.clear()

    def _failed(self, letter: Letter, error: ChannelError) -> None:
        with write_session(self.engine) as session:
            state = mark_failed(
                session,
                id_of(letter),
                worker=self.worker,
                error=str(error),
                is_permanent=error.permanent,
                plan=self.plan,
                at=self.at,
            )
        if state is LetterState.GIVEN_UP:
            self.outcome.given_up += 1
        else:
            self.outcome.put_off += 1
        self._last_error = str(error)
        if self._last_error not in self.outcome.errors:
            self.outcome.errors.append(self._last_error)


def _obstacle(person: Person, channel: Channel) -> ChannelError | None:
    """Why nothing can reach this person, whatever the connection is like."""
    if not person.is_active:
        return ChannelError(NOT_ACTIVE, permanent=True)
    if channel.needs_address and not person.email:
        return ChannelError(NO_ADDRESS, permanent=True)
    return None


def _message(letter: Letter, person: Person) -> Message:
    return Message(
        id=letter.message_id,
        written_at=letter.created_at,
        name=person.name,
        address=person.email,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        reply_to=letter.reply_to,
        thread=letter.thread_id,
        attachments=attachments_of(letter),
    )
