"""What the database keeps of each task says the same as the rules, whatever was done to its milestones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from tests.factories import create_milestone, create_task
from tracker.clock import office_moment
from tracker.identity import id_of
from tracker.lights import Light, LightThresholds, Measure, is_overdue, rests_on_backfill, task_light
from tracker.models import Milestone, Task, TaskLight, TaskText
from tracker.queries.lights import has_light, light_column, owed_on
from tracker.queries.milestones import list_milestones
from tracker.rules import OfficeRules
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.task import STANDING_STILL, TaskState

pytestmark = pytest.mark.postgresql

TODAY = date(2024, 6, 3)
# Each example runs in a transaction of its own, rolled back at its end; the test runs once on each engine.
FRESH_TRANSACTIONS = [HealthCheck.function_scoped_fixture, HealthCheck.differing_executors]
RULES = [OfficeRules(measure=measure, lights=LightThresholds(days)) for measure in Measure for days in (0, 7)]

days = st.one_of(st.none(), st.integers(-12, 12).map(lambda left: TODAY + timedelta(days=left)))
moments = st.one_of(
    st.none(),
    st.builds(
        lambda left, hour: datetime(2024, 6, 3, tzinfo=UTC) + timedelta(days=left, hours=hour),
        st.integers(-14, 1),
        st.sampled_from([1, 15, 16, 17]),  # 16:00 UTC is midnight at the office
    ),
)
steps = st.fixed_dictionaries(
    {
        "due_on": days,
        "state": st.sampled_from(MilestoneState),
        "kind": st.sampled_from(MilestoneKind),
        "was_overdue": st.booleans(),
        "reported_at": moments,
        "met_at": moments,
        "done_on": st.one_of(st.none(), st.integers(-14, 0).map(lambda left: TODAY + timedelta(days=left))),
    }
)


def shown_steps(session: Session, task: Task) -> list[Milestone]:
    return [each for each in list_milestones(session, task) if each.kind is not MilestoneKind.SERIES]


def light_in_rules(session: Session, task: Task, rules: OfficeRules) -> Light:
    return task_light(
        shown_steps(session, task),
        today=TODAY,
        thresholds=rules.lights,
        measure=rules.measure,
        is_running=task.state not in STANDING_STILL,
    )


def light_in_database(session: Session, task: Task, rules: OfficeRules) -> str:
    statement: Any = columns(light_column(TODAY, rules)).where(col(TaskLight.task_id) == id_of(task))
    return str(session.connection().execute(statement).scalar_one())


def require_same(session: Session, tasks: Sequence[Task]) -> None:
    session.flush()
    for task in tasks:
        marked: Any = columns(col(TaskLight.is_backfilled)).where(col(TaskLight.task_id) == id_of(task))
        kept = session.connection().execute(marked).scalar_one()
        assert kept == rests_on_backfill(shown_steps(session, task))
    for rules in RULES:
        for task in tasks:
            light = light_in_rules(session, task, rules)
            assert light_in_database(session, task, rules) == light.value
            found: Any = columns(col(TaskLight.task_id)).where(has_light([light], TODAY, rules))
            assert id_of(task) in session.connection().execute(found).scalars().all()
            others: Any = columns(col(TaskLight.task_id)).where(has_light(set(Light) - {light}, TODAY, rules))
            assert id_of(task) not in session.connection().execute(others).scalars().all()


class TestTaskLight:
    @given(
        before=st.lists(steps, max_size=3),
        after=st.lists(steps, max_size=3),
        states=st.tuples(*[st.sampled_from(TaskState)] * 2),
    )
    @settings(max_examples=25, suppress_health_check=FRESH_TRANSACTIONS)
    def test_it_equals_the_rules_after_any_change(
        self,
        engine: Engine,
        before: list[dict[str, Any]],
        after: list[dict[str, Any]],
        states: tuple[TaskState, TaskState],
    ) -> None:
        with Session(engine, expire_on_commit=False) as session:
            task = create_task(session, state=states[0])
            sharing = create_task(session, milestones_from_id=task.id)
            rows = [create_milestone(session, task, **values) for values in before]
            require_same(session, [task, sharing])
            task.state = states[1]
            require_same(session, [task, sharing])
            for row, values in zip(rows, after, strict=False):
                for name, value in values.items():
                    setattr(row, name, value)
            session.flush()
            require_same(session, [task, sharing])
            for row in rows[: len(after)]:
                session.delete(row)
            require_same(session, [task, sharing])

    @pytest.mark.parametrize("state", STANDING_STILL)
    def test_a_task_that_stands_still_has_no_light_and_keeps_its_day(
        self, session: Session, state: TaskState
    ) -> None:
        task, sharing = create_task(session, state=state), create_task(session)
        sharing.milestones_from_id = task.id
        create_milestone(session, task, due_on=date(2024, 5, 1))
        require_same(session, [task, sharing])
        assert light_in_database(session, task, RULES[0]) == Light.GREY
        assert light_in_database(session, sharing, RULES[0]) == Light.RED
        assert session.get_one(TaskLight, id_of(task)).pending_on == date(2024, 5, 1)

        task.state = TaskState.ISSUED
        require_same(session, [task, sharing])
        assert light_in_database(session, task, RULES[0]) == Light.RED

    def test_a_list_that_is_no_longer_shared_lends_no_light(self, session: Session) -> None:
        holder, task = create_task(session), create_task(session)
        create_milestone(session, holder, due_on=date(2024, 5, 1))
        task.milestones_from_id = holder.id
        require_same(session, [holder, task])
        assert light_in_database(session, task, RULES[0]) == Light.RED
        task.milestones_from_id = None
        require_same(session, [holder, task])
        assert light_in_database(session, task, RULES[0]) == Light.GREY

    def test_what_is_owed_first_is_owed_on_that_day(self, session: Session) -> None:
        task = create_task(session)
        rows = [
            create_milestone(
                session,
                task,
                due_on=date(2024, 5, 1),
                state=MilestoneState.REPORTED,
                reported_at=office_moment(date(2024, 4, 30)),
            ),
            create_milestone(session, task, due_on=date(2024, 6, 1)),
        ]
        for measure in Measure:
            statement: Any = columns(owed_on(measure)).where(col(TaskLight.task_id) == id_of(task))
            day = session.connection().execute(statement).scalar_one()
            late = [row.due_on for row in rows if is_overdue(row, today=TODAY, measure=measure)]
            assert day == min(filter(None, late))

    def test_a_change_of_many_rows_at_once_is_heard_as_well(self, session: Session) -> None:
        tasks = [create_task(session) for _ in range(3)]
        for task in tasks:
            create_milestone(session, task)
        session.connection().execute(Milestone.__table__.update().values(due_on=date(2024, 5, 1)))  # type: ignore[attr-defined]
        session.expire_all()
        require_same(session, tasks)

    def test_it_goes_with_its_task(self, session: Session) -> None:
        task = create_task(session, owner=None, expediter=None, leader=None)
        session.delete(task)
        session.flush()
        assert session.exec(select(TaskLight)).all() == []
        assert session.exec(select(TaskText)).all() == []


class TestTaskText:
    def test_it_holds_what_is_looked_for_and_follows_its_changes(self, session: Session) -> None:
        task = create_task(session, seq="9", group="装备建设", title="记录仪 DSJ-A7", requirement="配齐100%")
        assert session.get_one(TaskText, id_of(task)).text == "9\n装备建设\n记录仪 dsj-a7\n配齐100%"
        task.requirement, task.group = "再议", None
        session.flush()
        session.expire_all()
        assert session.get_one(TaskText, id_of(task)).text == "9\n\n记录仪 dsj-a7\n再议"
