"""An office in which each role is played by somebody, and there is one object of each kind to ask for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlmodel import SQLModel, col, select

from notifications.models import Letter, LetterKind, LetterState
from tests.console import ORIGIN, Client, Console
from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
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
from tracker.models import (
    Account,
    CampaignRole,
    ImportFinding,
    ImportSession,
    LoginSession,
    Person,
    ResponsibilityTable,
    SavedView,
    Severity,
    Task,
    TaskUnit,
    TokenScope,
    Unit,
    Webhook,
)
from tracker.services.accounts import create_token, renew_feed
from workflows.roles import Role

# Everybody but the first signed in. The three before the last are of the unit of the office's one task or above it.
ROLES = (
    "anonymous",
    "owner",
    "expediter",
    "leader",
    "coordinator",
    "auditor",
    "administrator",
    "colleague",  # of the unit that leads the task, with no part in it
    "head of the branch",  # of the unit above it
    "assistant",  # of a unit that assists
    "outsider",  # plays every part in another campaign's task, in another unit
    "other coordinator",  # runs another campaign
    "other auditor",  # audits another campaign
)
EVERYBODY = frozenset(ROLES)
SIGNED_IN = EVERYBODY - {"anonymous"}
SEES_THE_TASK = frozenset(
    {
        "owner",
        "expediter",
        "leader",
        "coordinator",
        "auditor",
        "colleague",
        "head of the branch",
        "assistant",
    }
)
OWNER_ONLY = frozenset({"owner"})
COORDINATOR_ONLY = frozenset({"coordinator"})
COORDINATORS = frozenset({"coordinator", "other coordinator"})
LEADERS = frozenset({"leader", "outsider"})
ADMINISTRATOR = frozenset({"administrator"})
AUDITORS = frozenset({"auditor", "other auditor"})

TABLE = """2024年测试工作责任分解表
序号,评审项目,工作任务,责任单位,盯办人,责任人,分管领导,时间节点,成果
1,装备,按标准配齐装备,测试一科,测试乙,测试甲,测试丙,5月底前完成清点,1、情况说明
"""

Row = TypeVar("Row", bound=SQLModel)


@dataclass
class Office:
    """The people by role, and what fills the places of a path."""

    console: Console
    people: dict[str, Person]
    task: Task
    places: dict[str, Any]

    def client(self, role: str) -> Client:
        """A new browser of whoever plays the role: an act of an earlier one must not end its session."""
        return self.console.anonymous() if role == "anonymous" else self.console.as_(self.people[role])

    def program(self, role: str, scopes: tuple[TokenScope, ...] = tuple(TokenScope)) -> Client:
        """A program that asks with a token of whoever plays the role."""
        client = self.console.anonymous()
        if role != "anonymous":
            person = self.people[role]
            _, token = create_token(
                self.console.session,
                person_id=id_of(person),
                name="测试程序",
                scopes=scopes,
                days=1,
                actor=actor_of(person),
                at=datetime.now(UTC),
            )
            self.console.session.commit()
            client.headers["Authorization"] = f"Bearer {token}"
        return client


def found_office(console: Console) -> Office:
    session = console.session
    branch = create_unit(session, "测试分局")
    unit, elsewhere = create_unit(session, parent=branch), create_unit(session, "测试别处科")
    assisting = create_unit(session, "测试协办科")
    campaign = create_campaign(session)
    task = create_task(session, campaign=campaign, lead_unit_id=unit.id)
    create_assistance(console, task, assisting)
    people = {
        "owner": create_person(session, OWNER),
        "expediter": create_person(session, EXPEDITER),
        "leader": create_person(session, LEADER),
        "coordinator": create_person(session, COORDINATOR),
        "auditor": create_person(session, "测试审", unit_id=elsewhere.id),
        "administrator": create_person(session, "测试管", unit_id=elsewhere.id, is_administrator=True),
        "colleague": create_person(session, "测试同"),
        "head of the branch": create_person(session, "测试上", unit_id=branch.id),
        "assistant": create_person(session, "测试协", unit_id=assisting.id),
        "outsider": create_person(session, "测试外", unit_id=elsewhere.id),
        "other coordinator": create_person(session, "测试另", unit_id=elsewhere.id),
        "other auditor": create_person(session, "测试旁", unit_id=elsewhere.id),
    }
    create_auditor(console, id_of(campaign), people["auditor"])
    other = create_campaign(session, "2024年别的专项", coordinator=people["other coordinator"])
    create_auditor(console, id_of(other), people["other auditor"])
    other_task = create_task(
        session, campaign=other, title="别处的事", lead_unit_id=elsewhere.id, **_nobody()
    )
    for role in (Role.OWNER, Role.EXPEDITER, Role.LEADER):
        create_part(session, other_task, people["outsider"], role)
    places = create_places(console, task, people)
    session.commit()
    return Office(console, people, task, places)


def _nobody() -> dict[str, Any]:
    return {"owner": None, "expediter": None, "leader": None}


def create_places(console: Console, task: Task, people: dict[str, Person]) -> dict[str, Any]:
    """One object of each kind: on the task, or of its owner, or of the office."""
    session, owner = console.session, people["owner"]
    milestone = create_milestone(session, task)
    evidence = create_evidence(session, create_deliverable(session, task))
    console.as_(owner)  # his other device
    account = session.exec(select(Account).where(Account.person_id == owner.id)).one()
    device = session.exec(select(LoginSession).where(LoginSession.account_id == account.id)).one()
    token, _ = create_token(
        session,
        person_id=id_of(owner),
        name="测试程序",
        scopes=[TokenScope.TASKS_READ],
        days=1,
        actor=actor_of(owner),
        at=datetime.now(UTC),
    )
    places = {
        "task_id": task.id,
        "milestone_id": milestone.id,
        "deliverable_id": evidence.deliverable_id,
        "evidence_id": evidence.id,
        "extension_id": create_extension(session, milestone).id,
        "instruction_id": create_instruction(session, task).id,
        "campaign_id": task.campaign_id,
        "unit_id": task.lead_unit_id,
        "person_id": owner.id,
        "account_id": account.id,
        "session_id": device.id,
        "token_id": token.id,
        "token": renew_feed(session, id_of(owner), at=datetime.now(UTC)),
        "view_id": add(console, SavedView(person_id=id_of(owner), name="逾期", query="", saved_at=NOON)).id,
        "letter_id": create_letter(console, owner).id,
        "webhook_id": create_webhook(console).id,
        "finding_id": create_finding(console, task).id,
        "trigger": "submit",
        "before": 1,
        "day": "2024-05-31",
        "kind": "docx",
    }
    coordinator = people["coordinator"]
    return (
        places
        | {"report_id": send_report(console, coordinator, people["leader"])}
        | begin_import(console, coordinator)
    )


def create_assistance(console: Console, task: Task, unit: Unit) -> None:
    add(console, TaskUnit(task_id=id_of(task), unit_id=id_of(unit)))


def create_auditor(console: Console, campaign_id: int, person: Person) -> None:
    add(console, CampaignRole(campaign_id=campaign_id, person_id=id_of(person), role=Role.AUDITOR))


def create_letter(console: Console, person: Person) -> Letter:
    """A letter to somebody that was given up."""
    return add(
        console,
        Letter(
            key="letter-1",
            kind=LetterKind.IMMEDIATE,
            recipient_id=id_of(person),
            office_day=date(2024, 3, 1),
            message_id="m1",
            subject="任务下达",
            text="有一项任务下达给您。",
            created_at=NOON,
            next_try_at=NOON,
            state=LetterState.GIVEN_UP,
        ),
    )


def create_webhook(console: Console) -> Webhook:
    return add(
        console,
        Webhook(
            name="测试推送",
            url="https://oa.example.org/hook",
            secret="whsec_dGVzdA==",
            events=["*"],
            created_at=NOON,
        ),
    )


def create_finding(console: Console, task: Task) -> ImportFinding:
    table = add(
        console,
        ResponsibilityTable(
            campaign_id=task.campaign_id,
            title="2024年测试责任分解表",
            source_name="表.csv",
            source_sha256="0" * 64,
            imported_at=NOON,
        ),
    )
    finding = ImportFinding(
        table_id=id_of(table),
        task_id=task.id,
        code="missing-deadline",
        severity=Severity.WARNING,
        message="没有时限",
    )
    return add(console, finding)


def send_report(console: Console, coordinator: Person, leader: Person) -> int:
    """A weekly report of the campaign, as its coordinator sends it by hand."""
    answer = console.as_(coordinator).submit(
        "/reports/send", {"scope": "campaign:1", "receiver": str(leader.id)}
    )
    assert answer.status_code == 303, answer.text
    return int(answer.headers["location"].rpartition("/")[2])


def begin_import(console: Console, coordinator: Person) -> dict[str, Any]:
    """An import of the coordinator's that is not written yet, begun as he would; and one of its cells."""
    client = console.as_(coordinator)
    answer = client.post(
        "/imports",
        data={"csrf": client.csrf},
        files={"file": ("表.csv", TABLE.encode(), "text/csv")},
        headers={"Origin": ORIGIN},
    )
    assert answer.status_code == 303, answer.text
    newest = select(ImportSession.id).order_by(col(ImportSession.id).desc())
    import_id = console.session.exec(newest).first()
    cell = re.search(r"/cells/(\w+)/(\d+)", client.get(f"/imports/{import_id}/rows").text)
    assert cell is not None
    return {"import_id": import_id, "row": cell[1], "column": cell[2]}


def add(console: Console, row: Row) -> Row:
    console.session.add(row)
    console.session.flush()
    return row
