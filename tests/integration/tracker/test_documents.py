"""What `--json` prints of tasks, and that a long list costs no more statements than a short one."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine, event
from sqlmodel import Session

from tests.factories import EXPEDITER, LEADER, OWNER, create_milestone, create_task
from tracker.documents import read_task_documents, task_page
from tracker.identity import id_of
from tracker.rules import OfficeRules
from workflows.milestone import MilestoneKind

TODAY = date(2024, 6, 3)
RULES = OfficeRules()


class TestReadTaskDocuments:
    def test_a_task_that_shares_a_list_shows_the_holder_s_days(self, session: Session) -> None:
        holder = create_task(session, title="持有清单")
        create_milestone(session, holder, due_on=date(2024, 5, 31))
        create_milestone(session, holder, due_on=None, kind=MilestoneKind.SERIES)
        sharing = create_task(session, title="共用清单", milestones_from_id=holder.id, seq="14", sub=2)

        documents = read_task_documents(session, [sharing, holder], today=TODAY, rules=RULES)

        assert [each["title"] for each in documents] == ["共用清单", "持有清单"]
        assert [each["light"] for each in documents] == ["red", "red"]
        assert documents[0]["next_due_on"] == date(2024, 5, 31)
        assert documents[0]["label"] == "14.2"
        assert documents[0]["people"] == {"owner": [OWNER], "expediter": [EXPEDITER], "leader": [LEADER]}

    def test_many_tasks_cost_as_many_statements_as_one(self, session: Session, engine: Engine) -> None:
        tasks = [create_task(session, title=f"任务{number}") for number in range(20)]
        for task in tasks:
            create_milestone(session, task)
        counted: list[str] = []
        event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: counted.append(statement))

        read_task_documents(session, tasks[:1], today=TODAY, rules=RULES)
        for_one = len(counted)
        counted.clear()
        read_task_documents(session, tasks, today=TODAY, rules=RULES)

        assert len(counted) == for_one

    def test_nothing_is_no_failure(self, session: Session) -> None:
        assert read_task_documents(session, [], today=TODAY, rules=RULES) == []


class TestTaskPage:
    def test_holds_every_part_even_of_a_task_with_nothing_in_it(self, session: Session) -> None:
        task = create_task(session, lead_unit_id=None)

        page = task_page(session, id_of(task), today=TODAY, rules=RULES)

        assert page["schema"] == "dingban.task/1"
        empty = ("milestones", "deliverables", "instructions", "deductions", "findings", "timeline")
        assert [page[part] for part in empty] == [[]] * len(empty)
