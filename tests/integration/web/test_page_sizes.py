"""No page is larger than 300 KB, however full the office is: what grows is cut, and the rest stands behind a link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from sqlmodel import SQLModel

from notifications.models import Letter, LetterKind, LetterState, Notice
from tests.console import ORIGIN, Console
from tests.factories import (
    NOON,
    actor_of,
    create_campaign,
    create_deliverable,
    create_evidence,
    create_milestone,
)
from tests.integration.web.office_of_roles import Office, found_office
from tracker.identity import id_of
from tracker.models import (
    AccessKind,
    AccessRecord,
    Account,
    Comment,
    Instruction,
    Milestone,
    Person,
    Task,
    TaskPerson,
    Unit,
)
from tracker.services.auditing import record
from web.access import list_routes
from workflows.roles import Role

MOST_BYTES = 300_000
TASKS, PEOPLE, NOTICES, EVENTS, COMMENTS, STEPS, UNITS = 300, 1000, 5000, 500, 200, 30, 60
LONG_CELL = "按标准配齐执法装备，逐件登记，建立台账，专人保管，定期维护。" * 12
HEADINGS = "序号,评审项目,工作任务,责任单位,盯办人,责任人,分管领导,时间节点,成果\n"
LOOKERS = ("coordinator", "owner", "auditor", "administrator")


def add_many(console: Console, model: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    console.session.connection().execute(insert(model), rows)


def fill(office: Office) -> None:
    """A large office in the midst of a year; the task that is asked for is the fullest."""
    console, session = office.console, office.console.session
    first = office.people["owner"].id or 0
    add_many(
        console, Unit, [{"name": f"测试{number}分局执法大队", "is_active": True} for number in range(UNITS)]
    )
    people = [
        {
            "name": f"张三丰{number}",
            "unit_id": 1 + number % UNITS,
            "email": f"zhang{number}@example.org",
            "title": "四级调研员",
            "is_administrator": False,
            "is_active": True,
        }
        for number in range(PEOPLE)
    ]
    add_many(console, Person, people)
    add_many(
        console,
        Account,
        [
            {"person_id": 100 + number, "login_name": f"zhang{number}", "created_at": NOON}
            for number in range(800)
        ],
    )
    fill_tasks(office, first)
    fill_one_task(office)
    fill_ledgers(office)
    for number in range(40):
        create_campaign(session, f"2024年第{number}项测试专项行动", coordinator=office.people["coordinator"])


def fill_tasks(office: Office, owner_id: int) -> None:
    """Tasks of a table of long cells, each with milestones in every month."""
    console, campaign_id = office.console, office.task.campaign_id
    add_many(
        console,
        Task,
        [
            {
                "id": 1000 + number,
                "campaign_id": campaign_id,
                "position": number,
                "seq": str(number),
                "title": f"第{number}项：{LONG_CELL[:120]}",
                "requirement": LONG_CELL,
                "group": LONG_CELL[:60],
                "lead_unit_id": 1 + number % UNITS,
                "workflow": "task",
                "state": "active",
                "version": 0,
                "issued_at": NOON,
            }
            for number in range(TASKS)
        ],
    )
    parts = (
        (Role.OWNER, owner_id),
        (Role.EXPEDITER, owner_id + 1),
        (Role.LEADER, id_of(office.people["leader"])),
    )
    add_many(
        console,
        TaskPerson,
        [
            {"task_id": 1000 + number, "person_id": person, "role": role, "position": 0}
            for number in range(TASKS)
            for role, person in parts
        ],
    )
    days = [date(2024, 1, 15) + timedelta(days=30 * number) for number in range(12)]
    add_many(
        console,
        Milestone,
        [
            {
                "task_id": 1000 + number,
                "number": place + 1,
                "part": 1,
                "text": LONG_CELL[:100],
                "kind": "step",
                "state": "pending",
                "due_on": day,
                "first_due_on": day,
                "was_overdue": False,
                "is_provisional": False,
            }
            for number in range(TASKS)
            for place, day in enumerate(days)
        ],
    )


def fill_one_task(office: Office) -> None:
    """The task that is asked for: as much of everything as anybody has seen."""
    console, session, task = office.console, office.console.session, office.task
    task.requirement = task.basis = task.remark = LONG_CELL * 3
    for number in range(STEPS):
        create_milestone(session, task, text=f"第{number}步：{LONG_CELL[:80]}")
        evidence = create_evidence(session, create_deliverable(session, task, text=LONG_CELL[:60]))
        evidence.name = f"{LONG_CELL[:40]}.pdf"
    owner = office.people["owner"]
    words = {"task_id": task.id, "text": LONG_CELL * 5}
    add_many(console, Comment, [words | {"author_id": owner.id, "written_at": NOON} for _ in range(COMMENTS)])
    told = words | {"leader_id": office.people["leader"].id, "given_at": NOON}
    told |= {"acknowledged_at": NOON, "acknowledged_by_id": owner.id}
    add_many(console, Instruction, [told for _ in range(40)])
    for _ in range(EVENTS):
        record(
            session,
            kind="task.urge",
            actor=actor_of(owner),
            at=NOON,
            subject="task",
            subject_id=task.id,
            task_id=task.id,
            data={"text": LONG_CELL},
        )


def fill_ledgers(office: Office) -> None:
    """Notices, letters and the record of the door."""
    console, owner = office.console, office.people["owner"]
    letters = [
        {
            "id": 1000 + number,
            "key": f"many-{number}",
            "kind": LetterKind.IMMEDIATE,
            "recipient_id": owner.id,
            "office_day": date(2024, 3, 1),
            "message_id": f"many-{number}",
            "subject": "任务下达",
            "text": LONG_CELL,
            "created_at": NOON,
            "next_try_at": NOON,
            "tries": 8,
            "error": LONG_CELL[:200],
            "state": LetterState.GIVEN_UP if number % 2 else LetterState.SENT,
        }
        for number in range(NOTICES)
    ]
    add_many(console, Letter, letters)
    notices = [
        {
            "key": f"many-{number}",
            "rule": "overdue",
            "recipient_id": owner.id,
            "task_id": 1000 + number % TASKS,
            "office_day": date(2024, 3, 1),
            "created_at": NOON,
            "letter_id": 1000 + number,
        }
        for number in range(NOTICES)
    ]
    add_many(console, Notice, notices)
    came = {
        "kind": AccessKind.SIGN_IN,
        "at": NOON,
        "login_name": "zhang",
        "address": "192.0.2.1",
        "agent": LONG_CELL[:100],
    }
    add_many(console, AccessRecord, [came for _ in range(2000)])


def begin_long_import(office: Office) -> int:
    """An import of sixty rows of long cells, each with something to doubt; its number."""
    client = office.client("coordinator")
    rows = "".join(
        f"{number},装备,{LONG_CELL},测试一科,测试乙,测试生{number},测试丙,5月底前{LONG_CELL[:80]},1、{LONG_CELL[:80]}\n"
        for number in range(1, 61)
    )
    answer = client.post(
        "/imports",
        data={"csrf": client.csrf},
        files={"file": ("长表.csv", f"2024年长表责任分解表\n{HEADINGS}{rows}".encode(), "text/csv")},
        headers={"Origin": ORIGIN},
    )
    assert answer.status_code == 303, answer.text
    return int(re.search(r"/imports/(\d+)", answer.headers["location"])[1])  # type: ignore[index]


def pages_of(office: Office) -> Iterator[str]:
    """The address of every screen, from the table of routes, and of some asked for more."""
    for method, path, _ in list_routes(office.console.app):
        if method == "GET" and not path.startswith("/api"):
            yield re.sub(r"{(\w+)(?::\w+)?}", lambda found: str(office.places[found[1]]), path)
    yield from ("/month?month=2024-03", "/year?year=2024", "/tasks?sort=due", "/notices/ahead?days=90")


class TestTheSizesOfPages:
    @pytest.fixture
    def office(self, console: Console) -> Office:
        office = found_office(console)
        fill(office)
        console.session.commit()
        office.places |= {"task_id": office.task.id, "import_id": begin_long_import(office), "before": 400}
        return office

    def test_none_is_larger_than_it_may_be(self, office: Office) -> None:
        seen, too_large = 0, []
        for role in LOOKERS:
            client = office.client(role)
            for path in pages_of(office):
                answer = client.get(path)
                if answer.headers.get("content-type", "").startswith("text/html"):
                    seen += answer.status_code == 200
                    if len(answer.content) > MOST_BYTES:
                        too_large.append((role, path, len(answer.content)))
        assert too_large == [], "\n".join(map(str, too_large))
        assert seen > 100


def test_what_a_first_visit_loads_besides_travels_in_as_many_bytes(console: Console) -> None:
    """Style sheets, scripts and pictures of the frame, compressed; a browser keeps them from then on."""
    client = console.as_("测试甲")
    page = client.get("/tasks").text
    addresses = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    assert len(addresses) > 3
    loaded = [client.get(address, headers={"Accept-Encoding": "gzip"}) for address in sorted(addresses)]
    travelled = sum(int(answer.headers["content-length"]) for answer in loaded)

    assert {answer.status_code for answer in loaded} == {200}
    assert travelled + len(page.encode()) < MOST_BYTES
