"""通知: who sees which, why a letter did not arrive, trying again, and the days ahead."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from notifications.models import Letter, LetterKind, LetterState, Notice
from notifications.rehearsal import RehearsedNotice
from tests.console import Console, opened_console
from tests.factories import (
    COORDINATOR,
    NOON,
    OWNER,
    create_campaign,
    create_milestone,
    create_person,
    create_task,
    create_unit,
)
from tests.integration.notifications.playing import morning, play_and_commit
from tracker.models import AuditEvent, Person
from workflows.task import TaskState


def create_letter(console: Console, person: Person, subject: str = "一封信", **fields: Any) -> Letter:
    number = len(console.session.exec(select(Letter)).all()) + 1
    defaults: dict[str, Any] = {
        "key": f"letter-{number}",
        "kind": LetterKind.IMMEDIATE,
        "recipient_id": person.id,
        "office_day": date(2024, 3, 1),
        "message_id": f"m{number}",
        "subject": subject,
        "text": f"{subject}的正文",
        "created_at": NOON,
        "next_try_at": NOON,
    }
    letter = Letter(**defaults | fields)
    console.session.add(letter)
    console.session.flush()
    return letter


def create_notice(console: Console, person: Person, **fields: Any) -> Notice:
    number = len(console.session.exec(select(Notice)).all()) + 1
    defaults: dict[str, Any] = {
        "key": f"notice-{number}",
        "rule": "before-7",
        "recipient_id": person.id,
        "office_day": date(2024, 3, 1),
        "facts": {"role": "责任人"},
        "created_at": NOON,
    }
    notice = Notice(**defaults | fields)
    console.session.add(notice)
    console.session.flush()
    return notice


class TestLedger:
    def test_says_what_went_to_whom_and_why(self, console: Console) -> None:
        task = create_task(console.session, title="装备配备")
        create_milestone(console.session, task, text="完成清点", due_on=date(2024, 3, 8))
        owner = create_person(console.session, OWNER)
        console.session.commit()
        play_and_commit(console.engine, morning("03-01"))

        page = console.as_(owner).get("/notices").text

        for said in ("装备配备", "完成清点", OWNER, "到期前7天", "2024-03-08", "待投递"):
            assert said in page

    def test_shows_everybody_his_own_and_a_coordinator_those_of_his_campaigns(self, console: Console) -> None:
        task = create_task(console.session, title="本专项的任务")
        other = create_campaign(
            console.session, "别的专项", coordinator=create_person(console.session, "测试戊")
        )
        foreign = create_task(console.session, campaign=other, title="别专项的任务")
        for each in (task, foreign):
            create_notice(console, create_person(console.session, OWNER), task_id=each.id)
        coordinator = create_person(console.session, COORDINATOR)
        stranger = create_person(
            console.session, "测试庚", unit_id=create_unit(console.session, "测试九科").id
        )

        mine = console.as_(coordinator).get("/notices").text
        assert "本专项的任务" in mine
        assert "别专项的任务" not in mine
        assert "本专项的任务" not in console.as_(stranger).get("/notices").text
        assert "别专项的任务" in console.as_(OWNER).get("/notices").text

    def test_says_to_who_runs_the_campaign_what_waits_and_whom_no_mail_reaches(
        self, console: Console
    ) -> None:
        drafts = [create_task(console.session, title=title, state=TaskState.DRAFT) for title in "甲乙"]
        for draft in drafts:
            create_milestone(console.session, draft)
        create_person(console.session, OWNER).email = None
        client = console.as_(COORDINATOR)
        assert "没有邮箱，收不到邮件" in client.get("/notices").text
        assert "还没有生成通知" not in client.get("/notices").text
        console.at = NOON + timedelta(days=1)  # a Saturday
        for draft in drafts:
            answer = client.submit(f"/tasks/{draft.id}/issue")
            assert answer.status_code == 303, answer.text

        page = client.get("/notices").text

        assert "2项任务有新的办理情况，还没有生成通知：现在不是工作时间，3月4日（周一）8:30起" in page
        assert "1 人名下有任务，没有邮箱，收不到邮件" in page
        assert "还没有通知" in page
        assert "没有符合条件的通知" in client.get("/notices?state=sent").text
        assert "还没有生成通知" not in console.as_(OWNER).get("/notices").text
        play_and_commit(console.engine, morning("03-04"))
        assert "还没有生成通知" not in client.get("/notices").text

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("state=given_up", {"失败的"}),
            ("state=waiting", {"待成文的"}),
            ("state=withdrawn", {"撤回的"}),
            ("state=sent", {"已投递的"}),
            ("week=2024-W08", {"上一周的"}),
        ],
    )
    def test_is_narrowed_by_state_and_week(self, console: Console, query: str, expected: set[str]) -> None:
        person = create_person(console.session, OWNER)
        given_up = create_letter(console, person, state=LetterState.GIVEN_UP, error="无此收件人")
        sent = create_letter(console, person, state=LetterState.SENT, sent_at=NOON)
        cases: dict[str, dict[str, Any]] = {
            "失败的": {"letter_id": given_up.id},
            "已投递的": {"letter_id": sent.id},
            "待成文的": {},
            "撤回的": {"withdrawn_at": NOON},
            "上一周的": {"office_day": date(2024, 2, 20), "letter_id": create_letter(console, person).id},
        }
        for title, fields in cases.items():
            create_notice(console, person, task_id=create_task(console.session, title=title).id, **fields)

        page = console.as_(person).get(f"/notices?{query}").text

        assert {title for title in cases if title in page} == expected

    def test_goes_on_on_a_second_page(self, console: Console) -> None:
        person = create_person(console.session, OWNER)
        task = create_task(console.session)
        for _ in range(51):
            create_notice(console, person, task_id=task.id)
        client = console.as_(person)
        first = client.get("/notices").text
        assert first.count('class="row-head"') == 50
        assert "before=2" in first
        assert client.get("/notices?before=2").text.count('class="row-head"') == 1

    def test_refuses_what_nobody_could_mean(self, console: Console) -> None:
        client = console.as_(OWNER)
        assert client.get("/notices?state=nonsense").status_code == 422
        assert client.get("/notices?week=2024-W99").status_code == 422


class TestLetters:
    def test_are_read_by_those_to_whom_they_went(self, console: Console) -> None:
        other_campaign = create_campaign(console.session, "别的专项", coordinator=None)
        create_task(console.session, campaign=other_campaign)
        letter = create_letter(console, create_person(console.session, OWNER), "给甲的信")
        path = f"/notices/letters/{letter.id}"
        assert "给甲的信的正文" in console.as_(OWNER).get(path).text
        assert console.as_("测试乙").get(path).status_code == 404
        assert console.as_(COORDINATOR).get(path).status_code == 404

    def test_that_were_given_up_are_tried_again_on_record(self, console: Console) -> None:
        letter = create_letter(
            console,
            create_person(console.session, OWNER),
            state=LetterState.GIVEN_UP,
            error="无此收件人",
            tries=9,
        )
        client = console.as_(OWNER)
        assert "无此收件人" in client.get("/notices/letters").text

        answer = client.submit("/notices/letters/retry", {"letter": str(letter.id)})

        assert answer.status_code == 303
        console.session.refresh(letter)
        assert (letter.state, letter.tries, letter.error) == (LetterState.PENDING, 0, None)
        event = console.session.exec(select(AuditEvent).where(AuditEvent.kind == "letter.retry")).one()
        assert event.actor_name == OWNER

    def test_of_others_are_not_tried_again(self, console: Console) -> None:
        letter = create_letter(console, create_person(console.session, OWNER), state=LetterState.GIVEN_UP)
        console.as_("测试乙").submit("/notices/letters/retry", {"letter": str(letter.id)})
        console.session.refresh(letter)
        assert letter.state is LetterState.GIVEN_UP


def rehearsed(day: date, task_id: int | None, person: Person) -> RehearsedNotice:
    assert person.id is not None
    return RehearsedNotice(
        day,
        person.id,
        person.name,
        "before-7",
        "到期前7天",
        "责任人",
        False,
        task_id,
        "1",
        "装备配备",
        "清点",
        day,
    )


class TestDaysAhead:
    def test_are_played_when_asked_for_and_once_for_everybody(self, engine: Engine, tmp_path: Path) -> None:
        asked: list[tuple[date, date]] = []
        with opened_console(engine, tmp_path) as plain:
            task, owner = create_task(plain.session), create_person(plain.session, OWNER)

            def rehearse(start: date, end: date) -> list[RehearsedNotice]:
                asked.append((start, end))
                return [rehearsed(start + timedelta(days=3), task.id, owner)] * 2

            with opened_console(engine, tmp_path, rehearse=rehearse) as console:
                plain.session.commit()
                client = console.as_(COORDINATOR)
                assert "开始预演" in client.get("/notices/ahead").text
                assert asked == []

                first, second = (client.get("/notices/ahead?run=1").text for _ in range(2))

        assert asked == [(date(2024, 3, 1), date(2024, 5, 29))]
        assert "装备配备" in first
        assert first.count("到期前7天") == second.count("到期前7天") == 2

    def test_are_left_to_the_administrator_where_they_would_take_long(self, console: Console) -> None:
        create_task(console.session)
        page = console.as_(COORDINATOR).get("/notices/ahead?run=1").text
        assert "请管理员在服务器上预演" in page
        assert "dingban" not in page.split("<main")[1]

        create_person(console.session, COORDINATOR).is_administrator = True
        page = console.as_(COORDINATOR).get("/notices/ahead?run=1").text
        assert "dingban rehearse --from 2024-03-01" in page

    def test_are_for_those_who_run_or_audit_a_campaign(self, console: Console) -> None:
        create_task(console.session)
        assert console.as_(OWNER).get("/notices/ahead?run=1").status_code == 403
