"""The life of a task (任务): draft, issued, active, in review, awaiting closure, closed, archived.

The table is section 2 of the domain reference, line by line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from workflows.kernel import Rule, Unmet, Workflow
from workflows.roles import Role


class TaskState(StrEnum):
    DRAFT = "draft"
    ISSUED = "issued"
    ACTIVE = "active"
    IN_REVIEW = "in_review"
    AWAITING_CLOSURE = "awaiting_closure"
    CLOSED = "closed"
    ARCHIVED = "archived"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"


class TaskTrigger(StrEnum):
    ISSUE = "issue"
    ACCEPT = "accept"
    DECLINE = "decline"
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    REJECT = "reject"
    CLOSE = "close"
    ARCHIVE = "archive"
    REOPEN = "reopen"
    SUSPEND = "suspend"
    RESUME = "resume"
    CANCEL = "cancel"


OPEN_STATES = (TaskState.ISSUED, TaskState.ACTIVE, TaskState.IN_REVIEW, TaskState.AWAITING_CLOSURE)
# Not issued, interrupted, or given up: no day counts against anybody.
STANDING_STILL = (TaskState.DRAFT, TaskState.SUSPENDED, TaskState.CANCELLED)


@dataclass(frozen=True)
class DeliverableFacts:
    """One thing to be handed in, and how far it has come. Optional ones are never asked for."""

    number: int
    text: str
    is_required: bool = True
    is_handed_in: bool = False  # its newest evidence is not rejected
    is_accepted: bool = False

    @property
    def label(self) -> str:
        return f"第{self.number}项成果“{self.text}”"


@dataclass(frozen=True)
class MilestoneFacts:
    """One step and whether it is done. Standing ones are never finished, and the archiving one is met last."""

    number: int
    text: str
    is_done: bool = False  # met or waived
    is_reported: bool = False
    is_archiving: bool = False
    is_standing: bool = False

    @property
    def label(self) -> str:
        return f"第{self.number}个节点“{self.text}”"


@dataclass(frozen=True)
class TaskFacts:
    """What the rules of a task look at, counted by the caller. `own` is what a further workflow asks beside it."""

    actor_roles: frozenset[Role] = frozenset()
    reason: str | None = None
    has_owner: bool = True
    has_expediter: bool = True
    has_leader: bool = True
    deliverables: tuple[DeliverableFacts, ...] = ()
    milestones: tuple[MilestoneFacts, ...] = ()
    open_import_errors: tuple[str, ...] = ()
    has_reviewer: bool = True  # somebody is left who may review
    has_closer: bool = True  # a leader is left who did not review
    actor_submitted: bool = False
    actor_reviewed: bool = False
    is_package_verified: bool = False
    interrupted_state: StrEnum | None = None
    own: Mapping[str, object] = field(default_factory=dict)


def people_are_set(facts: TaskFacts) -> Sequence[Unmet]:
    parts = ((facts.has_owner, "责任人"), (facts.has_expediter, "盯办人"), (facts.has_leader, "分管领导"))
    return [Unmet("missing-person", f"没有{title}，请先指定{title}") for is_set, title in parts if not is_set]


def has_something_to_do(facts: TaskFacts) -> Sequence[Unmet]:
    if facts.milestones or facts.deliverables:
        return []
    return [Unmet("nothing-to-do", "没有时间节点，也没有成果，请至少补充一项")]


def import_is_settled(facts: TaskFacts) -> Sequence[Unmet]:
    return [Unmet("open-import-error", f"导入问题未处理：{error}") for error in facts.open_import_errors]


def evidence_is_handed_in(facts: TaskFacts) -> Sequence[Unmet]:
    return [
        Unmet("missing-evidence", f"缺少{deliverable.label}的佐证材料（未提交或已被退回）")
        for deliverable in facts.deliverables
        if deliverable.is_required and not deliverable.is_handed_in
    ]


def steps_are_done(facts: TaskFacts) -> Sequence[Unmet]:
    return [
        Unmet(
            "open-milestone",
            f"{step.label}{'已报告，尚待审核确认' if step.is_reported else '未完成，须报告完成并经确认，或由分管领导豁免'}",
        )
        for step in facts.milestones
        if not (step.is_done or step.is_archiving or step.is_standing)
    ]


def evidence_is_accepted(facts: TaskFacts) -> Sequence[Unmet]:
    return [
        Unmet("unaccepted-evidence", f"{deliverable.label}的佐证材料尚未审核通过")
        for deliverable in facts.deliverables
        if deliverable.is_required and not deliverable.is_accepted
    ]


def reviewer_is_independent(facts: TaskFacts) -> Sequence[Unmet]:
    if not facts.has_reviewer:
        return [Unmet("no-reviewer", "没有可以审核的人，请另外指定一名不是责任人的盯办人或者协调员")]
    if facts.actor_submitted:
        return [Unmet("own-work", "提交人不能审核自己提交的材料，请由盯办人或者协调员审核")]
    return []


def closer_is_independent(facts: TaskFacts) -> Sequence[Unmet]:
    if not facts.has_closer:
        return [Unmet("no-closer", "没有可以销号的人，请另外指定一名没有参与审核的分管领导")]
    if facts.actor_reviewed:
        return [Unmet("own-review", "审核人不能销号，请由没有参与审核的分管领导销号")]
    return []


def package_is_verified(facts: TaskFacts) -> Sequence[Unmet]:
    if facts.is_package_verified:
        return []
    return [Unmet("no-package", "归档材料包没有生成或者校验未通过，请先生成归档材料包")]


def interruption_is_known(facts: TaskFacts) -> Sequence[Unmet]:
    if facts.interrupted_state in OPEN_STATES:
        return []
    return [Unmet("no-interruption", "没有中止前的状态记录，请联系管理员")]


def _only(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


TASK_WORKFLOW = Workflow(
    name="task",
    title="任务",
    noun="任务",
    states=TaskState,
    initial=TaskState.DRAFT,
    open_states=frozenset(OPEN_STATES),
    rules=(
        Rule(
            TaskTrigger.ISSUE,
            (TaskState.DRAFT,),
            (TaskState.ISSUED,),
            _only(Role.COORDINATOR),
            (people_are_set, has_something_to_do, import_is_settled),
        ),
        Rule(TaskTrigger.ACCEPT, (TaskState.ISSUED,), (TaskState.ACTIVE,), _only(Role.OWNER)),
        Rule(
            TaskTrigger.DECLINE,
            (TaskState.ISSUED,),
            (TaskState.DRAFT,),
            _only(Role.OWNER),
            needs_reason=True,
        ),
        Rule(
            TaskTrigger.SUBMIT,
            (TaskState.ACTIVE,),
            (TaskState.IN_REVIEW,),
            _only(Role.OWNER),
            (evidence_is_handed_in, steps_are_done),
        ),
        Rule(
            TaskTrigger.SEND_BACK,
            (TaskState.IN_REVIEW,),
            (TaskState.ACTIVE,),
            _only(Role.REVIEWER),
            (reviewer_is_independent,),
            needs_reason=True,
        ),
        Rule(
            TaskTrigger.APPROVE,
            (TaskState.IN_REVIEW,),
            (TaskState.AWAITING_CLOSURE,),
            _only(Role.REVIEWER),
            (reviewer_is_independent, evidence_is_accepted),
        ),
        Rule(
            TaskTrigger.REJECT,
            (TaskState.AWAITING_CLOSURE,),
            (TaskState.ACTIVE,),
            _only(Role.LEADER),
            needs_reason=True,
        ),
        Rule(
            TaskTrigger.CLOSE,
            (TaskState.AWAITING_CLOSURE,),
            (TaskState.CLOSED,),
            _only(Role.LEADER),
            (closer_is_independent, evidence_is_accepted),
        ),
        Rule(
            TaskTrigger.ARCHIVE,
            (TaskState.CLOSED,),
            (TaskState.ARCHIVED,),
            _only(Role.COORDINATOR),
            (package_is_verified,),
        ),
        Rule(
            TaskTrigger.REOPEN,
            (TaskState.CLOSED,),
            (TaskState.ACTIVE,),
            _only(Role.LEADER),
            needs_reason=True,
        ),
        Rule(
            TaskTrigger.SUSPEND,
            OPEN_STATES,
            (TaskState.SUSPENDED,),
            _only(Role.LEADER),
            needs_reason=True,
        ),
        Rule(
            TaskTrigger.RESUME,
            (TaskState.SUSPENDED,),
            OPEN_STATES,
            _only(Role.LEADER),
            (interruption_is_known,),
            needs_reason=True,
        ),
        Rule(
            TaskTrigger.CANCEL,
            (TaskState.DRAFT, *OPEN_STATES, TaskState.CLOSED, TaskState.SUSPENDED),
            (TaskState.CANCELLED,),
            _only(Role.LEADER, Role.COORDINATOR),
            needs_reason=True,
        ),
    ),
    state_labels={
        TaskState.DRAFT: "草稿",
        TaskState.ISSUED: "待签收",
        TaskState.ACTIVE: "办理中",
        TaskState.IN_REVIEW: "待审核",
        TaskState.AWAITING_CLOSURE: "待销号",
        TaskState.CLOSED: "已销号",
        TaskState.ARCHIVED: "已归档",
        TaskState.SUSPENDED: "已中止",
        TaskState.CANCELLED: "已撤销",
    },
    trigger_labels={
        TaskTrigger.ISSUE: "下达",
        TaskTrigger.ACCEPT: "签收",
        TaskTrigger.DECLINE: "退签",
        TaskTrigger.SUBMIT: "提交审核",
        TaskTrigger.SEND_BACK: "退回",
        TaskTrigger.APPROVE: "审核通过",
        TaskTrigger.REJECT: "驳回",
        TaskTrigger.CLOSE: "销号",
        TaskTrigger.ARCHIVE: "归档",
        TaskTrigger.REOPEN: "重新办理",
        TaskTrigger.SUSPEND: "中止",
        TaskTrigger.RESUME: "恢复",
        TaskTrigger.CANCEL: "撤销",
    },
)
