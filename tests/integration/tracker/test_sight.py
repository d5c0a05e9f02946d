"""Which tasks a person may see."""

from __future__ import annotations

import pytest
from sqlmodel import Session, col, select

from tests.factories import COORDINATOR, OWNER, create_campaign, create_person, create_task, create_unit
from tracker.errors import TaskNotFound
from tracker.identity import id_of
from tracker.models import CampaignRole, Person, Task, TaskUnit
from tracker.queries.served import SharedList
from tracker.queries.sight import (
    Sight,
    get_visible_task,
    list_visible_ids,
    may_see_list,
    may_see_task,
    sight_of,
    visible_tasks,
)
from workflows.roles import Role

pytestmark = pytest.mark.postgresql


def sight(session: Session, person: Person) -> Sight:
    return sight_of(session, id_of(person))


def seen_by(session: Session, person: Person) -> list[Task]:
    statement = select(Task).where(visible_tasks(sight(session, person))).order_by(col(Task.id))
    return list(session.exec(statement).all())


class TestVisibleTasks:
    def test_whoever_plays_a_part_sees_the_task_and_no_other(self, session: Session) -> None:
        far = create_unit(session, "测试二科")
        owner = create_person(session, "测试戊", unit_id=far.id)
        mine = create_task(session, owner=owner)
        create_task(session)
        assert seen_by(session, owner) == [mine]

    def test_who_runs_or_audits_a_campaign_sees_all_of_it_and_nothing_of_another(
        self, session: Session
    ) -> None:
        here = create_task(session, lead_unit_id=None)
        there = create_task(session, campaign=create_campaign(session, "另一专项", coordinator=None))
        auditor = create_person(session, "测试己", unit_id=None)
        session.add(CampaignRole(campaign_id=there.campaign_id, person_id=id_of(auditor), role=Role.AUDITOR))
        session.flush()
        assert seen_by(session, auditor) == [there]
        coordinator = create_person(session, COORDINATOR)
        coordinator.unit_id = None
        session.flush()
        assert seen_by(session, coordinator) == [here]

    def test_a_unit_sees_what_it_and_those_below_it_lead_or_assist(self, session: Session) -> None:
        top = create_unit(session, "支队")
        below = create_unit(session, "一大队", parent=top)
        beside = create_unit(session, "二大队", parent=top)
        led = create_task(session, lead_unit_id=below.id)
        assisted = create_task(session, lead_unit_id=beside.id)
        session.add(TaskUnit(task_id=id_of(assisted), unit_id=id_of(below)))
        session.flush()
        other = create_task(session, lead_unit_id=beside.id)
        assert seen_by(session, create_person(session, "测试戊", unit_id=below.id)) == [led, assisted]
        assert seen_by(session, create_person(session, "测试己", unit_id=beside.id)) == [assisted, other]
        assert seen_by(session, create_person(session, "测试庚", unit_id=top.id)) == [led, assisted, other]

    def test_to_administer_opens_no_task(self, session: Session) -> None:
        create_task(session)
        administrator = create_person(session, "测试辛", unit_id=None, is_administrator=True)
        assert sight(session, administrator).is_administrator
        assert seen_by(session, administrator) == []

    def test_who_has_left_sees_nothing(self, session: Session) -> None:
        create_task(session)
        left = create_person(session, OWNER)
        left.is_active = False
        session.flush()
        assert sight(session, left) == Sight(id_of(left))
        assert seen_by(session, left) == []


class TestSightOf:
    def test_it_names_the_parts_that_are_played_anywhere(self, session: Session) -> None:
        create_task(session)
        assert sight(session, create_person(session, OWNER)).roles == {Role.OWNER}
        coordinator = sight(session, create_person(session, COORDINATOR))
        assert coordinator.roles == {Role.COORDINATOR}
        assert coordinator.sees_all

    def test_seeing_all_ends_with_a_campaign_of_somebody_else(self, session: Session) -> None:
        create_campaign(session)
        create_campaign(session, "另一专项", coordinator=None)
        assert not sight(session, create_person(session, COORDINATOR)).sees_all


class TestOneTask:
    def test_hidden_and_missing_are_the_same_answer(self, session: Session) -> None:
        task = create_task(session)
        stranger = sight(session, create_person(session, "测试戊", unit_id=None))
        for number in (id_of(task), 999_999, 0, -1, 2**40):
            with pytest.raises(TaskNotFound) as refused:
                get_visible_task(session, stranger, number)
            assert str(refused.value) == str(TaskNotFound(number))
        assert not may_see_task(session, stranger, task)
        owner = sight(session, create_person(session, OWNER))
        assert get_visible_task(session, owner, id_of(task)) is task
        assert may_see_task(session, owner, task)

    def test_a_shared_list_is_seen_from_each_task_that_it_serves(self, session: Session) -> None:
        holder = create_task(session)
        owner = create_person(session, "测试戊", unit_id=None)
        create_task(session, owner=owner, milestones_from_id=holder.id)
        mine = sight(session, owner)
        assert not may_see_task(session, mine, holder)
        assert may_see_list(session, mine, id_of(holder))
        assert not may_see_list(session, mine, id_of(holder), SharedList.DELIVERABLES)

    def test_a_selection_keeps_its_order_and_loses_what_is_hidden(self, session: Session) -> None:
        first, hidden, last = (create_task(session, lead_unit_id=None) for _ in range(3))
        owner = create_person(session, "测试戊", unit_id=None)
        for task in (first, last):
            session.add(TaskUnit(task_id=id_of(task), unit_id=id_of(create_unit(session, "测试二科"))))
        owner.unit_id = create_unit(session, "测试二科").id
        session.flush()
        asked = [id_of(task) for task in (last, hidden, first, last)]
        assert list_visible_ids(session, sight(session, owner), [*asked, 0]) == [id_of(last), id_of(first)]
