"""People, the parts they play, and handing over."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    NOON,
    OWNER,
    actor_of,
    create_campaign,
    create_milestone,
    create_part,
    create_person,
    create_task,
    create_unit,
)
from tracker.errors import (
    ActRefused,
    NameTaken,
    PersonAmbiguous,
    PersonNotFound,
    PersonStillNeeded,
    TaskNotFound,
    UnitNotFound,
    ValueRefused,
)
from tracker.identity import id_of
from tracker.models import AuditEvent, CampaignRole, TaskPerson
from tracker.queries.locking import lock_task
from tracker.queries.parts import get_parts, get_parts_of_tasks, list_people_on_task
from tracker.queries.people import list_unit_ids_below, resolve_person, resolve_unit
from tracker.services import people
from tracker.services.auditing import SYSTEM, Actor
from workflows.roles import Role
from workflows.task import TaskState


def coordinator(session: Session) -> Actor:
    create_campaign(session)
    return actor_of(create_person(session, COORDINATOR))


def number(session: Session, name: str) -> int:
    return id_of(create_person(session, name))


def last_event(session: Session) -> tuple[str, dict[str, Any]]:
    event = session.exec(select(AuditEvent).order_by(col(AuditEvent.id).desc())).first()
    assert event
    return event.kind, json.loads(event.data)


class TestResolvePerson:
    def test_by_number_name_spelling_and_address(self, session: Session) -> None:
        person = create_person(session, "测试聖", email="sheng@example.org")
        people.add_alias(session, id_of(person), name="测试圣", actor=coordinator(session), at=NOON)
        for key in (id_of(person), str(person.id), "测试聖", " 测试圣 ", "Sheng@Example.org"):
            assert resolve_person(session, key) == person

    def test_two_of_one_name_are_told_apart(self, session: Session) -> None:
        first = create_person(session, "测试甲", title="队长")
        second = create_person(session, "测试甲", unit_id=create_unit(session, "测试二科").id)
        with pytest.raises(PersonAmbiguous, match="请改用编号或者邮箱指明") as refusal:
            resolve_person(session, "测试甲")
        assert [candidate[0] for candidate in refusal.value.candidates] == [first.id, second.id]
        assert "测试二科" in str(refusal.value)

    def test_who_is_not_there_is_named(self, session: Session) -> None:
        with pytest.raises(PersonNotFound, match="没有“测试癸”这个人员"):
            resolve_person(session, "测试癸")

    @pytest.mark.parametrize("number", ["0", "2147483648", "99999999999999999999"])
    def test_a_number_that_no_row_can_have_is_nobody(self, session: Session, number: str) -> None:
        with pytest.raises(PersonNotFound, match=f"没有编号为{number}的人员"):
            resolve_person(session, number)
        with pytest.raises(TaskNotFound, match=f"没有编号为{number}的任务"):
            lock_task(session, int(number))

    def test_inactive_people_are_not_found_by_name(self, session: Session) -> None:
        create_person(session, "测试甲", is_active=False)
        with pytest.raises(PersonNotFound):
            resolve_person(session, "测试甲")


class TestUnits:
    def test_units_form_a_tree(self, session: Session) -> None:
        actor = coordinator(session)
        top = people.create_unit(session, name="支队", actor=actor, at=NOON)
        below = people.create_unit(session, name="一大队", parent_id=top.id, actor=actor, at=NOON)
        lowest = people.create_unit(session, name="一中队", parent_id=below.id, actor=actor, at=NOON)
        assert list_unit_ids_below(session, id_of(top)) == [top.id, below.id, lowest.id]
        assert resolve_unit(session, "一大队") == below
        assert last_event(session)[0] == "unit.create"

    def test_a_name_is_given_once(self, session: Session) -> None:
        create_unit(session, "支队")
        with pytest.raises(NameTaken, match="单位“支队”已经存在"):
            people.create_unit(session, name="支队", actor=SYSTEM, at=NOON)

    def test_a_unit_that_is_not_there_is_named(self, session: Session) -> None:
        with pytest.raises(UnitNotFound, match="没有编号为9的单位"):
            people.create_unit(session, name="支队", parent_id=9, actor=SYSTEM, at=NOON)


class TestCreateAndChange:
    def test_a_person_has_a_plausible_address_or_none(self, session: Session) -> None:
        made = people.create_person(session, name=" 测试己 ", email="", actor=SYSTEM, at=NOON)
        assert (made.name, made.email) == ("测试己", None)
        for address in ("没有符号", "a@b", "a b@example.org"):
            with pytest.raises(ValueRefused, match="不是邮箱地址"):
                people.create_person(session, name="测试己", email=address, actor=SYSTEM, at=NOON)

    def test_a_change_says_before_and_after(self, session: Session) -> None:
        person = create_person(session, "测试己", title="科员")
        actor = coordinator(session)
        people.change_person(session, id_of(person), title="科长", actor=actor, at=NOON)
        assert last_event(session) == ("person.change", {"changed": {"title": ["科员", "科长"]}})

    def test_no_change_leaves_no_event(self, session: Session) -> None:
        person = create_person(session, "测试己", title="科员")
        people.change_person(session, id_of(person), title="科员", actor=coordinator(session), at=NOON)
        assert session.exec(select(AuditEvent)).all() == []

    def test_an_ordinary_person_enters_nobody(self, session: Session) -> None:
        actor = actor_of(create_person(session, OWNER))
        with pytest.raises(ActRefused, match="新增人员须由协调员或管理员办理"):
            people.create_person(session, name="测试己", actor=actor, at=NOON)

    def test_an_administrator_may(self, session: Session) -> None:
        actor = actor_of(create_person(session, "测试壬", is_administrator=True))
        assert people.create_person(session, name="测试己", actor=actor, at=NOON).id

    def test_one_spelling_means_one_person(self, session: Session) -> None:
        first, second = create_person(session, "测试己"), create_person(session, "测试庚")
        actor = coordinator(session)
        alias = people.add_alias(session, id_of(first), name="测试巳", actor=actor, at=NOON)
        assert people.add_alias(session, id_of(first), name="测试巳", actor=actor, at=NOON) == alias
        with pytest.raises(NameTaken):
            people.add_alias(session, id_of(second), name="测试巳", actor=actor, at=NOON)


class TestAppointAndReassign:
    def test_the_first_one_stays_accountable(self, session: Session) -> None:
        task = create_task(session)
        second = create_person(session, "测试戊")
        actor = coordinator(session)
        for _ in range(2):  # appointing again changes nothing
            people.appoint(
                session, id_of(task), person_id=id_of(second), role=Role.OWNER, actor=actor, at=NOON
            )
        assert get_parts(session, task).owners == (number(session, OWNER), second.id)
        assert len(session.exec(select(AuditEvent)).all()) == 1

    def test_whoever_is_in_charge_now_plays_the_part_in_the_same_place(self, session: Session) -> None:
        task = create_task(session)
        create_part(session, task, create_person(session, "测试戊"), Role.OWNER, position=1)
        step = create_milestone(session, task, look_on=date(2024, 5, 1))
        people.reassign_task(
            session,
            id_of(task),
            role=Role.OWNER,
            from_person_id=number(session, OWNER),
            to_person_id=number(session, "测试庚"),
            actor=coordinator(session),
            at=NOON,
        )
        assert get_parts(session, task).owners == (number(session, "测试庚"), number(session, "测试戊"))
        assert (step.look_on, step.due_on) == (date(2024, 3, 1), date(2024, 5, 31))
        kind, data = last_event(session)
        assert (kind, data["from_person"], data["to_person"]) == ("person.reassign", OWNER, "测试庚")

    def test_reassigning_to_one_who_has_the_part_leaves_one(self, session: Session) -> None:
        task = create_task(session)
        create_part(session, task, create_person(session, "测试戊"), Role.OWNER, position=1)
        people.reassign_task(
            session,
            id_of(task),
            role=Role.OWNER,
            from_person_id=number(session, OWNER),
            to_person_id=number(session, "测试戊"),
            actor=coordinator(session),
            at=NOON,
        )
        assert get_parts(session, task).owners == (number(session, "测试戊"),)

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"from_person_id": EXPEDITER}, "测试乙不是任务1的责任人"),
            ({"to_person_id": "测试停"}, "测试停已经停用"),
            ({"role": Role.COORDINATOR}, "协调员请在专项工作上指定"),
        ],
    )
    def test_what_cannot_be_is_refused(self, session: Session, fields: dict[str, Any], sentence: str) -> None:
        task = create_task(session)
        create_person(session, "测试停", is_active=False)
        values = {"role": Role.OWNER, "from_person_id": OWNER, "to_person_id": "测试庚"} | fields
        with pytest.raises(ValueRefused, match=sentence):
            people.reassign_task(
                session,
                id_of(task),
                role=values["role"],
                from_person_id=number(session, values["from_person_id"]),
                to_person_id=number(session, values["to_person_id"]),
                actor=coordinator(session),
                at=NOON,
            )

    def test_the_only_one_is_replaced_and_not_dismissed(self, session: Session) -> None:
        task = create_task(session)
        actor = coordinator(session)
        owner = number(session, OWNER)
        with pytest.raises(ValueRefused, match="唯一的责任人，请改用换人"):
            people.dismiss(session, id_of(task), person_id=owner, role=Role.OWNER, actor=actor, at=NOON)
        create_part(session, task, create_person(session, "测试戊"), Role.OWNER, position=1)
        people.dismiss(session, id_of(task), person_id=owner, role=Role.OWNER, actor=actor, at=NOON)
        assert get_parts(session, task).owners == (number(session, "测试戊"),)


class TestHandOver:
    def test_everything_unfinished_passes_on_and_what_is_archived_stays(self, session: Session) -> None:
        open_task = create_task(session)
        archived = create_task(session, state=TaskState.ARCHIVED)
        campaign = create_campaign(session)
        giver, taker = create_person(session, COORDINATOR), create_person(session, "测试庚")
        create_part(session, open_task, giver, Role.OWNER, position=1)
        create_part(session, archived, giver, Role.OWNER, position=1)

        tasks = people.hand_over(
            session,
            from_person_id=id_of(giver),
            to_person_id=id_of(taker),
            actor=actor_of(giver),
            at=NOON,
        )

        assert tasks == [open_task]
        assert get_parts(session, open_task).coordinators == (taker.id,)
        still_his = session.exec(select(TaskPerson).where(TaskPerson.person_id == giver.id)).all()
        assert [part.task_id for part in still_his] == [archived.id]
        roles = session.exec(select(CampaignRole).where(CampaignRole.campaign_id == campaign.id)).all()
        assert [role.person_id for role in roles] == [taker.id]
        kinds = [event.kind for event in session.exec(select(AuditEvent)).all()]
        assert kinds == ["person.reassign", "person.hand_over"]

    def test_a_person_does_not_hand_over_to_himself(self, session: Session) -> None:
        owner = number(session, OWNER)
        with pytest.raises(ValueRefused, match="请另选接手人"):
            people.hand_over(
                session, from_person_id=owner, to_person_id=owner, actor=coordinator(session), at=NOON
            )


class TestDeactivate:
    def test_it_is_refused_while_he_plays_parts_and_says_which(self, session: Session) -> None:
        task = create_task(session)
        actor = coordinator(session)
        with pytest.raises(PersonStillNeeded, match=f"任务{task.id}“装备配备”的责任人"):
            people.deactivate_person(session, number(session, OWNER), actor=actor, at=NOON)
        with pytest.raises(PersonStillNeeded, match="“2024年测试专项”的协调员"):
            people.deactivate_person(session, number(session, COORDINATOR), actor=actor, at=NOON)

    def test_after_handing_over_he_plays_none(self, session: Session) -> None:
        task = create_task(session)
        actor = coordinator(session)
        owner = number(session, OWNER)
        people.hand_over(
            session, from_person_id=owner, to_person_id=number(session, "测试庚"), actor=actor, at=NOON
        )
        person = people.deactivate_person(session, owner, actor=actor, at=NOON)
        assert (person.is_active, person.deactivated_at) == (False, NOON)
        assert get_parts(session, task).owners == (number(session, "测试庚"),)
        assert people.reactivate_person(session, owner, actor=actor, at=NOON).is_active


class TestParts:
    def test_many_tasks_at_once_say_the_same_as_one_by_one(self, session: Session) -> None:
        tasks = [create_task(session), create_task(session, campaign=create_campaign(session, "另一专项"))]
        create_part(session, tasks[0], create_person(session, "测试戊"), Role.OWNER, position=1)
        create_person(session, EXPEDITER).is_active = False
        session.flush()
        assert get_parts_of_tasks(session, tasks) == {id_of(task): get_parts(session, task) for task in tasks}
        assert get_parts(session, tasks[0]).expediters == ()
        assert get_parts(session, tasks[0]).reviewers() == {number(session, COORDINATOR)}

    def test_inactive_people_are_still_shown_by_name(self, session: Session) -> None:
        task = create_task(session)
        create_person(session, LEADER).is_active = False
        shown = [(part.role, person.name) for part, person in list_people_on_task(session, id_of(task))]
        assert shown == [(Role.EXPEDITER, EXPEDITER), (Role.LEADER, LEADER), (Role.OWNER, OWNER)]
