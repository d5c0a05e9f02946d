"""A campaign that runs: its name, its days, who runs and who reads it, and what still keeps it from being closed.

Recurring duties roll out up to the last day of their campaign: one that is moved on gives them further days.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from tracker.calendar import WorkCalendar
from tracker.clock import office_day
from tracker.errors import NameTaken, ValueRefused
from tracker.identity import id_of
from tracker.models import Campaign
from tracker.queries.campaign_overviews import count_occurrences_after, list_rolling_tasks
from tracker.queries.campaigns import find_campaign, find_campaign_role, lock_campaign
from tracker.queries.parts import get_campaign_parts
from tracker.queries.people import get_person
from tracker.services.acting import require_coordinator
from tracker.services.auditing import Actor, record
from tracker.services.changing import change_row
from tracker.services.events import roll_out
from tracker.services.naming import taking_name
from workflows.roles import ROLE_LABELS, Role


def change_campaign(
    session: Session,
    campaign_id: int,
    *,
    name: str,
    kind: str,
    starts_on: date,
    ends_on: date,
    actor: Actor,
    at: datetime,
    calendar: WorkCalendar,
) -> Campaign:
    """Give a campaign a name, a kind and its days. A later end rolls recurring duties out up to it.

    Raises CampaignNotFound, ActRefused, NameTaken, or ValueRefused: where it is closed, where the days are in the
    wrong order, and where an earlier end would leave occurrences behind it that nobody has met. The caller commits.
    """
    campaign = lock_campaign(session, campaign_id)
    require_coordinator(session, actor, campaign_id, "修改专项工作")
    values: dict[str, Any] = {
        "name": _required(name, "专项工作的名称"),
        "kind": _required(kind, "类别"),
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
    _require_open(campaign)
    same = find_campaign(session, values["name"])
    if same is not None and same.id != campaign_id:
        raise NameTaken("专项工作", values["name"])
    _require_days(session, campaign, starts_on, ends_on)
    is_prolonged = ends_on > campaign.ends_on
    with taking_name(session, "专项工作", values["name"]):
        changed = change_row(campaign, values)
    if changed:
        _record(session, "change", campaign, actor, at, {"changed": changed})
    if is_prolonged:
        _roll_further(session, campaign, actor, at, calendar)
    return campaign


def dismiss_from_campaign(
    session: Session, campaign_id: int, person_id: int, *, role: Role, actor: Actor, at: datetime
) -> None:
    """Take the part of coordinator or auditor in a campaign from a person.

    Raises CampaignNotFound, PersonNotFound, ActRefused, or ValueRefused: where he has no such part, and for the
    last coordinator of a campaign that is open. The caller commits.
    """
    campaign = lock_campaign(session, campaign_id)
    require_coordinator(session, actor, campaign_id, f"免去{ROLE_LABELS[role]}")
    person = get_person(session, person_id)
    row = find_campaign_role(session, campaign_id, person_id, role)
    if row is None:
        raise ValueRefused(f"{person.name}不是“{campaign.name}”的{ROLE_LABELS[role]}，请刷新后核对。")
    others = set(get_campaign_parts(session, campaign_id).coordinators) - {person_id}
    if role is Role.COORDINATOR and campaign.closed_at is None and not others:
        raise ValueRefused(f"{person.name}是“{campaign.name}”唯一的协调员，请先指定另一名协调员。")
    session.delete(row)
    session.flush()
    data = {"person_id": person_id, "person": person.name, "role": role.value}
    _record(session, "dismiss", campaign, actor, at, data)


def _require_open(campaign: Campaign) -> None:
    if campaign.closed_at is not None:
        raise ValueRefused(f"“{campaign.name}”已经结束，不能再修改。")


def _require_days(session: Session, campaign: Campaign, starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise ValueRefused("专项工作的结束日期不能早于开始日期，请核对。")
    if ends_on >= campaign.ends_on:
        return
    if left := count_occurrences_after(session, id_of(campaign), ends_on):
        raise ValueRefused(
            f"{ends_on.isoformat()}以后还有{left}个周期性节点没有完成，请先办结或者免办，再把结束日期提前。"
        )


def _roll_further(
    session: Session, campaign: Campaign, actor: Actor, at: datetime, calendar: WorkCalendar
) -> None:
    for task_id in list_rolling_tasks(session, id_of(campaign)):
        rolled = roll_out(session, task_id, calendar=calendar, since=office_day(at))
        if rolled.created:
            record(
                session,
                kind="task.roll_out",
                actor=actor,
                at=at,
                subject="task",
                subject_id=task_id,
                task_id=task_id,
                data=rolled.as_json() | {"cause": "campaign.change"},
            )


def _required(text: str, noun: str) -> str:
    if not text.strip():
        raise ValueRefused(f"{noun}不能为空，请填写。")
    return text.strip()


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
