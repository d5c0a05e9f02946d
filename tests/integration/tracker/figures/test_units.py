"""To which unit the figures and the letters put a task down."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from tests import factories
from tests.integration.tracker.figures.test_weekly import figures_of
from tracker.identity import id_of
from tracker.models import Task, TaskUnit
from tracker.queries.heads import map_task_heads


def without_lead(session: Session, *names: str) -> Task:
    """An overdue task of a table that has one column of units."""
    task = factories.create_task(session, lead_unit_id=None)
    factories.create_milestone(session, task, due_on=date(2024, 5, 1))
    for position, name in enumerate(names):
        unit = factories.create_unit(session, name)
        session.add(TaskUnit(task_id=id_of(task), unit_id=id_of(unit), position=position))
    session.flush()
    return task


class TestAccountableUnit:
    def test_the_first_of_several_answers_where_none_leads(self, session: Session) -> None:
        task = without_lead(session, "测试二科", "测试三科")

        figures = figures_of(session)

        assert figures.overdue[0].task.unit == "测试二科"
        assert [row.unit for row in figures.units] == ["测试二科"]
        assert map_task_heads(session, [id_of(task)])[id_of(task)].unit == "测试二科"

    def test_the_lead_unit_goes_before(self, session: Session) -> None:
        task = without_lead(session, "测试二科")
        task.lead_unit_id = id_of(factories.create_unit(session, "测试一科"))
        session.flush()
        assert figures_of(session).overdue[0].task.unit == "测试一科"

    def test_a_task_without_any_unit_is_still_counted(self, session: Session) -> None:
        without_lead(session)
        (row,) = figures_of(session).overdue
        assert row.task.unit == "未明确部门"
