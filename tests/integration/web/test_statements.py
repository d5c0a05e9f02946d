"""How many statements a page costs: as many for a long list as for a short one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from tests.console import Client, Console
from tests.factories import (
    COORDINATOR,
    NOON,
    OWNER,
    actor_of,
    create_campaign,
    create_deliverable,
    create_evidence,
    create_extension,
    create_instruction,
    create_milestone,
    create_part,
    create_person,
    create_task,
    create_unit,
)
from tracker.identity import id_of
from tracker.models import Task, TaskUnit
from tracker.services.auditing import record
from tracker.services.comments import write_comment
from workflows.roles import Role

# BEGIN is none of them. A page that needs one more says so here, with the reason in its commit.
OF_THE_LIST = 10
OF_THE_TASK = 18  # the last is the calendar, where more time is asked for


def fill(console: Console, task: Task, *, count: int, first: int = 0) -> None:
    """`count` of everything that a task has many of."""
    session = console.session
    for number in range(first, first + count):
        person, unit = create_person(session, f"张三丰{number}号"), create_unit(session, f"测试{number}科")
        create_part(session, task, person, Role.OWNER, position=number + 1)
        session.add(TaskUnit(task_id=id_of(task), unit_id=id_of(unit), position=number))
        create_extension(session, create_milestone(session, task))
        create_evidence(session, create_deliverable(session, task))
        create_instruction(session, task)
        write_comment(session, id_of(task), text="收到。", actor=actor_of(person), at=NOON)
        record(
            session,
            kind="task.urge",
            actor=actor_of(person),
            at=NOON,
            subject="task",
            subject_id=task.id,
            task_id=task.id,
        )


@contextmanager
def counted(console: Console) -> Iterator[list[str]]:
    """The statements that the block sends to the database."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            found.append(statement)

    event.listen(console.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(console.engine, "before_cursor_execute", note)


def count_of(console: Console, client: Client, path: str) -> int:
    with counted(console) as found:
        assert client.get(path).status_code == 200
    return len(found)


class TestTheList:
    def test_costs_as_many_statements_for_fifty_tasks_as_for_one(self, console: Console) -> None:
        create_campaign(console.session)
        fill(console, create_task(console.session), count=1)
        client = console.as_(COORDINATOR)
        assert count_of(console, client, "/tasks") == OF_THE_LIST

        for number in range(49):
            fill(console, create_task(console.session, title=f"第{number}项"), count=2)
        console.session.commit()

        assert count_of(console, client, "/tasks") == OF_THE_LIST


class TestATask:
    def test_costs_as_many_statements_with_long_lists_as_with_short_ones(self, console: Console) -> None:
        task = create_task(console.session)
        fill(console, task, count=1)
        client = console.as_(COORDINATOR)
        assert count_of(console, client, f"/tasks/{task.id}") == OF_THE_TASK

        fill(console, task, count=40, first=1)
        console.session.commit()

        # of so many steps those far off are folded, with what is asked for on them
        assert count_of(console, client, f"/tasks/{task.id}") == OF_THE_TASK - 1

    def test_costs_no_more_for_its_owner(self, console: Console) -> None:
        task = create_task(console.session)
        fill(console, task, count=3)

        assert count_of(console, console.as_(OWNER), f"/tasks/{task.id}") <= OF_THE_TASK + 1
