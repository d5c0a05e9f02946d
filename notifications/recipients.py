"""Who is meant by a rule's words: the people in the parts *now*, and whoever has to act next."""

from __future__ import annotations

from collections.abc import Sequence

from notifications.policy import Recipient
from tracker.queries.parts import Parts
from tracker.queries.reminding import WatchedMilestone
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.task import TaskState

Named = tuple[Recipient, tuple[int, ...]]


def holders(parts: Parts, recipient: Recipient, *, submitted_by: int | None = None) -> tuple[int, ...]:
    """The active people in one part; nobody for those whom only an event names."""
    match recipient:
        case Recipient.OWNER:
            return parts.owners
        case Recipient.EXPEDITER:
            return parts.expediters
        case Recipient.LEADER:
            return parts.leaders
        case Recipient.COORDINATOR:
            return parts.coordinators
        case Recipient.REVIEWER:
            return tuple(sorted(parts.reviewers(submitted_by=submitted_by)))
        case _:
            return ()


def who_acts(milestone: WatchedMilestone, parts: Parts) -> Named:
    """Who has to act next for the milestone to be met: the owner, until the next step is another's."""
    if milestone.state is MilestoneState.REPORTED:
        reviewers = parts.reviewers(submitted_by=milestone.reported_by_id)
        return Recipient.REVIEWER, tuple(sorted(reviewers))
    if milestone.kind is MilestoneKind.ARCHIVE:
        match milestone.task_state:
            case TaskState.IN_REVIEW:
                reviewers = parts.reviewers(submitted_by=milestone.submitted_by_id)
                return Recipient.REVIEWER, tuple(sorted(reviewers))
            case TaskState.AWAITING_CLOSURE:
                closers = parts.closers(reviewed_by=milestone.reviewed_by_id)
                return Recipient.LEADER, tuple(sorted(closers))
            case TaskState.CLOSED:
                return Recipient.COORDINATOR, parts.coordinators
    return Recipient.OWNER, parts.owners


def named_by(recipients: Sequence[Recipient], parts: Parts, acting: Named) -> list[Named]:
    """The people whom a rule names, part by part; where “责任人” stands, whoever has to act."""
    return [
        acting if recipient is Recipient.OWNER else (recipient, holders(parts, recipient))
        for recipient in recipients
    ]
