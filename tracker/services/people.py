"""Units and people, the parts they play, and what happens to the work when people change.

Whoever is in charge now is told; nobody who was removed is. Days, reminders and the record stay as they are.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session

from tracker.clock import office_day
from tracker.errors import NameTaken, PersonStillNeeded, ValueRefused
from tracker.identity import id_of
from tracker.models import CampaignRole, Person, PersonAlias, Task, TaskPerson, Unit
from tracker.queries.campaigns import find_campaign_role
from tracker.queries.locking import lock_task, lock_tasks
from tracker.queries.people import (
    FROZEN_STATES,
    find_alias,
    find_part,
    find_unit,
    get_person,
    get_unit,
    list_campaigns_run,
    list_parts,
    list_parts_played,
    lock_person,
)
from tracker.queries.served import WATCHED_STATES
from tracker.services.acting import require_coordinator
from tracker.services.addresses import free_address
from tracker.services.auditing import Actor, record
from tracker.services.authority import (
    APPOINT_ADMINISTRATOR,
    require_administrator,
    require_another_administrator,
    require_may_change_administrator,
    require_no_administrator,
)
from tracker.services.changing import change_row
from tracker.services.naming import taking_name
from tracker.services.watching import look_again
from workflows.roles import ROLE_LABELS, TASK_ROLES, Role
from workflows.task import TaskState


def create_unit(
    session: Session, *, name: str, parent_id: int | None = None, actor: Actor, at: datetime
) -> Unit:
    """Enter a unit. Raises NameTaken, ValueRefused, UnitNotFound or ActRefused. The caller commits."""
    require_coordinator(session, actor, None, "新增单位")
    name = _required(name, "单位名称")
    if find_unit(session, name):
        raise NameTaken("单位", name)
    if parent_id is not None:
        get_unit(session, parent_id)
    unit = Unit(name=name, parent_id=parent_id)
    with taking_name(session, "单位", name):
        session.add(unit)
    _record(session, "unit.create", "unit", id_of(unit), actor, at, {"name": name, "parent_id": parent_id})
    return unit


def create_person(
    session: Session,
    *,
    name: str,
    unit_id: int | None = None,
    title: str | None = None,
    email: str | None = None,
    is_administrator: bool = False,
    actor: Actor,
    at: datetime,
) -> Person:
    """Enter a person. Two people may bear one name; an address is one person's. The caller commits.

    Only an administrator makes one of another. Raises AddressTaken, ValueRefused, UnitNotFound or ActRefused.
    """
    require_coordinator(session, actor, None, "新增人员")
    if is_administrator:
        require_administrator(session, actor, APPOINT_ADMINISTRATOR)
    values: dict[str, Any] = {"unit_id": unit_id, "title": title, "email": free_address(session, email)}
    if unit_id is not None:
        get_unit(session, unit_id)
    person = Person(name=_required(name, "姓名"), is_administrator=is_administrator, **values)
    session.add(person)
    session.flush()
    said = {"name": person.name, "is_administrator": is_administrator, **values}
    _record(session, "person.create", "person", id_of(person), actor, at, said)
    return person


def change_person(session: Session, person_id: int, *, actor: Actor, at: datetime, **values: Any) -> Person:
    """Change name, unit_id, title, email or is_administrator; the event says what was before and what is after.

    Only an administrator makes one, or takes that from one; one remains, and none is an auditor as well. Raises
    PersonNotFound, AddressTaken, ValueRefused or ActRefused. The caller commits.
    """
    require_coordinator(session, actor, None, "修改人员")
    person = lock_person(session, person_id)  # nobody appoints him auditor while he becomes administrator
    unknown = set(values) - {"name", "unit_id", "title", "email", "is_administrator"}
    if unknown:
        raise ValueError(f"A person has no {sorted(unknown)} to change.")
    if "email" in values:
        values["email"] = free_address(session, values["email"], person_id)
    if "is_administrator" in values:
        require_may_change_administrator(session, person, bool(values["is_administrator"]), actor)
    if "name" in values:
        values["name"] = _required(values["name"], "姓名")
    changed = change_row(person, values)
    if changed:
        session.flush()
        _record(session, "person.change", "person", person_id, actor, at, {"changed": changed})
    return person


def add_alias(session: Session, person_id: int, *, name: str, actor: Actor, at: datetime) -> PersonAlias:
    """Confirm that another spelling of a name means this person (白聖豪 for 白圣豪)."""
    require_coordinator(session, actor, None, "确认姓名写法")
    get_person(session, person_id)
    name = _required(name, "姓名写法")
    known = find_alias(session, name)
    if known and known.person_id == person_id:
        return known
    if known:
        raise NameTaken("姓名写法", name)
    alias = PersonAlias(person_id=person_id, name=name)
    with taking_name(session, "姓名写法", name):
        session.add(alias)
    _record(session, "person.alias", "person", person_id, actor, at, {"name": name})
    return alias


def appoint(
    session: Session, task_id: int, *, person_id: int, role: Role, actor: Actor, at: datetime
) -> TaskPerson:
    """Give a person a part on a task, after those who have it already. Appointing him again changes nothing.

    Raises TaskNotFound, PersonNotFound, ActRefused or ValueRefused. The caller commits.
    """
    task = _lock_unfinished(session, task_id)
    require_coordinator(session, actor, task.campaign_id, f"指定{ROLE_LABELS[role]}")
    person = _appointable(session, person_id, role)
    known = find_part(session, task_id, person_id, role)
    if known:
        return known
    holders = list_parts(session, task_id, role)
    position = max((part.position for part in holders), default=-1) + 1
    part = TaskPerson(task_id=task_id, person_id=person_id, role=role, position=position)
    session.add(part)
    _look_at(session, task, at)
    data = {"person_id": person_id, "person": person.name, "role": role.value}
    _record(session, "person.appoint", "task", task_id, actor, at, data, task_id)
    return part


def dismiss(
    session: Session, task_id: int, *, person_id: int, role: Role, actor: Actor, at: datetime
) -> None:
    """Take a part on a task from a person without giving it to another."""
    task = _lock_unfinished(session, task_id)
    require_coordinator(session, actor, task.campaign_id, f"免去{ROLE_LABELS[role]}")
    part = _held_part(session, task_id, person_id, role)
    if task.state is not TaskState.DRAFT and len(list_parts(session, task_id, role)) == 1:
        raise ValueRefused(f"这是任务{task_id}唯一的{ROLE_LABELS[role]}，请改用换人，指明由谁接手。")
    session.delete(part)
    _look_at(session, task, at)
    data = {"person_id": person_id, "role": role.value}
    _record(session, "person.dismiss", "task", task_id, actor, at, data, task_id)


def reassign_task(
    session: Session,
    task_id: int,
    *,
    role: Role,
    from_person_id: int,
    to_person_id: int,
    actor: Actor,
    at: datetime,
) -> TaskPerson:
    """Give one person's part on a task to another, in the same place. Days and reminders stay.

    Raises TaskNotFound, PersonNotFound, ActRefused or ValueRefused. The caller commits.
    """
    task = _lock_unfinished(session, task_id)
    require_coordinator(session, actor, task.campaign_id, "换人")
    person = _appointable(session, to_person_id, role)
    part = _give(session, _held_part(session, task_id, from_person_id, role), to_person_id)
    _look_at(session, task, at)
    data = {
        "role": role.value,
        "changed": {"person_id": [from_person_id, to_person_id]},
        "from_person": get_person(session, from_person_id).name,
        "to_person": person.name,
    }
    _record(session, "person.reassign", "task", task_id, actor, at, data, task_id)
    return part


def hand_over(
    session: Session, *, from_person_id: int, to_person_id: int, actor: Actor, at: datetime
) -> list[Task]:
    """Give everything that one person still has to another: parts in unfinished tasks, and campaigns he runs.

    Every task's timeline tells; returns the tasks. Raises PersonNotFound, ActRefused or ValueRefused.
    """
    if from_person_id == to_person_id:
        raise ValueRefused("移交人和接手人是同一个人，请另选接手人。")
    giver = get_person(session, from_person_id)
    parts = list_parts_played(session, from_person_id)
    campaigns = list_campaigns_run(session, from_person_id)
    concerned = {task.campaign_id for _, task in parts} | {row.campaign_id for row, _ in campaigns}
    for campaign_id in sorted(concerned) if concerned else [None]:
        require_coordinator(session, actor, campaign_id, "移交工作")
    locked = lock_tasks(session, {id_of(task) for _, task in parts})
    tasks = {id_of(task): locked[id_of(task)] for _, task in parts}
    taker = _appointable(session, to_person_id, None)
    if any(row.role is Role.AUDITOR for row, _ in campaigns):
        require_no_administrator(taker)
    for part, task in parts:
        role = part.role
        _give(session, part, to_person_id)
        data = {
            "role": role.value,
            "changed": {"person_id": [from_person_id, to_person_id]},
            "from_person": giver.name,
            "to_person": taker.name,
        }
        _record(session, "person.reassign", "task", id_of(task), actor, at, data, id_of(task))
    for task in tasks.values():
        _look_at(session, task, at)
    for row, _ in campaigns:
        _give_campaign(session, row, to_person_id)
    said = {
        "to_person_id": to_person_id,
        "to_person": taker.name,
        "tasks": sorted(tasks),
        "campaigns": sorted({row.campaign_id for row, _ in campaigns}),
    }
    _record(session, "person.hand_over", "person", from_person_id, actor, at, said)
    return list(tasks.values())


def deactivate_person(session: Session, person_id: int, *, actor: Actor, at: datetime) -> Person:
    """Let a person play no part any more. Raises PersonStillNeeded while he has any; then hand over first."""
    require_coordinator(session, actor, None, "停用人员")
    person = lock_person(session, person_id)  # nobody gives him a part meanwhile
    if person.is_administrator:
        require_administrator(session, actor, "停用管理员")
    parts = [
        f"任务{task.id}“{task.title}”的{ROLE_LABELS[part.role]}"
        for part, task in list_parts_played(session, person_id)
    ]
    parts += [
        f"“{campaign.name}”的{ROLE_LABELS[row.role]}"
        for row, campaign in list_campaigns_run(session, person_id)
    ]
    if parts:
        raise PersonStillNeeded(person.name, parts)
    require_another_administrator(session, person, "停用人员")
    changed = change_row(person, {"is_active": False, "deactivated_at": at})
    session.flush()
    _record(session, "person.deactivate", "person", person_id, actor, at, {"changed": changed})
    return person


def reactivate_person(session: Session, person_id: int, *, actor: Actor, at: datetime) -> Person:
    """Let a person play parts again; what he once had stays with those who took it over."""
    require_coordinator(session, actor, None, "启用人员")
    person = lock_person(session, person_id)
    if person.is_administrator:
        require_administrator(session, actor, "启用管理员")
    free_address(session, person.email, person_id)
    changed = change_row(person, {"is_active": True, "deactivated_at": None})
    if changed:
        session.flush()
        _record(session, "person.reactivate", "person", person_id, actor, at, {"changed": changed})
    return person


def _give(session: Session, part: TaskPerson, to_person_id: int) -> TaskPerson:
    known = find_part(session, part.task_id, to_person_id, part.role)
    if known and known.id != part.id:  # he has it already: one part, in the better place
        known.position = min(known.position, part.position)
        session.delete(part)
        session.flush()
        return known
    part.person_id = to_person_id
    session.flush()
    return part


def _give_campaign(session: Session, row: CampaignRole, to_person_id: int) -> None:
    if find_campaign_role(session, row.campaign_id, to_person_id, row.role):
        session.delete(row)
    else:
        row.person_id = to_person_id
    session.flush()


def _look_at(session: Session, task: Task, at: datetime) -> None:
    """Whoever is in charge now has to be told what is owed."""
    session.flush()
    if task.state in WATCHED_STATES:
        look_again(session, task, on=office_day(at))


def _lock_unfinished(session: Session, task_id: int) -> Task:
    task = lock_task(session, task_id)
    if task.state in FROZEN_STATES:
        raise ValueRefused(f"任务{task_id}已经归档或者撤销，人员不能再变动。")
    return task


def _appointable(session: Session, person_id: int, role: Role | None) -> Person:
    person = lock_person(session, person_id)  # nobody deactivates him meanwhile
    if role is not None and role not in TASK_ROLES:
        raise ValueRefused("任务上只能指定责任人、盯办人和分管领导；协调员请在专项工作上指定。")
    if not person.is_active:
        raise ValueRefused(f"{person.name}已经停用，不能承担工作，请另选人员。")
    return person


def _held_part(session: Session, task_id: int, person_id: int, role: Role) -> TaskPerson:
    part = find_part(session, task_id, person_id, role)
    if part is None:
        name = get_person(session, person_id).name
        raise ValueRefused(f"{name}不是任务{task_id}的{ROLE_LABELS[role]}，请核对后重试。")
    return part


def _required(text: str, noun: str) -> str:
    if not text.strip():
        raise ValueRefused(f"{noun}不能为空，请填写。")
    return text.strip()


def _record(
    session: Session,
    kind: str,
    subject: str,
    subject_id: int,
    actor: Actor,
    at: datetime,
    data: dict[str, Any],
    task_id: int | None = None,
) -> None:
    record(
        session,
        kind=kind,
        actor=actor,
        at=at,
        subject=subject,
        subject_id=subject_id,
        task_id=task_id,
        data=data,
    )
