"""Half a year at the demo office: what is done in time, late, returned, extended, suspended, closed.

Planned from what the tables say, so that a changed table still makes a story: the n-th step that is due takes the
n-th fate. Who acts is looked up when he acts, so a story survives a change of people in the middle of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from sqlmodel import Session

from runtime.demo.acts import (
    accept_everything,
    acknowledge,
    answer_request,
    archive_task,
    ask_for_longer,
    confirm_step,
    deduct_points,
    finish_steps,
    hand_in_everything,
    hand_in_some,
    hand_over_everything,
    instruct_task,
    move_task,
    record_event,
    report_step,
    return_step,
    urge_task,
)
from runtime.demo.stage import Act, Stage
from tracker.calendar import WorkCalendar
from tracker.identity import id_of
from tracker.models import Milestone, Task
from tracker.queries.evidence import list_deliverables
from tracker.queries.milestones import list_milestones, list_relative_series
from tracker.services.events import awaited_name
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.roles import Role
from workflows.task import TaskTrigger

ISSUE_DAY = date(2024, 1, 15)
BEGUN_ON = date(2024, 2, 5)
NEGLECTED_SINCE = date(2024, 5, 15)
FINISHING_FROM = date(2024, 6, 3)
TODAY = date(2024, 7, 3)
FATES = ("in time", "in time", "late", "in time", "returned", "extended", "in time", "overdue")
ENDINGS = ("archived", "closed", "awaiting closure", "in review", "sent back")


@dataclass(frozen=True)
class Cast:
    """Which tasks play the special parts; all others play the ordinary one."""

    endings: dict[int, str]
    suspended: int
    declined: int
    unaccepted: int


def choose_cast(session: Session, tasks: Sequence[Task]) -> Cast:
    """Tasks that can be finished by midyear are those whose lists are their own and that have no series."""
    plain = [task for task in tasks if _can_be_finished(session, task)]
    dated = {id_of(task): sum(1 for step in list_milestones(session, task) if step.due_on) for task in plain}
    plain.sort(key=lambda task: (dated[id_of(task)] == 0, dated[id_of(task)], id_of(task)))
    endings = {id_of(task): ending for task, ending in zip(plain, ENDINGS, strict=False)}
    others = [id_of(task) for task in tasks if id_of(task) not in endings]
    return Cast(endings, suspended=others[3], declined=others[5], unaccepted=others[-1])


def _can_be_finished(session: Session, task: Task) -> bool:
    steps = list_milestones(session, task)
    is_own = task.deliverables_from_id is None and task.milestones_from_id is None
    kinds = {step.kind for step in steps}
    return (
        is_own
        and bool(list_deliverables(session, task))
        and kinds <= {MilestoneKind.STEP, MilestoneKind.ARCHIVE}
    )


def plan_beginning(stage: Stage, tasks: Sequence[Task], cast: Cast) -> None:
    """Issue everything in January; most accept within two days, some do not."""
    for number, task in enumerate(tasks):
        task_id = id_of(task)
        if task_id == cast.unaccepted:
            continue  # issued late in June, see `plan_remarks`
        stage.plan(ISSUE_DAY, partial(move_task, task_id, TaskTrigger.ISSUE, Role.COORDINATOR))
        if task_id == cast.declined:
            decline = partial(
                move_task, task_id, TaskTrigger.DECLINE, Role.OWNER, reason="职责不在本科室，请重新确定责任人"
            )
            stage.plan(date(2024, 1, 16), decline, hour=15)
            stage.plan(date(2024, 1, 22), partial(move_task, task_id, TaskTrigger.ISSUE, Role.COORDINATOR))
            stage.plan(date(2024, 1, 23), partial(move_task, task_id, TaskTrigger.ACCEPT, Role.OWNER))
            continue
        late = number % 9 == 8
        day = date(2024, 1, 19) if late else date(2024, 1, 16 + number % 2)
        stage.plan(
            day, partial(move_task, task_id, TaskTrigger.ACCEPT, Role.OWNER), hour=10, minute=number % 60
        )


def plan_steps(
    stage: Stage, session: Session, tasks: Sequence[Task], cast: Cast, calendar: WorkCalendar
) -> None:
    """Give each step that is due by now its fate; those of the special tasks are done in time."""
    count = 0
    for task in tasks:
        if id_of(task) in (cast.unaccepted, cast.suspended) or task.milestones_from_id is not None:
            continue
        for step in list_milestones(session, task):
            if not _is_due(step):
                continue
            is_special = id_of(task) in cast.endings
            if is_special and step.due_on and step.due_on >= FINISHING_FROM:
                continue  # finished ahead of time, see `plan_endings`
            fate = "in time" if is_special else _fate(count, step)
            count += not is_special
            plan_step(stage, id_of(task), step, fate, calendar)


def _fate(count: int, step: Milestone) -> str:
    """What fell due before anybody had begun is done late; what is still overdue now fell due this spring."""
    assert step.due_on is not None
    fate = "late" if step.due_on < BEGUN_ON else FATES[count % len(FATES)]
    if fate == "extended" and step.series_id is not None:
        return "in time"  # nobody asks for longer for one Friday of many
    return "late" if fate == "overdue" and step.due_on < NEGLECTED_SINCE else fate


def _is_due(step: Milestone) -> bool:
    is_open = step.state is MilestoneState.PENDING and step.kind is MilestoneKind.STEP
    return is_open and step.due_on is not None and step.due_on < TODAY


def plan_step(stage: Stage, task_id: int, step: Milestone, fate: str, calendar: WorkCalendar) -> None:
    """Plan what becomes of one step that is due by now."""
    assert step.due_on is not None
    due, number = step.due_on, id_of(step)

    def day(offset: int) -> date:
        wanted = max(due, BEGUN_ON - timedelta(days=10)) + timedelta(days=offset)
        return calendar.previous_workday_on_or_before(min(wanted, TODAY - timedelta(days=1)))

    report, confirm = partial(report_step, task_id, number), partial(confirm_step, task_id, number)
    if fate == "in time":
        stage.plan(day(-4), report, hour=10)
        stage.plan(day(-2), confirm, hour=16)
    elif fate == "late":
        stage.plan(day(6), report, hour=11)
        stage.plan(day(9), confirm, hour=15)
    elif fate == "returned":
        stage.plan(day(-6), report, hour=9)
        stage.plan(day(-5), partial(return_step, task_id, number), hour=14)
        stage.plan(day(-1), report, hour=16)
        stage.plan(day(0), confirm, hour=16)
    elif fate == "extended":
        longer = calendar.next_workday_on_or_after(max(due, TODAY) + timedelta(days=20))
        stage.plan(day(-7), partial(ask_for_longer, task_id, number, longer), hour=9)
        stage.plan(day(-5), partial(answer_request, task_id, number), hour=10)


def plan_endings(stage: Stage, cast: Cast) -> None:
    """Bring the chosen tasks as far as each one comes."""
    for number, (task_id, ending) in enumerate(cast.endings.items()):
        start = FINISHING_FROM + timedelta(days=number)
        steps: list[Act] = [
            partial(finish_steps, task_id),
            partial(hand_in_everything, task_id),
            partial(move_task, task_id, TaskTrigger.SUBMIT, Role.OWNER),
        ]
        if ending in ("archived", "closed", "awaiting closure"):
            steps += [
                partial(accept_everything, task_id),
                partial(move_task, task_id, TaskTrigger.APPROVE, Role.REVIEWER),
            ]
        if ending in ("archived", "closed"):
            steps.append(partial(move_task, task_id, TaskTrigger.CLOSE, Role.LEADER))
        if ending == "sent back":
            steps.append(
                partial(
                    move_task,
                    task_id,
                    TaskTrigger.SEND_BACK,
                    Role.REVIEWER,
                    reason="第一项材料没有加盖公章，请补正",
                )
            )
        for place, act in enumerate(steps):
            stage.plan(start + timedelta(days=place // 2), act, hour=9 + 3 * (place % 2))


def plan_remarks(stage: Stage, cast: Cast, tasks: Sequence[Task]) -> None:
    """What happens beside the steps: a suspension on paper, instructions, urging, a late request."""
    busy = [
        id_of(task) for task in tasks if id_of(task) not in (*cast.endings, cast.suspended, cast.unaccepted)
    ]
    suspend = partial(
        move_task,
        cast.suspended,
        TaskTrigger.SUSPEND,
        Role.LEADER,
        reason="等待上级明确新的标准",
        is_on_paper=True,
    )
    stage.plan(date(2024, 5, 20), suspend, hour=15)
    stage.plan(
        date(2024, 5, 27),
        partial(instruct_task, busy[0], "请于本月内拿出初步成果，遇到困难及时报告。"),
        hour=9,
    )
    stage.plan(date(2024, 5, 28), partial(acknowledge, busy[0]), hour=9)
    stage.plan(
        date(2024, 7, 1),
        partial(instruct_task, busy[1], "请分管科室对照时限逐项排查，周五前报结果。"),
        hour=16,
    )
    stage.plan(date(2024, 7, 2), partial(urge_task, busy[2], "时限已近，请抓紧报送。"), hour=9)
    stage.plan(date(2024, 6, 24), partial(hand_in_some, busy[4]), hour=10)
    stage.plan(date(2024, 6, 26), partial(move_task, cast.unaccepted, TaskTrigger.ISSUE, Role.COORDINATOR))
    stage.plan(date(2024, 6, 12), partial(hand_over_everything, busy), hour=9)


def plan_occurrences(stage: Stage, session: Session, tasks: Sequence[Task]) -> None:
    """An event from which relative dates count, and deductions where there is an item for them."""
    for campaign_id in sorted({task.campaign_id for task in tasks}):
        if waiting := list_relative_series(session, campaign_id):
            name = awaited_name(waiting[0][0])
            stage.plan(date(2024, 6, 14), partial(record_event, campaign_id, name), hour=11)
    items = [id_of(task) for task in tasks if (task.score or {}).get("kind") == "deduct"]
    for task_id in items[:2]:
        stage.plan(date(2024, 4, 10), partial(deduct_points, task_id, 0.2), hour=15)


def plan_packages(stage: Stage, cast: Cast, folder: Path) -> None:
    """The closing package of the one task that is archived."""
    for task_id, ending in cast.endings.items():
        if ending == "archived":
            stage.plan(date(2024, 6, 18), partial(archive_task, task_id, folder), hour=10)
