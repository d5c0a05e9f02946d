"""Opening a campaign, saying who runs it, and closing it together with its standing duties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from tracker.clock import office_day
from tracker.errors import CampaignStillOpen, NameTaken, ValueRefused
from tracker.identity import id_of
from tracker.models import Campaign, CampaignRole, Task
from tracker.queries.campaigns import (
    find_campaign,
    find_campaign_role,
    get_campaign,
    list_unfinished_tasks,
    lock_campaign,
)
from tracker.queries.facts import gather_task_facts
from tracker.queries.locking import lock_tasks
from tracker.queries.parts import get_parts
from tracker.queries.people import lock_person
from tracker.services.acting import require_coordinator
from tracker.services.auditing import Actor, record
from tracker.services.authority import require_no_administrator
from tracker.services.changing import change_row
from tracker.services.naming import taking_name
from tracker.services.watching import look_no_more
from workflows.kernel import explain, fire
from workflows.registry import workflow_named
from workflows.roles import ROLE_LABELS, Role
from workflows.standing import STANDING_WORKFLOW, StandingTrigger
from workflows.task import OPEN_STATES, TASK_WORKFLOW, TaskState

CAMPAIGN_ROLES = (Role.COORDINATOR, Role.AUDITOR)


def create_campaign(
    session: Session,
    *,
    name: str,
    year: int,
    actor: Actor,
    at: datetime,
    kind: str = "一般督办",
    starts_on: date | None = None,
    ends_on: date | None = None,
    workflow: str = "task",
    coordinator_id: int | None = None,
) -> Campaign:
    """Open a campaign; the whole calendar year unless told otherwise.

    Its coordinator is `coordinator_id`, else whoever opens it: an administrator opens campaigns for others.

    Raises NameTaken, ValueRefused or WorkflowUnknown. The caller commits.
    """
    name = name.strip()
    if not name:
        raise ValueRefused("专项工作的名称不能为空，请填写名称。")
    if find_campaign(session, name):
        raise NameTaken("专项工作", name)
    campaign = Campaign(
        name=name,
        year=year,
        kind=kind,
        workflow=workflow_named(workflow).name,
        starts_on=starts_on or date(year, 1, 1),
        ends_on=ends_on or date(year, 12, 31),
    )
    if campaign.ends_on < campaign.starts_on:
        raise ValueRefused("专项工作的结束日期不能早于开始日期，请核对。")
    with taking_name(session, "专项工作", name):
        session.add(campaign)
    _record(session, "create", campaign, actor, at, {"name": name, "year": year})
    runner_id = coordinator_id or actor.person_id
    if runner_id is not None:
        _appoint(session, campaign, runner_id, Role.COORDINATOR, actor, at)
    return campaign


def appoint_coordinator(
    session: Session,
    campaign_id: int,
    person_id: int,
    *,
    actor: Actor,
    at: datetime,
    role: Role = Role.COORDINATOR,
) -> CampaignRole:
    """Let a person run the campaign, or read it as its auditor. Appointing him again changes nothing.

    Raises CampaignNotFound, PersonNotFound, ActRefused or ValueRefused.
    """
    campaign = lock_campaign(session, campaign_id)
    require_coordinator(session, actor, campaign_id, f"指定{ROLE_LABELS[role]}")
    if role not in CAMPAIGN_ROLES:
        raise ValueRefused("专项工作上只能指定协调员或者纪检审计人员，其他角色请在任务上指定。")
    return _appoint(session, campaign, person_id, role, actor, at)


def close_campaign(session: Session, campaign_id: int, *, actor: Actor, at: datetime) -> Campaign:
    """Close a campaign, and with it the tasks on which nothing but standing duties is left.

    Raises CampaignStillOpen with every task that stands in the way, and then nothing is closed; CampaignNotFound
    or ActRefused. The caller commits.
    """
    campaign = lock_campaign(session, campaign_id)
    require_coordinator(session, actor, campaign_id, "结束专项工作")
    if campaign.closed_at is not None:
        raise ValueRefused(f"“{campaign.name}”已经结束，不需要重复办理。")
    unfinished = [id_of(task) for task in list_unfinished_tasks(session, campaign_id)]
    locked = lock_tasks(session, unfinished)
    tasks = [locked[task_id] for task_id in unfinished]
    blocking = _list_blocking(session, tasks, actor)
    if blocking:
        raise CampaignStillOpen(campaign.name, [str(each) for each in blocking])
    for task in tasks:
        _conclude(session, task, campaign_id, actor, at)
    campaign.closed_at = at
    session.flush()
    _record(session, "close", campaign, actor, at, {"concluded": [task.id for task in tasks]})
    return campaign


@dataclass(frozen=True)
class BlockingTask:
    """A task that cannot end with its campaign, and everything that it lacks."""

    task_id: int
    title: str
    state_label: str
    lacking: tuple[str, ...]

    def __str__(self) -> str:
        return f"任务{self.task_id}“{self.title}”（{self.state_label}）：{'，'.join(self.lacking)}"


def list_blocking_tasks(session: Session, campaign_id: int, *, actor: Actor) -> list[BlockingTask]:
    """The tasks that keep a campaign from being closed now, in the order of their tables."""
    return _list_blocking(session, list_unfinished_tasks(session, campaign_id), actor)


def _list_blocking(session: Session, tasks: Sequence[Task], actor: Actor) -> list[BlockingTask]:
    found = []
    for task in tasks:
        if lacking := _lacking(session, task, actor):
            label = TASK_WORKFLOW.state_labels[task.state]
            found.append(BlockingTask(id_of(task), task.title, label, tuple(lacking)))
    return found


def _lacking(session: Session, task: Task, actor: Actor) -> list[str]:
    """Why a task cannot end with its campaign; empty where it can."""
    facts = gather_task_facts(session, task, get_parts(session, task), trigger=None, actor_id=actor.person_id)
    return [
        condition.message
        for condition in explain(STANDING_WORKFLOW, task.state, StandingTrigger.CONCLUDE, facts)
        if condition.code != "wrong-role"  # whoever may close the campaign may do this
    ]


def _conclude(session: Session, task: Task, campaign_id: int, actor: Actor, at: datetime) -> None:
    parts = get_parts(session, task)
    facts = gather_task_facts(session, task, parts, trigger=None, actor_id=None)
    state = fire(STANDING_WORKFLOW, task.state, StandingTrigger.CONCLUDE, facts)
    values: dict[str, Any] = {"state": TaskState(state), "closed_at": at, "closed_by_id": actor.person_id}
    changed = change_row(task, values)
    task.version += 1
    before, after = changed.pop("state")
    look_no_more(session, task, on=office_day(at), unless=OPEN_STATES)
    record(
        session,
        kind="task.conclude",
        actor=actor,
        at=at,
        subject="task",
        subject_id=id_of(task),
        task_id=id_of(task),
        data={"from": before, "to": after, "changed": changed, "campaign_id": campaign_id},
    )


def _appoint(
    session: Session, campaign: Campaign, person_id: int, role: Role, actor: Actor, at: datetime
) -> CampaignRole:
    person = lock_person(session, person_id)
    if not person.is_active:
        raise ValueRefused(f"{person.name}已经停用，不能担任{ROLE_LABELS[role]}。")
    if role is Role.AUDITOR:
        require_no_administrator(person)
    known = find_campaign_role(session, id_of(campaign), person_id, role)
    if known:
        return known
    row = CampaignRole(campaign_id=id_of(campaign), person_id=person_id, role=role)
    session.add(row)
    session.flush()
    data = {"person_id": person_id, "person": person.name, "role": role.value}
    _record(session, "appoint", get_campaign(session, id_of(campaign)), actor, at, data)
    return row


def _record(
    session: Session, verb: str, campaign: Campaign, actor: Actor, at: datetime, data: dict[str, Any]
) -> None:
    record(
        session,
        kind=f"campaign.{verb}",
        actor=actor,
        at=at,
        subject="campaign",
        subject_id=id_of(campaign),
        data=data,
    )
