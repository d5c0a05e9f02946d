"""The ledger gives the tasks that its filter asks for, in order, and none that may not be seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    OWNER,
    create_campaign,
    create_milestone,
    create_part,
    create_person,
    create_task,
    create_unit,
)
from tests.integration.tracker.test_register_queries import count_statements
from tracker.clock import office_moment
from tracker.identity import id_of
from tracker.lights import WORST_FIRST, Light
from tracker.models import CampaignRole, Task, TaskUnit
from tracker.queries.ledger import (
    LedgerPage,
    count_ledger,
    count_ledger_by_light,
    count_ledger_by_state,
    iterate_ledger,
    list_ledger,
)
from tracker.queries.ledger_conditions import LedgerFilter
from tracker.queries.ledger_order import LedgerSort
from tracker.queries.ledger_rows import LedgerRow
from tracker.queries.sight import Sight, sight_of
from tracker.rules import OfficeRules
from workflows.milestone import MilestoneState
from workflows.roles import Role
from workflows.task import OPEN_STATES, TaskState

pytestmark = pytest.mark.postgresql

TODAY = date(2024, 6, 3)
RULES = OfficeRules()


def everything(session: Session) -> Sight:
    """The sight of the one who coordinates every campaign."""
    return sight_of(session, id_of(create_person(session, COORDINATOR)))


def page_of(session: Session, wanted: LedgerFilter | None = None, **options: Any) -> LedgerPage:
    if "sight" not in options:
        options["sight"] = everything(session)
    return list_ledger(session, wanted or LedgerFilter(), today=TODAY, rules=RULES, **options)


def ids_of(session: Session, **wanted: Any) -> list[int]:
    return [row.id for row in page_of(session, LedgerFilter(**wanted)).rows]


def create_register(session: Session) -> list[Task]:
    """Forty tasks that differ in everything that can be asked for."""
    units = [create_unit(session, f"第{number}大队") for number in range(3)]
    campaigns = [create_campaign(session), create_campaign(session, "另一专项")]
    owners = [create_person(session, name) for name in (OWNER, "张三丰", "赵无极")]
    states = list(TaskState)
    tasks: list[Task] = []
    for number in range(40):
        task = create_task(
            session,
            campaign=campaigns[number % 2],
            position=number // 3,
            state=states[number % len(states)],
            lead_unit_id=None if number % 7 == 0 else units[number % 3].id,
            owner=owners[number % 3],
            milestones_from_id=tasks[-1].id if number % 9 == 8 else None,
        )
        tasks.append(task)
        if number % 4:
            is_reported = number % 5 == 0
            create_milestone(
                session,
                task,
                due_on=TODAY + timedelta(days=(number * 7) % 40 - 15),
                state=MilestoneState.REPORTED if is_reported else MilestoneState.PENDING,
                reported_at=office_moment(TODAY - timedelta(days=number % 8)) if is_reported else None,
            )
    return tasks


FILTERS = [
    LedgerFilter(),
    LedgerFilter(states=OPEN_STATES),
    LedgerFilter(lights=(Light.RED, Light.GREY)),
    LedgerFilter(lights=(Light.YELLOW_BLUE, Light.GREEN)),
    LedgerFilter(is_overdue=True),
    LedgerFilter(due_from=date(2024, 6, 3), due_to=date(2024, 6, 9)),
    LedgerFilter(text="张三"),
    LedgerFilter(text="装备", role=Role.OWNER),
]


class TestListLedger:
    @pytest.mark.parametrize("sort", LedgerSort)
    def test_walking_gives_what_sorting_gives_in_pages_that_fit_together(
        self, session: Session, sort: LedgerSort
    ) -> None:
        create_register(session)
        for wanted in FILTERS:
            whole = page_of(session, wanted, sort=sort, per_page=100)
            pages = [page_of(session, wanted, sort=sort, per_page=7, page=number) for number in range(1, 8)]
            walked = [
                page_of(session, wanted, sort=sort, per_page=7, page=number, counted_up_to=2)
                for number in range(1, 8)
            ]
            for each in (pages, walked):
                assert [row.id for page in each for row in page.rows] == [row.id for row in whole.rows]
            assert [page.has_next for page in pages] == [page.has_next for page in walked]
            assert {page.total for page in pages} == {whole.total} == {len(whole.rows)}

    @pytest.mark.parametrize("sort", LedgerSort)
    def test_it_is_sorted_by_what_it_shows(self, session: Session, sort: LedgerSort) -> None:
        create_register(session)
        keys: dict[LedgerSort, Callable[[LedgerRow], Any]] = {
            LedgerSort.PLACE: lambda row: row.campaign_id,
            LedgerSort.DUE: lambda row: row.next_due_on or date.max,
            LedgerSort.LIGHT: lambda row: WORST_FIRST.index(row.light),
            LedgerSort.STATE: lambda row: list(TaskState).index(row.state),
            LedgerSort.UNIT: lambda row: row.lead_unit_id or 10**6,
        }
        for counted_up_to in (2, 100):
            rows = page_of(
                session, LedgerFilter(states=OPEN_STATES), sort=sort, counted_up_to=counted_up_to
            ).rows
            assert len(rows) > 10
            assert [keys[sort](row) for row in rows] == sorted(keys[sort](row) for row in rows)

    def test_every_light_is_found_by_the_light_that_is_shown(self, session: Session) -> None:
        create_register(session)
        rows = page_of(session, per_page=100).rows
        for light in Light:
            expected = [row.id for row in rows if row.light is light]
            assert ids_of(session, lights=(light,)) == expected
        counts = count_ledger_by_light(
            session, LedgerFilter(), sight=everything(session), today=TODAY, rules=RULES
        )
        assert counts == {light: n for light in Light if (n := sum(row.light is light for row in rows))}

    def test_states_are_counted(self, session: Session) -> None:
        create_register(session)
        rows = page_of(session, per_page=100).rows
        counts = count_ledger_by_state(
            session, LedgerFilter(), sight=everything(session), today=TODAY, rules=RULES
        )
        assert counts == {state: sum(row.state is state for row in rows) for state in TaskState}

    def test_a_page_beyond_the_end_is_empty_and_still_knows_the_total(self, session: Session) -> None:
        create_register(session)
        for wanted in (LedgerFilter(), LedgerFilter(states=OPEN_STATES)):
            page = page_of(session, wanted, page=90)
            assert (page.rows, page.has_next, page.first) == ([], False, 0)
            assert page.total == count_ledger(
                session, wanted, sight=everything(session), today=TODAY, rules=RULES
            )

    def test_the_number_of_statements_does_not_grow(self, engine: Engine, session: Session) -> None:
        create_register(session)
        session.commit()
        sight = everything(session)
        few = count_statements(engine, lambda: page_of(session, sight=sight, per_page=2))
        assert few == count_statements(engine, lambda: page_of(session, sight=sight, per_page=40)) <= 6


class TestSeeing:
    def test_nobody_finds_by_any_filter_what_he_may_not_see(self, session: Session) -> None:
        create_register(session)
        stranger = create_person(session, "令狐冲", unit_id=create_unit(session, "测试九科").id)
        mine = create_task(session, owner=stranger)
        sight = sight_of(session, id_of(stranger))
        for wanted in FILTERS:
            found = page_of(session, wanted, sight=sight, per_page=100)
            assert {row.id for row in found.rows} <= {id_of(mine)}
            assert found.total == len(found.rows)
        assert [row.id for row in page_of(session, sight=sight).rows] == [id_of(mine)]

    def test_whoever_sees_nothing_gets_an_empty_page(self, session: Session) -> None:
        create_register(session)
        nobody = create_person(session, "令狐冲", unit_id=None)
        assert page_of(session, sight=sight_of(session, id_of(nobody))).total == 0


class TestFilters:
    def test_part_of_a_word_is_found_wherever_it_stands(self, session: Session) -> None:
        team = create_unit(session, "综合执法队")
        task = create_task(session, lead_unit_id=team.id, title="装备清点", group="队伍建设", seq="第12项")
        assisted = create_task(session, title="另一项", requirement="完成")
        session.add(TaskUnit(task_id=id_of(assisted), unit_id=id_of(team)))
        other = create_task(
            session, title="第三项", requirement="完成", owner=create_person(session, "张三丰")
        )
        session.flush()
        assert ids_of(session, text="执法") == [id_of(task), id_of(assisted)]
        assert ids_of(session, text="合执") == [id_of(task), id_of(assisted)]
        assert ids_of(session, text="队伍") == ids_of(session, text="第12项 装备") == [id_of(task)]
        assert ids_of(session, text="三丰") == [id_of(other)]
        assert ids_of(session, text="三丰 第三") == [id_of(other)]
        assert ids_of(session, text="三丰 装备") == []

    def test_small_and_capital_letters_are_one_and_nothing_is_a_wildcard(self, session: Session) -> None:
        task = create_task(session, title="记录仪DSJ_A7", requirement="配齐100%")
        create_task(session, title="记录仪DSJXA7", requirement="配齐1000件")
        assert ids_of(session, text="dsj_a7") == ids_of(session, text="100%") == [id_of(task)]
        assert ids_of(session, text="%齐%") == []

    def test_a_unit_brings_those_below_it_and_those_that_assist(self, session: Session) -> None:
        top = create_unit(session, "支队")
        below = create_unit(session, "一大队", parent=top)
        led = create_task(session, lead_unit_id=below.id)
        assisted = create_task(session)
        session.add(TaskUnit(task_id=id_of(assisted), unit_id=id_of(below)))
        create_task(session)
        session.flush()
        assert ids_of(session, unit_id=top.id) == [id_of(led), id_of(assisted)]

    def test_a_person_is_found_in_any_part_or_in_one(self, session: Session) -> None:
        mine = create_task(session)
        create_task(
            session, owner=create_person(session, "测试戊"), campaign=create_campaign(session, "另一专项")
        )
        owner, coordinator = create_person(session, OWNER).id, create_person(session, COORDINATOR).id
        assert ids_of(session, person_id=owner) == [id_of(mine)]
        assert ids_of(session, person_id=owner, role=Role.LEADER) == []
        auditor = create_person(session, "测试庚")
        session.add(CampaignRole(campaign_id=mine.campaign_id, person_id=id_of(auditor), role=Role.AUDITOR))
        session.flush()
        assert ids_of(session, person_id=auditor.id, role=Role.AUDITOR) == [id_of(mine)]
        assert len(ids_of(session, person_id=coordinator, role=Role.COORDINATOR)) == 2

    def test_days_include_both_ends_and_reach_the_tasks_that_share_a_list(self, session: Session) -> None:
        task = create_task(session)
        step = create_milestone(session, task, due_on=date(2024, 6, 9))
        sharing = create_task(session, milestones_from_id=task.id)
        both = [id_of(task), id_of(sharing)]
        assert ids_of(session, due_from=date(2024, 6, 9), due_to=date(2024, 6, 9)) == both
        assert ids_of(session, due_to=date(2024, 6, 8)) == ids_of(session, due_from=date(2024, 6, 10)) == []
        step.state = MilestoneState.WAIVED
        session.flush()
        assert ids_of(session, due_from=date(2024, 6, 9)) == []

    def test_only_work_under_way_is_overdue(self, session: Session) -> None:
        late = create_task(session)
        create_milestone(session, late, due_on=date(2024, 6, 2))
        create_milestone(session, create_task(session), due_on=TODAY)
        create_milestone(session, create_task(session, state=TaskState.SUSPENDED), due_on=date(2024, 6, 2))
        assert ids_of(session, is_overdue=True) == [id_of(late)]


class TestRows:
    def test_a_row_names_people_by_part_and_the_unit_that_answers(self, session: Session) -> None:
        task = create_task(session, seq="9", sub=2, group="装备建设")
        create_part(session, task, create_person(session, "张三丰"), Role.OWNER, position=1)
        left = create_person(session, "赵无极", is_active=False)
        create_part(session, task, left, Role.OWNER, position=2)
        create_milestone(session, task, due_on=date(2024, 6, 10))
        (row,) = page_of(session).rows
        assert (row.label, row.group, row.campaign) == ("9.2", "装备建设", "2024年测试专项")
        assert row.people == {
            Role.OWNER: (OWNER, "张三丰"),
            Role.EXPEDITER: (EXPEDITER,),
            Role.LEADER: (LEADER,),
        }
        assert (row.lead_unit, row.assisting_units) == ("测试一科", ())
        assert (row.light, row.next_due_on, row.days_left) == (Light.YELLOW, date(2024, 6, 10), 7)
        assert row.state_label == "办理中"

    def test_the_first_of_several_units_answers_where_none_leads(self, session: Session) -> None:
        task = create_task(session, lead_unit_id=None)
        for position, name in enumerate(("测试乙科", "测试甲科")):
            unit = create_unit(session, name)
            session.add(TaskUnit(task_id=id_of(task), unit_id=id_of(unit), position=position))
        session.flush()
        (row,) = page_of(session).rows
        assert (row.lead_unit, row.assisting_units) == ("测试乙科", ("测试甲科",))

    def test_what_is_reported_is_not_owed_but_awaited(self, session: Session) -> None:
        task = create_task(session)
        create_milestone(
            session,
            task,
            due_on=date(2024, 5, 31),
            state=MilestoneState.REPORTED,
            reported_at=office_moment(date(2024, 5, 30)),
        )
        (row,) = page_of(session).rows
        assert (row.light, row.next_due_on, row.awaited_on) == (Light.GREEN, None, date(2024, 5, 31))


class TestIterateLedger:
    def test_it_gives_what_the_pages_give(self, session: Session) -> None:
        create_register(session)
        for wanted in FILTERS:
            for sort in LedgerSort:
                rows = iterate_ledger(
                    session, wanted, sight=everything(session), today=TODAY, rules=RULES, sort=sort
                )
                shown: Sequence[LedgerRow] = page_of(session, wanted, sort=sort, per_page=100).rows
                assert list(rows) == list(shown)
