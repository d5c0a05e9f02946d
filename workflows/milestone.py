"""The life of a milestone (节点): pending, reported, met; sent back, or waived by the leader.

A milestone of kind `archive` is met by the task's `archive`. What was done before the office began with the program,
archiving on paper included, is recorded by the coordinator before the task is issued (补录), with its day and what shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workflows.kernel import Rule, Unmet, Workflow
from workflows.roles import Role
from workflows.task import OPEN_STATES, TaskState


class MilestoneState(StrEnum):
    PENDING = "pending"
    REPORTED = "reported"
    MET = "met"
    WAIVED = "waived"


OPEN_MILESTONES = (MilestoneState.PENDING, MilestoneState.REPORTED)
DONE_MILESTONES = (MilestoneState.MET, MilestoneState.WAIVED)


class MilestoneTrigger(StrEnum):
    REPORT = "report"
    CONFIRM = "confirm"
    RETURN = "return"
    WAIVE = "waive"
    ARCHIVE = "archive"
    BACKFILL = "backfill"
    TAKE_BACK = "take_back"


class MilestoneKind(StrEnum):
    STEP = "step"
    ARCHIVE = "archive"
    STANDING = "standing"  # 常态化: no date, reported on in the weekly report
    SERIES = "series"  # a recurring or relative duty; its occurrences are steps of their own


DATED_KINDS = (MilestoneKind.STEP, MilestoneKind.ARCHIVE)  # owed by a day of their own, where they have one


@dataclass(frozen=True)
class MilestoneFacts:
    """What the rules of a milestone look at. `reason` is the note of a report, or what shows that it was done (补录).

    `is_in_draft`: no task that its list serves is issued. `begins_on`: the office day on which one of them was first
    issued, today where none ever was; `done_on` is the day to be recorded, where one is given.
    """

    actor_roles: frozenset[Role] = frozenset()
    reason: str | None = None
    kind: MilestoneKind = MilestoneKind.STEP
    task_state: TaskState = TaskState.ACTIVE
    has_reviewer: bool = True
    actor_reported: bool = False
    is_in_draft: bool = False
    due_on: date | None = None
    begins_on: date | None = None
    today: date | None = None
    done_on: date | None = None
    is_backfilled: bool = False


def task_is_active(facts: MilestoneFacts) -> Sequence[Unmet]:
    if facts.task_state is TaskState.ACTIVE:
        return []
    return [Unmet("task-not-active", "任务不在办理中，请在签收之后、提交审核之前办理")]


def task_is_open(facts: MilestoneFacts) -> Sequence[Unmet]:
    if facts.task_state in OPEN_STATES:
        return []
    return [Unmet("task-not-open", "任务没有下达或者已经办结，不能再豁免节点")]


def is_a_step(facts: MilestoneFacts) -> Sequence[Unmet]:
    if facts.kind is MilestoneKind.ARCHIVE:
        return [Unmet("archive-milestone", "归档节点由任务归档自动完成，不需要单独办理")]
    if facts.kind is MilestoneKind.SERIES:
        return [Unmet("series-milestone", "这是周期性或者待定日期的节点，请办理它的每一期")]
    return []


def report_is_reviewed_by_another(facts: MilestoneFacts) -> Sequence[Unmet]:
    if not facts.has_reviewer:
        return [Unmet("no-reviewer", "没有可以审核的人，请另外指定一名不是责任人的盯办人或者协调员")]
    if facts.actor_reported:
        return [Unmet("own-work", "报告人不能确认自己报告的节点，请由盯办人或者协调员确认")]
    return []


def task_is_a_draft(facts: MilestoneFacts) -> Sequence[Unmet]:
    if facts.is_in_draft:
        return []
    return [Unmet("task-not-draft", "任务已经下达，下达之前才能补录和撤回补录；下达以后请责任人报告完成")]


def fell_due_before_its_issue(facts: MilestoneFacts) -> Sequence[Unmet]:
    """Work whose date passed while the program watched is made up late, and is never recorded as from before."""
    if facts.kind not in DATED_KINDS or facts.due_on is None:
        return [Unmet("no-due-day", "只有写明日期的节点才能补录")]
    if facts.begins_on is None or facts.due_on < facts.begins_on:
        return []
    return [Unmet("not-past-due", f"节点的时限是{facts.due_on}，首次下达之前时限已过的才能补录")]


def is_shown_to_be_done(facts: MilestoneFacts) -> Sequence[Unmet]:
    unmet = []
    if facts.done_on is not None and facts.today is not None and facts.done_on > facts.today:
        unmet.append(Unmet("future-day", f"完成日期{facts.done_on}还没有到，不能晚于今天（{facts.today}）"))
    if not (facts.reason or "").strip():
        unmet.append(Unmet("missing-reason", "补录须写明依据，说明凭什么认定已经完成"))
    return unmet


def was_backfilled(facts: MilestoneFacts) -> Sequence[Unmet]:
    if facts.is_backfilled:
        return []
    return [Unmet("not-backfilled", "节点不是补录的，不能撤回补录")]


MILESTONE_WORKFLOW = Workflow(
    name="milestone",
    title="节点",
    noun="节点",
    states=MilestoneState,
    initial=MilestoneState.PENDING,
    open_states=frozenset(OPEN_MILESTONES),
    rules=(
        Rule(
            MilestoneTrigger.REPORT,
            (MilestoneState.PENDING,),
            (MilestoneState.REPORTED,),
            frozenset({Role.OWNER}),
            (task_is_active, is_a_step),
            needs_reason=True,
        ),
        Rule(
            MilestoneTrigger.CONFIRM,
            (MilestoneState.REPORTED,),
            (MilestoneState.MET,),
            frozenset({Role.REVIEWER}),
            (task_is_active, report_is_reviewed_by_another),
        ),
        Rule(
            MilestoneTrigger.RETURN,
            (MilestoneState.REPORTED,),
            (MilestoneState.PENDING,),
            frozenset({Role.REVIEWER}),
            (task_is_active, report_is_reviewed_by_another),
            needs_reason=True,
        ),
        Rule(
            MilestoneTrigger.WAIVE,
            (MilestoneState.PENDING, MilestoneState.REPORTED),
            (MilestoneState.WAIVED,),
            frozenset({Role.LEADER}),
            (task_is_open,),
            needs_reason=True,
        ),
        Rule(
            MilestoneTrigger.ARCHIVE,
            (MilestoneState.PENDING, MilestoneState.REPORTED),
            (MilestoneState.MET,),
            frozenset({Role.SYSTEM}),
        ),
        Rule(
            MilestoneTrigger.BACKFILL,
            (MilestoneState.PENDING,),
            (MilestoneState.MET,),
            frozenset({Role.COORDINATOR}),
            (task_is_a_draft, fell_due_before_its_issue, is_shown_to_be_done),
        ),
        Rule(
            MilestoneTrigger.TAKE_BACK,
            (MilestoneState.MET,),
            (MilestoneState.PENDING,),
            frozenset({Role.COORDINATOR}),
            (task_is_a_draft, was_backfilled),
        ),
    ),
    state_labels={
        MilestoneState.PENDING: "未完成",
        MilestoneState.REPORTED: "已报告",
        MilestoneState.MET: "已完成",
        MilestoneState.WAIVED: "已豁免",
    },
    trigger_labels={
        MilestoneTrigger.REPORT: "报告完成",
        MilestoneTrigger.CONFIRM: "确认",
        MilestoneTrigger.RETURN: "退回",
        MilestoneTrigger.WAIVE: "豁免",
        MilestoneTrigger.ARCHIVE: "随任务归档",
        MilestoneTrigger.BACKFILL: "补录",
        MilestoneTrigger.TAKE_BACK: "撤回补录",
    },
)
