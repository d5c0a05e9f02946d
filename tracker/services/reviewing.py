"""One sitting of a reviewer: what he says of reported steps, of evidence, and of the task itself, together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from tracker.errors import ActRefused
from tracker.rules import OfficeRules
from tracker.services.auditing import Actor
from tracker.services.evidence import accept_evidence, reject_evidence
from tracker.services.lifecycle import move_task
from tracker.services.milestones import confirm_milestone, return_milestone
from workflows.kernel import Unmet
from workflows.task import TaskTrigger


class Reviewed(StrEnum):
    """What is reviewed, in the order in which it is: the task stands on the rest."""

    MILESTONE = "milestone"
    EVIDENCE = "evidence"
    TASK = "task"


@dataclass(frozen=True)
class Verdict:
    """What the reviewer says of one thing. `name` is what people call it; sending back needs a reason."""

    subject: Reviewed
    subject_id: int
    name: str
    is_good: bool
    reason: str = ""


def give_verdicts(
    session: Session,
    verdicts: Sequence[Verdict],
    *,
    actor: Actor,
    at: datetime,
    rules: OfficeRules,
    expected_version: int | None = None,
) -> None:
    """Carry out everything that was said, or nothing. The caller commits.

    Raises ActRefused with each reason that is missing, and whatever the acts themselves raise.
    """
    if without := [each for each in verdicts if not (each.is_good or each.reason.strip())]:
        unmet = [Unmet("missing-reason", f"退回{each.name}须写明理由") for each in without]
        raise ActRefused("提交审核意见", unmet)
    order = list(Reviewed)
    for verdict in sorted(verdicts, key=lambda each: order.index(each.subject)):
        match verdict.subject:
            case Reviewed.MILESTONE:
                _say_of_milestone(session, verdict, actor, at)
            case Reviewed.EVIDENCE:
                _say_of_evidence(session, verdict, actor, at)
            case Reviewed.TASK:
                _say_of_task(session, verdict, actor, at, rules, expected_version)


def _say_of_milestone(session: Session, verdict: Verdict, actor: Actor, at: datetime) -> None:
    if verdict.is_good:
        confirm_milestone(session, verdict.subject_id, actor=actor, at=at)
    else:
        return_milestone(session, verdict.subject_id, actor=actor, at=at, reason=verdict.reason)


def _say_of_evidence(session: Session, verdict: Verdict, actor: Actor, at: datetime) -> None:
    if verdict.is_good:
        accept_evidence(session, verdict.subject_id, actor=actor, at=at)
    else:
        reject_evidence(session, verdict.subject_id, actor=actor, at=at, reason=verdict.reason)


def _say_of_task(
    session: Session,
    verdict: Verdict,
    actor: Actor,
    at: datetime,
    rules: OfficeRules,
    expected_version: int | None,
) -> None:
    trigger = TaskTrigger.APPROVE if verdict.is_good else TaskTrigger.SEND_BACK
    move_task(
        session,
        verdict.subject_id,
        trigger,
        actor=actor,
        at=at,
        rules=rules,
        reason=verdict.reason or None,
        expected_version=expected_version,
    )
