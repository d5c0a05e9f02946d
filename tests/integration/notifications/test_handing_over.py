"""Who takes over several parts of one task is told of that task once."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, select

from notifications.models import Letter, LetterKind
from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    OWNER,
    actor_of,
    create_milestone,
    create_person,
    create_task,
)
from tests.integration.notifications.playing import morning, play
from tracker.clock import office_moment
from tracker.identity import id_of
from tracker.services import people

DAY = date(2024, 5, 29)  # a Wednesday


class TestHandingOver:
    def test_two_parts_of_one_task_are_one_item_of_the_letter(self, session: Session) -> None:
        both = create_task(session, title="装备配备", expediter=create_person(session, OWNER))
        create_milestone(session, both, due_on=date(2024, 12, 31))
        create_task(session, title="统一标识", expediter=create_person(session, EXPEDITER))
        play(session, morning("05-29"))
        people.hand_over(
            session,
            from_person_id=id_of(create_person(session, OWNER)),
            to_person_id=id_of(create_person(session, "测试戊")),
            actor=actor_of(create_person(session, COORDINATOR)),
            at=office_moment(DAY, 10),
        )
        play(session, office_moment(DAY, 11))

        letters = session.exec(
            select(Letter).where(Letter.kind == LetterKind.IMMEDIATE, col(Letter.subject).contains("转交"))
        ).all()
        assert [letter.subject for letter in letters] == ["【盯办】2项任务已转交给您"]
        assert letters[0].text.count("装备配备") == 1
        assert "您被指定为所列任务的责任人、盯办人" in letters[0].text.replace(
            "盯办人、责任人", "责任人、盯办人"
        )
