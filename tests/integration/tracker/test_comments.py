"""Comments (留言): who may write, and what the trail keeps of them."""

from __future__ import annotations

import hashlib
import json

import pytest
from sqlmodel import Session, select

from tests.factories import (
    COORDINATOR,
    LEADER,
    NOON,
    OWNER,
    actor_of,
    create_person,
    create_task,
    create_unit,
)
from tracker.errors import ActRefused
from tracker.identity import id_of
from tracker.models import AuditEvent, CampaignRole, Comment
from tracker.services.comments import MOST_CHARACTERS, write_comment
from workflows.roles import Role
from workflows.task import TaskState


class TestWriteComment:
    def test_the_words_stand_in_the_comment_and_their_hash_in_the_trail(self, session: Session) -> None:
        task = create_task(session)

        comment = write_comment(
            session,
            id_of(task),
            text=" 设备周五到货\n",
            actor=actor_of(create_person(session, OWNER)),
            at=NOON,
        )

        event = session.exec(select(AuditEvent).where(AuditEvent.kind == "comment.write")).one()
        data = json.loads(event.data)
        assert comment.text == "设备周五到货"
        assert data == {"characters": 6, "sha256": hashlib.sha256("设备周五到货".encode()).hexdigest()}
        assert (event.task_id, event.subject_id) == (task.id, comment.id)

    @pytest.mark.parametrize("name", [OWNER, LEADER, COORDINATOR, "测试同科"])
    def test_whoever_sees_the_task_may_write(self, session: Session, name: str) -> None:
        task = create_task(session)

        write_comment(
            session, id_of(task), text="收到", actor=actor_of(create_person(session, name)), at=NOON
        )

        assert len(session.exec(select(Comment)).all()) == 1

    def test_who_only_audits_writes_nothing(self, session: Session) -> None:
        task = create_task(session)
        auditor = create_person(session, "测试纪检", unit_id=create_unit(session, "测试纪检组").id)
        session.add(CampaignRole(campaign_id=task.campaign_id, person_id=id_of(auditor), role=Role.AUDITOR))
        session.flush()

        with pytest.raises(ActRefused, match="须由本任务的办理人员"):
            write_comment(session, id_of(task), text="收到", actor=actor_of(auditor), at=NOON)

    @pytest.mark.parametrize(
        ("text", "words"), [(" \n", "须写明内容"), ("字" * (MOST_CHARACTERS + 1), "最多2000个字")]
    )
    def test_nothing_and_too_much_are_refused(self, session: Session, text: str, words: str) -> None:
        task = create_task(session)
        actor = actor_of(create_person(session, OWNER))

        with pytest.raises(ActRefused, match=words):
            write_comment(session, id_of(task), text=text, actor=actor, at=NOON)

    def test_an_archived_task_is_left_as_it_is(self, session: Session) -> None:
        task = create_task(session, state=TaskState.ARCHIVED)
        actor = actor_of(create_person(session, OWNER))

        with pytest.raises(ActRefused, match="已经归档"):
            write_comment(session, id_of(task), text="收到", actor=actor, at=NOON)

    def test_nobody_writes_for_another(self, session: Session) -> None:
        task = create_task(session)
        actor = actor_of(create_person(session, LEADER), recorded_by=create_person(session, COORDINATOR))

        with pytest.raises(ActRefused, match="留言不能代录"):
            write_comment(session, id_of(task), text="收到", actor=actor, at=NOON)
