"""The lines of a digest: what each planned reminder says to the one who gets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from notifications.models import Notice
from notifications.policy import Recipient, ReminderPolicy
from notifications.recipients import named_by
from notifications.wording import day_words, left_words, shortened
from tracker.queries.heads import (
    MilestoneHead,
    TaskHead,
    map_addressees,
    map_milestone_heads,
    map_task_heads,
)
from tracker.queries.parts import Parts, map_parts
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.task import TaskState

NO_OWNER = "现在没有在岗的责任人，请尽快指定"


class SectionKind(StrEnum):
    """The parts of a digest, worst first."""

    OVERDUE = "逾期"
    UNACCEPTED = "逾期未签收"
    TODAY = "今天到期"
    SOON = "临近时限"
    INSTRUCTION = "批示待签阅"
    INFORM = "告知"


@dataclass(frozen=True)
class Line:
    """One reminder in a digest. `order` sorts inside its section, the worst first."""

    section: SectionKind
    order: tuple[Any, ...]
    left: str
    due: str
    text: str
    seq: str
    title: str
    task_id: int
    people: str
    todo: str
    note: str
    role: str


@dataclass(frozen=True)
class Background:
    """What lines say of tasks, milestones and people, read once for all of a round's digests."""

    today: date
    policy: ReminderPolicy
    tasks: Mapping[int, TaskHead]
    milestones: Mapping[int, MilestoneHead]
    parts: Mapping[int, Parts]
    names: Mapping[int, str]


def gather_background(
    session: Session, notices: Sequence[Notice], *, today: date, policy: ReminderPolicy
) -> Background:
    tasks = map_task_heads(session, {notice.task_id for notice in notices if notice.task_id})
    parts = map_parts(session, {head.id: head.campaign_id for head in tasks.values()})
    people = {person for each in parts.values() for person in (*each.owners, *each.leaders)}
    return Background(
        today,
        policy,
        tasks,
        map_milestone_heads(session, {notice.milestone_id for notice in notices if notice.milestone_id}),
        parts,
        {number: person.name for number, person in map_addressees(session, people).items()},
    )


def line_of(notice: Notice, background: Background) -> Line:
    """The line of one planned reminder."""
    assert notice.task_id
    assert notice.due_on
    task, today = background.tasks[notice.task_id], background.today
    milestone = background.milestones.get(notice.milestone_id or 0)
    section, parts = _section(notice, today), background.parts[task.id]
    return Line(
        section=section,
        order=(notice.due_on, task.campaign_id, task.position, task.id, notice.milestone_id or 0),
        left=_left(notice, section, today),
        due=day_words(notice.due_on, today),
        text=shortened(_text(notice, milestone), 120),
        seq=task.seq or "",
        title=shortened(task.title, 60),
        task_id=task.id,
        people=_owners(background, notice),
        todo=_todo(notice, task, milestone, section) if parts.owners else NO_OWNER,
        note=_note(notice, background),
        role=notice.facts["role"],
    )


def _section(notice: Notice, today: date) -> SectionKind:
    assert notice.due_on
    if notice.key.startswith("accept:"):
        return SectionKind.UNACCEPTED
    if notice.key.startswith("instruction:"):
        return SectionKind.INSTRUCTION
    if notice.due_on < today:
        return SectionKind.OVERDUE
    return SectionKind.TODAY if notice.due_on == today else SectionKind.SOON


def _left(notice: Notice, section: SectionKind, today: date) -> str:
    assert notice.due_on
    if section is SectionKind.INSTRUCTION:
        return f"已{(today - notice.due_on).days}天"
    return left_words(notice.due_on, today)


def _text(notice: Notice, milestone: MilestoneHead | None) -> str:
    """The milestone, or the instruction; an acceptance that is late has no words of its own."""
    return milestone.text if milestone else str(notice.facts.get("text", "任务尚未签收"))


def _owners(background: Background, notice: Notice) -> str:
    parts = background.parts[notice.task_id or 0]
    if not parts.owners:
        return "没有在岗的责任人"
    names = [background.names[person] for person in parts.owners if person != notice.recipient_id]
    return f"责任人：{'、'.join(names)}" if names else ""


def _todo(notice: Notice, task: TaskHead, milestone: MilestoneHead | None, section: SectionKind) -> str:
    """What this person is asked to do, in the part that he plays."""
    role = Recipient(notice.facts["role"])
    if section is SectionKind.INSTRUCTION:
        return "请查看批示并确认签阅"
    if section is SectionKind.UNACCEPTED:
        return "请签收；不能承担的写明理由退签" if role is Recipient.OWNER else "请督促签收"
    if milestone and milestone.state is MilestoneState.REPORTED:
        return "责任人已报告，请审核确认" if role is Recipient.REVIEWER else "责任人已报告，请督促审核"
    if milestone and milestone.kind is MilestoneKind.ARCHIVE and (step := _ARCHIVE_STEPS.get(task.state)):
        return step.get(role, "请督促归档")
    if task.state is TaskState.ISSUED and role is Recipient.OWNER:
        return "请先签收，并按时办理"
    return _TODO[role] if section is not SectionKind.OVERDUE else _TODO_LATE[role]


_ARCHIVE_STEPS: dict[TaskState, dict[Recipient, str]] = {
    TaskState.IN_REVIEW: {Recipient.REVIEWER: "请审核任务，以便销号归档"},
    TaskState.AWAITING_CLOSURE: {Recipient.LEADER: "请销号，以便归档"},
    TaskState.CLOSED: {Recipient.COORDINATOR: "请生成归档材料包并归档"},
}
_TODO: dict[Recipient, str] = {
    Recipient.OWNER: "请按时办理并报告完成；确有困难的请在时限之前申请延期",
    Recipient.EXPEDITER: "请跟进办理进度",
    Recipient.LEADER: "请督促办理",
    Recipient.COORDINATOR: "请协调办理",
    Recipient.REVIEWER: "请审核",
}
_TODO_LATE: dict[Recipient, str] = {
    Recipient.OWNER: "请立即办理并报告完成",
    Recipient.EXPEDITER: "请督促责任人办理",
    Recipient.LEADER: "请督促责任人办理，必要时批示或者调整时限",
    Recipient.COORDINATOR: "请协调督办",
    Recipient.REVIEWER: "请审核",
}


def _note(notice: Notice, background: Background) -> str:
    """That an overdue matter went up, and to whom."""
    rule = next((each for each in background.policy.milestone if each.name == notice.rule), None)
    if rule is None or not rule.name.startswith("escalate-"):
        return ""
    over = f"逾期满{rule.workdays_over}个工作日"
    if not notice.facts.get("copy"):
        return f"{over}，按规定上报"
    parts = background.parts[notice.task_id or 0]
    told = [
        person
        for _, people in named_by(rule.to, parts, [(Recipient.OWNER, parts.owners)])
        for person in people
    ]
    names = [background.names[person] for person in told if person in background.names]
    return f"{over}，已报{'、'.join(names)}" if names else f"{over}，已上报"
