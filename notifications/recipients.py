"""Who is meant by a rule's words: the people in the parts *now*."""

from __future__ import annotations

from collections.abc import Sequence

from notifications.policy import Recipient
from tracker.queries.parts import Parts

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


def named_by(recipients: Sequence[Recipient], parts: Parts, acting: Sequence[Named]) -> list[Named]:
    """The people whom a rule names, part by part; where “责任人” stands, whoever has to act."""
    named: list[Named] = []
    for recipient in recipients:
        if recipient is Recipient.OWNER:
            named += acting
        else:
            named.append((recipient, holders(parts, recipient)))
    return named
