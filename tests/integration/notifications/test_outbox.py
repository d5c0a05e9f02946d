"""The outbox: posted once, claimed by one, tried again with growing pauses, given up on record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from notifications.channels import (
    Attachment,
    Channel,
    ChannelError,
    Delivery,
    FileChannel,
    MemoryChannel,
    Message,
)
from notifications.delivering import DeliveryOutcome, deliver_due
from notifications.models import Letter, LetterKind, LetterState
from notifications.outbox import (
    LEASE,
    claim_letters,
    count_letters,
    list_given_up,
    mark_sent,
    post_letter,
    retry_given_up,
)
from notifications.retrying import RetryPlan
from tests.factories import create_person
from tracker.database import write_session
from tracker.identity import id_of

AT = datetime(2024, 5, 31, 0, 30, tzinfo=UTC)
WORKER = "worker:one"


def post(
    engine: Engine, number: int = 1, *, name: str = "测试甲", at: datetime = AT, **fields: object
) -> int:
    with write_session(engine) as session:
        letter = post_letter(
            session,
            recipient_id=id_of(create_person(session, name, **fields)),
            subject=f"第{number}封",
            text="正文\n",
            html="<p>正文</p>",
            kind=LetterKind.IMMEDIATE,
            key=f"test:{number}",
            at=at,
        )
    assert letter
    return letter


def deliver(
    engine: Engine,
    channel: Channel,
    *,
    at: datetime = AT,
    plan: RetryPlan | None = None,
    worker: str = WORKER,
) -> DeliveryOutcome:
    return asyncio.run(deliver_due(engine, channel, at=at, worker=worker, plan=plan))


def letter(engine: Engine, letter_id: int = 1) -> Letter:
    with Session(engine) as session:
        return session.get_one(Letter, letter_id)


class FailingChannel(MemoryChannel):
    """Raises the given errors in turn, then delivers."""

    def __init__(self, *errors: ChannelError) -> None:
        super().__init__()
        self.errors = list(errors)

    async def deliver(self, message: Message) -> None:
        if self.errors:
            raise self.errors.pop(0)
        await super().deliver(message)


class ClosedChannel(MemoryChannel):
    """A mail server that cannot be reached."""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Delivery]:
        self.opened += 1
        raise ChannelError("无法连接邮件服务器", lost=True)
        yield self


class TestPostLetter:
    def test_the_same_key_is_posted_once(self, engine: Engine) -> None:
        post(engine)

        with write_session(engine) as session:
            again = post_letter(
                session,
                recipient_id=1,
                subject="另一封",
                text="",
                kind=LetterKind.WEEKLY,
                key="test:1",
                at=AT,
            )
            assert again is None
            assert session.exec(select(Letter.subject)).all() == ["第1封"]

    def test_it_is_part_of_its_causes_transaction(self, engine: Engine) -> None:
        with Session(engine) as session:
            person = create_person(session)
            post_letter(
                session,
                recipient_id=id_of(person),
                subject="通报",
                text="",
                kind=LetterKind.WEEKLY,
                key="weekly",
                at=AT,
            )
            session.rollback()
            assert session.exec(select(Letter)).all() == []

    def test_attachments_arrive_as_they_were_posted(self, engine: Engine) -> None:
        attachment = Attachment("通报.docx", "application/zip", bytes(range(256)))
        with write_session(engine) as session:
            post_letter(
                session,
                recipient_id=id_of(create_person(session)),
                subject="通报",
                text="",
                kind=LetterKind.WEEKLY,
                key="weekly",
                at=AT,
                attachments=[attachment],
            )
        channel = MemoryChannel()

        deliver(engine, channel)

        assert channel.delivered[0].attachments == (attachment,)

    @pytest.mark.postgresql
    @pytest.mark.parametrize("race", range(10))
    def test_two_workers_posting_one_key_post_it_once(self, engine: Engine, race: int) -> None:
        with write_session(engine) as session:
            person = id_of(create_person(session))
        together = Barrier(2, timeout=30)
        posted: list[int | None] = []

        def work() -> None:
            together.wait()
            with write_session(engine) as session:
                posted.append(
                    post_letter(
                        session,
                        recipient_id=person,
                        subject="通报",
                        text="",
                        kind=LetterKind.WEEKLY,
                        key=f"weekly:2024-W22:{race}",
                        at=AT,
                    )
                )

        run_together(work, work)

        assert sorted(each is None for each in posted) == [False, True]


class TestClaim:
    @pytest.mark.postgresql
    def test_two_workers_never_claim_the_same_letter(self, engine: Engine) -> None:
        for number in range(40):
            post(engine, number)
        together = Barrier(2, timeout=30)
        claims: dict[str, list[int]] = {"one": [], "two": []}

        def worker(name: str) -> None:
            together.wait()
            while True:
                with write_session(engine) as session:
                    claimed = claim_letters(session, worker=name, at=AT, most=3)
                if not claimed:
                    return
                claims[name] += claimed

        run_together(lambda: worker("one"), lambda: worker("two"))

        assert sorted(claims["one"] + claims["two"]) == list(range(1, 41))

    @pytest.mark.postgresql
    def test_a_claim_in_progress_is_passed_over_or_waited_for(self, engine: Engine) -> None:
        post(engine, 1)
        post(engine, 2)
        with write_session(engine) as session:
            assert claim_letters(session, worker="one", at=AT, most=1) == [1]
            if engine.dialect.name == "postgresql":  # rows that another is claiming are no hindrance
                with write_session(engine) as other:
                    assert claim_letters(other, worker="two", at=AT, most=5) == [2]

    def test_a_dead_workers_letters_are_free_when_its_lease_is_over(self, engine: Engine) -> None:
        post(engine)
        with write_session(engine) as session:
            claim_letters(session, worker="dead", at=AT, most=5)

        with write_session(engine) as session:
            assert claim_letters(session, worker="two", at=AT + LEASE - timedelta(seconds=1), most=5) == []
            assert claim_letters(session, worker="two", at=AT + LEASE, most=5) == [1]

    def test_a_worker_whose_lease_ran_out_marks_nothing(self, engine: Engine) -> None:
        post(engine)
        with write_session(engine) as session:
            claim_letters(session, worker="slow", at=AT, most=5)
        with write_session(engine) as session:
            claim_letters(session, worker="two", at=AT + LEASE, most=5)
            mark_sent(session, [(1, "x@example.org")], worker="slow", channel="smtp", at=AT)

        assert letter(engine).state is LetterState.PENDING


class TestDeliver:
    def test_what_was_handed_over_is_marked_and_never_sent_again(self, engine: Engine) -> None:
        post(engine)
        channel = MemoryChannel()

        assert deliver(engine, channel).sent == 1
        assert deliver(engine, channel).sent == 0
        sent = letter(engine)
        assert (sent.state, sent.channel, sent.sent_at) == (LetterState.SENT, "memory", AT)
        assert sent.address == channel.delivered[0].address

    def test_many_letters_go_over_one_connection(self, engine: Engine) -> None:
        for number in range(120):
            post(engine, number)
        channel = MemoryChannel()

        assert deliver(engine, channel).sent == 120
        assert channel.opened == 1

    def test_an_empty_outbox_opens_no_connection(self, engine: Engine) -> None:
        channel = MemoryChannel()

        deliver(engine, channel)

        assert channel.opened == 0

    def test_a_crash_between_handing_over_and_marking_sends_again_under_the_same_id(
        self, engine: Engine
    ) -> None:
        post(engine)
        channel = MemoryChannel()
        with write_session(engine) as session:
            claim_letters(session, worker="died after handing over", at=AT, most=1)

        deliver(engine, channel, at=AT + LEASE)
        first = channel.delivered[0].id
        with write_session(engine) as session:
            sent = session.get_one(Letter, 1)
            sent.state, sent.next_try_at = LetterState.PENDING, AT
        deliver(engine, channel, at=AT + LEASE)

        assert [message.id for message in channel.delivered] == [first, first]

    def test_a_failure_waits_longer_every_time_and_is_then_given_up(self, engine: Engine) -> None:
        post(engine)
        plan = RetryPlan(pauses=(1, 5, 15))
        at = AT
        waits = []
        for _ in range(4):
            channel = FailingChannel(ChannelError("暂时不收"))
            deliver(engine, channel, at=at, plan=plan)
            failed = letter(engine)
            if failed.state is LetterState.PENDING:
                waits.append((failed.next_try_at - at).total_seconds() / 60)
                assert (
                    deliver(engine, MemoryChannel(), at=failed.next_try_at - timedelta(seconds=1)).sent == 0
                )
                at = failed.next_try_at

        assert waits == [1, 5, 15]
        assert (failed.state, failed.tries, failed.error) == (LetterState.GIVEN_UP, 4, "暂时不收")

    def test_a_permanent_refusal_is_given_up_at_once_and_listed(self, engine: Engine) -> None:
        post(engine)

        outcome = deliver(engine, FailingChannel(ChannelError("收件地址被拒收", permanent=True)))

        assert outcome == DeliveryOutcome(given_up=1, errors=["收件地址被拒收"])
        with Session(engine) as session:
            (given_up,) = list_given_up(session)
            assert (given_up.recipient, given_up.subject, given_up.error) == (
                "测试甲",
                "第1封",
                "收件地址被拒收",
            )
            assert count_letters(session)[LetterState.GIVEN_UP] == 1

    def test_one_bad_letter_does_not_hold_up_the_others(self, engine: Engine) -> None:
        for number in range(3):
            post(engine, number)

        outcome = deliver(engine, FailingChannel(ChannelError("收件地址被拒收", permanent=True)))

        assert (outcome.sent, outcome.given_up) == (2, 1)

    def test_a_lost_connection_is_opened_once_more(self, engine: Engine) -> None:
        for number in range(3):
            post(engine, number)
        channel = FailingChannel(ChannelError("发送中断", lost=True))

        outcome = deliver(engine, channel)

        assert (outcome.sent, outcome.put_off, channel.opened) == (2, 1, 2)

    def test_where_no_connection_can_be_had_everything_waits(self, engine: Engine) -> None:
        for number in range(70):
            post(engine, number)
        channel = ClosedChannel()

        outcome = deliver(engine, channel)

        assert (outcome.sent, channel.opened) == (0, 1)
        assert outcome.errors == ["无法连接邮件服务器"]
        with Session(engine) as session:
            assert count_letters(session)[LetterState.PENDING] == 70
            assert session.exec(select(Letter).where(col(Letter.claimed_by).is_not(None))).all() == []

    def test_a_person_without_an_address_is_given_up_on_record_until_he_has_one(self, engine: Engine) -> None:
        post(engine, email=None)
        channel = MemoryChannel()

        assert deliver(engine, channel).given_up == 1
        assert letter(engine).error == "没有邮箱地址"

        with write_session(engine) as session:
            create_person(session).email = "jia@example.org"
            assert retry_given_up(session, at=AT) == 1
        deliver(engine, channel)
        assert [message.address for message in channel.delivered] == ["jia@example.org"]

    def test_somebody_who_left_gets_no_letter(self, engine: Engine) -> None:
        post(engine, is_active=False)

        assert deliver(engine, MemoryChannel()).given_up == 1
        assert letter(engine).error == "收件人已停用"

    def test_a_cancelled_worker_gives_back_what_it_did_not_try(self, engine: Engine) -> None:
        for number in range(3):
            post(engine, number)

        class Stopping(MemoryChannel):
            async def deliver(self, message: Message) -> None:
                await super().deliver(message)
                if len(self.delivered) == 2:
                    raise asyncio.CancelledError

        channel = Stopping()
        with pytest.raises(asyncio.CancelledError):
            deliver(engine, channel)

        after = MemoryChannel()
        deliver(engine, after, worker="worker:two")
        assert [message.subject for message in after.delivered] == ["第2封"]

    def test_one_that_ends_begins_no_other_letter_and_gives_back_what_it_claimed(
        self, engine: Engine
    ) -> None:
        for number in range(3):
            post(engine, number)
        channel = MemoryChannel()

        outcome = asyncio.run(
            deliver_due(engine, channel, at=AT, worker=WORKER, is_ending=lambda: len(channel.delivered) == 1)
        )

        assert (outcome.sent, outcome.put_off, outcome.errors) == (1, 0, [])
        after = MemoryChannel()
        deliver(engine, after, worker="worker:two")
        assert [message.subject for message in after.delivered] == ["第1封", "第2封"]


class TestFileChannel:
    def test_a_letter_is_one_file_however_often_it_is_written(self, engine: Engine, tmp_path: Path) -> None:
        post(engine, email=None)
        channel = FileChannel(tmp_path / "outbox", sender="盯办 <dingban@example.org>")

        deliver(engine, channel)
        with write_session(engine) as session:
            session.get_one(Letter, 1).state = LetterState.PENDING
        deliver(engine, channel)

        files = [path for path in (tmp_path / "outbox").rglob("*") if path.is_file()]
        assert [path.parent.name for path in files] == ["2024-05-31"]
        assert files[0].name.startswith("测试甲-dingban-")
        assert files[0].suffix == ".eml"

    def test_a_folder_that_cannot_be_written_is_a_reason_to_wait(
        self, engine: Engine, tmp_path: Path
    ) -> None:
        post(engine)
        (tmp_path / "outbox").write_text("a file stands in the way")

        outcome = deliver(engine, FileChannel(tmp_path / "outbox", sender="盯办 <dingban@example.org>"))

        assert outcome.put_off == 1
        assert "无法写入发件文件夹" in outcome.errors[0]


def run_together(*works: object) -> None:
    failures: list[BaseException] = []

    def guarded(work: object) -> None:
        try:
            work()  # type: ignore[operator]
        except BaseException as error:
            failures.append(error)

    threads = [Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
