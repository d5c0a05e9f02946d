"""Who is reminded of what, how early and how often: the office's own choices, as pure values.

`ReminderPolicy.from_mapping` checks what an office wrote in `reminders.toml` and lists everything that cannot be
used, in Chinese. When a rule falls due is said in `notifications.schedule`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from notifications.policy_reading import Section

BEFORE_LIMIT_DAYS = 366
OVER_LIMIT_WORKDAYS = 250


class Recipient(StrEnum):
    """Whom a rule names: parts on the task now, or somebody whom the event itself names."""

    OWNER = "责任人"
    EXPEDITER = "盯办人"
    LEADER = "分管领导"
    COORDINATOR = "协调员"
    REVIEWER = "审核人"
    ASKER = "申请人"  # who asked for the extension
    SUBMITTER = "提交人"  # who handed in the evidence
    NEWCOMER = "新任人员"  # who was appointed


PARTS = (
    Recipient.OWNER,
    Recipient.EXPEDITER,
    Recipient.LEADER,
    Recipient.COORDINATOR,
    Recipient.REVIEWER,
)


class Repeat(StrEnum):
    ONCE = "once"
    WORKDAY = "workday"
    WEEK = "week"


@dataclass(frozen=True)
class ReminderRule:
    """One stage of reminding: a number of days before the due day, or of working days after it.

    `days_before` counts calendar days, 0 being the due day; `workdays_over` counts working days past it.
    Exactly one of the two is given. `name` is part of every notice's key and lasts.
    """

    name: str
    to: tuple[Recipient, ...]
    cc: tuple[Recipient, ...] = ()
    days_before: int | None = None
    workdays_over: int | None = None
    repeat: Repeat = Repeat.ONCE

    @property
    def urgency(self) -> int:
        """Greater is more urgent; of two stages due on one day the more urgent one is told."""
        if self.days_before is not None:
            return -self.days_before
        return self.workdays_over or 0


@dataclass(frozen=True)
class EventRule:
    """Who is told of one kind of event: at once, or in the next digest."""

    kind: str
    now: tuple[Recipient, ...] = ()
    digest: tuple[Recipient, ...] = ()


@dataclass(frozen=True)
class ReminderPolicy:
    """Everything an office may choose. `acceptance` counts from the limit for 签收, `instruction` is daily."""

    milestone: tuple[ReminderRule, ...]
    acceptance: tuple[ReminderRule, ...]
    instruction: ReminderRule
    events: tuple[EventRule, ...]

    def event(self, kind: str) -> EventRule | None:
        return next((rule for rule in self.events if rule.kind == kind), None)

    @classmethod
    def from_mapping(cls, content: Mapping[str, Any]) -> ReminderPolicy:
        """Read what an office wrote. Raises PolicyRefused with every finding at once."""
        root = Section(content)
        policy = cls(
            milestone=(*_before(root), *_overdue(root), *_escalations(root)),
            acceptance=_acceptance(root),
            instruction=_daily("instruction", _people(root.section("instruction"), "to")),
            events=_events(root),
        )
        root.finish()
        return policy


# What an event kind may name besides the parts on its task.
EVENT_KINDS: dict[str, tuple[Recipient, ...]] = {
    **dict.fromkeys(
        (
            "task.issue",
            "task.decline",
            "task.submit",
            "task.send_back",
            "task.approve",
            "task.reject",
            "task.close",
            "task.reopen",
            "task.suspend",
            "task.resume",
            "task.cancel",
            "task.urge",
            "milestone.report",
            "milestone.return",
            "instruction.give",
        ),
        PARTS,
    ),
    **dict.fromkeys(
        ("extension.request", "extension.consent", "extension.grant", "extension.refuse"),
        (*PARTS, Recipient.ASKER),
    ),
    "evidence.reject": (*PARTS, Recipient.SUBMITTER),
    "person.reassign": (*PARTS, Recipient.NEWCOMER),
    "person.appoint": (*PARTS, Recipient.NEWCOMER),
}


def _before(root: Section) -> list[ReminderRule]:
    section = root.section("before")
    days, people = section.numbers("days", least=0, most=BEFORE_LIMIT_DAYS), _people(section, "to")
    return [ReminderRule(f"before-{each}", people, days_before=each) for each in sorted(days, reverse=True)]


def _overdue(root: Section) -> list[ReminderRule]:
    section = root.section("overdue")
    first = section.number("from_workday", least=1, most=OVER_LIMIT_WORKDAYS)
    return [_daily("overdue", _people(section, "to"), first)]


def _escalations(root: Section) -> list[ReminderRule]:
    sections = root.sections("escalation")
    names = [section.word("name") for section in sections]
    for name in sorted({name for name in names if names.count(name) > 1}):
        root.problem(f"escalation 中的 name“{name}”重复，每级须有自己的名称")
    return [
        ReminderRule(
            f"escalate-{name}",
            _people(section, "to"),
            _people(section, "cc", may_be_empty=True),
            workdays_over=section.number("workdays_over", least=1, most=OVER_LIMIT_WORKDAYS),
            repeat=Repeat.WEEK if section.flag("weekly") else Repeat.ONCE,
        )
        for name, section in zip(names, sections, strict=True)
    ]


def _acceptance(root: Section) -> tuple[ReminderRule, ...]:
    section = root.section("acceptance")
    after = section.number("escalate_after_workdays", least=1, most=OVER_LIMIT_WORKDAYS)
    return (
        _daily("accept", _people(section, "to")),
        ReminderRule("accept-escalate", _people(section, "escalate_to"), workdays_over=after),
    )


def _events(root: Section) -> tuple[EventRule, ...]:
    section = root.section("events")
    rules = []
    for kind, allowed in EVENT_KINDS.items():
        if part := section.optional_section(kind):
            now = _people(part, "now", allowed, may_be_empty=True)
            later = _people(part, "digest", allowed, may_be_empty=True)
            rules.append(EventRule(kind, now, tuple(each for each in later if each not in now)))
    return tuple(rules)


def _daily(name: str, people: tuple[Recipient, ...], first: int = 1) -> ReminderRule:
    return ReminderRule(name, people, workdays_over=first, repeat=Repeat.WORKDAY)


def _people(
    section: Section, key: str, allowed: tuple[Recipient, ...] = PARTS, *, may_be_empty: bool = False
) -> tuple[Recipient, ...]:
    words = section.words(key, [each.value for each in allowed], may_be_empty=may_be_empty)
    return tuple(Recipient(word) for word in words)
