"""What is arranged on a task while it runs: the day of an event that steps wait for, a first day, and who is on it."""

from __future__ import annotations

from starlette.responses import Response

from tracker.errors import ValueRefused
from tracker.identity import id_of
from tracker.queries.people import resolve_person
from tracker.services.dating import set_milestone_day
from tracker.services.events import awaited_name, record_event
from tracker.services.people import appoint
from web.access import Who, allow
from web.opening import PageRouter
from web.task_desk import TaskAct
from workflows.roles import ROLE_LABELS, TASK_ROLES, Role

router = PageRouter(prefix="/tasks/{task_id:int}")


@router.post("/milestones/{milestone_id:int}/event", dependencies=[allow(Who.SIGNED_IN)])
def record_its_event(act: TaskAct, milestone_id: int) -> Response:
    """Record that what the step waits for has happened; every step of the task that waits for it gets its day."""
    desk, milestone = act.desk, act.milestone(milestone_id)
    if not milestone.offset_event:
        raise ValueRefused("这个节点不从事件起算，不需要登记事件。")
    name = awaited_name(milestone)
    given = record_event(
        desk.session,
        campaign_id=act.task.campaign_id,
        name=name,
        on=desk.form.day("on", "发生日期"),
        subject=desk.form.optional_text("subject", "对象", limit=100) or "",
        task_id=act.task_id,
        actor=desk.actor,
        at=desk.at,
        calendar=desk.house.calendar(desk.session),
    )
    days = "、".join(each.due_on.isoformat() for each in given if each.due_on)
    return act.done(f"已登记“{name}”，时限是{days or '待定'}。", "milestones")


@router.post("/milestones/{milestone_id:int}/day", dependencies=[allow(Who.COORDINATOR)])
def give_a_day(act: TaskAct, milestone_id: int) -> Response:
    desk = act.desk
    act.milestone(milestone_id)
    on = desk.form.day("on", "时限")
    set_milestone_day(desk.session, milestone_id, on=on, actor=desk.actor, at=desk.at)
    return act.done(f"已确定时限：{on}。", f"milestone-{milestone_id}")


@router.post("/people", dependencies=[allow(Who.COORDINATOR)])
def appoint_somebody(act: TaskAct) -> Response:
    desk = act.desk
    role = Role(desk.form.choice("role", "角色", [each.value for each in TASK_ROLES]))
    person = resolve_person(desk.session, desk.form.text("person", "姓名", limit=60))
    appoint(desk.session, act.task_id, person_id=id_of(person), role=role, actor=desk.actor, at=desk.at)
    return act.done(f"已指定{person.name}为{ROLE_LABELS[role]}。", "people")
