"""Handing in evidence, accepting and rejecting it, and checking that the files behind it are untouched.

Versions: the same name for the same deliverable (and occurrence) is the next version of it. A new version takes
the place of one that waits or was rejected at once, and of an accepted one when it is accepted itself; until then
the deliverable counts as handed in but not as accepted. Nothing is overwritten or deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from tracker.database import insert_new
from tracker.errors import ActRefused, MilestoneNotFound, ValueRefused
from tracker.evidence_store import EvidenceStore, StoredContent
from tracker.identity import id_of
from tracker.models import Deliverable, Evidence, EvidenceState, Milestone, StoredFile
from tracker.queries.evidence import get_deliverable, get_evidence, list_versions
from tracker.queries.locking import lock_tasks
from tracker.queries.served import ServedTasks, SharedList, get_served_tasks, lock_served_tasks
from tracker.services.auditing import Actor, record
from tracker.services.changing import change_row
from tracker.services.evidence_duties import (
    accepting_unmet,
    bringing_unmet,
    handing_in_unmet,
    rejecting_unmet,
)
from tracker.services.evidence_verification import (
    EvidenceReport,
    FileProblem,
    sweep_evidence,
    verify_evidence,
)
from tracker.services.submissions import Submission, tidy_link, tidy_name
from workflows.kernel import Unmet

__all__ = [
    "EvidenceReport",
    "FileProblem",
    "accept_evidence",
    "hand_in_content",
    "hand_in_file",
    "hand_in_link",
    "reject_evidence",
    "sweep_evidence",
    "verify_evidence",
]

_HAND_IN, _ACCEPT, _REJECT = "提交材料", "审核通过材料", "退回材料"


def hand_in_file(
    session: Session,
    store: EvidenceStore,
    deliverable_ids: Sequence[int],
    source: Path,
    *,
    name: str | None = None,
    actor: Actor,
    at: datetime,
    milestone_id: int | None = None,
    is_backfilled: bool = False,
) -> list[Evidence]:
    """Hand in one file for one or several deliverables. The caller commits.

    `name` is what the office calls it, its own name by default; `milestone_id` is the occurrence of a series that
    it belongs to. With 补录 the coordinator brings it, before the task is issued (`is_backfilled`). Raises ActRefused with everything that is unmet, FileRefused, FileTooLarge, SourceFileMissing.
    """
    file_name = tidy_name(name or source.name)
    targets = _lock_targets(session, deliverable_ids, milestone_id, actor, is_backfilled=is_backfilled)
    stored = store.add_file(source, name=file_name)
    _remember_file(session, stored, at)
    return _hand_in(session, targets, Submission(file_name, sha256=stored.sha256), actor, at, milestone_id)


def hand_in_content(
    session: Session,
    deliverable_ids: Sequence[int],
    stored: StoredContent,
    *,
    name: str,
    actor: Actor,
    at: datetime,
    milestone_id: int | None = None,
    is_backfilled: bool = False,
) -> list[Evidence]:
    """Hand in what the store has taken in already, so that no transaction waits for an upload. The caller commits.

    Raises ActRefused with everything that is unmet. A content that is refused here is swept after a day.
    """
    file_name = tidy_name(name)
    targets = _lock_targets(session, deliverable_ids, milestone_id, actor, is_backfilled=is_backfilled)
    _remember_file(session, stored, at)
    return _hand_in(session, targets, Submission(file_name, sha256=stored.sha256), actor, at, milestone_id)


def hand_in_link(
    session: Session,
    deliverable_ids: Sequence[int],
    link: str,
    *,
    name: str,
    actor: Actor,
    at: datetime,
    milestone_id: int | None = None,
) -> list[Evidence]:
    """Hand in a link instead of a file. The caller commits. Raises ActRefused, ValueRefused."""
    submission = Submission(tidy_name(name), link=tidy_link(link))
    targets = _lock_targets(session, deliverable_ids, milestone_id, actor)
    return _hand_in(session, targets, submission, actor, at, milestone_id)


def accept_evidence(session: Session, evidence_id: int, *, actor: Actor, at: datetime) -> Evidence:
    """Accept the newest version of a piece of evidence. The caller commits.

    Raises EvidenceNotFound, or ActRefused with everything that is unmet.
    """
    evidence, served = _lock_evidence(session, evidence_id)
    if unmet := accepting_unmet(served, evidence, _newest(session, evidence), actor):
        raise ActRefused(_ACCEPT, unmet)
    superseded = _supersede(session, evidence, (EvidenceState.ACCEPTED,))
    _review(session, served, evidence, EvidenceState.ACCEPTED, None, actor, at, superseded)
    return evidence


def reject_evidence(
    session: Session, evidence_id: int, *, reason: str, actor: Actor, at: datetime
) -> Evidence:
    """Reject the newest version of a piece of evidence, also after its acceptance, until the task is approved.

    The caller commits. Raises EvidenceNotFound, or ActRefused with everything that is unmet.
    """
    evidence, served = _lock_evidence(session, evidence_id)
    if unmet := rejecting_unmet(served, evidence, _newest(session, evidence), actor, reason):
        raise ActRefused(_REJECT, unmet)
    _review(session, served, evidence, EvidenceState.REJECTED, reason.strip(), actor, at, [])
    return evidence


def _lock_targets(
    session: Session,
    deliverable_ids: Sequence[int],
    milestone_id: int | None,
    actor: Actor,
    *,
    is_backfilled: bool = False,
) -> list[Deliverable]:
    """The deliverables, with their tasks locked. Raises ActRefused with everything that is unmet."""
    if not deliverable_ids:
        raise ValueRefused("没有指明是哪一项成果的材料，请至少指定一项成果。")
    targets = [get_deliverable(session, number) for number in dict.fromkeys(deliverable_ids)]
    held = lock_tasks(session, {target.task_id for target in targets})
    served = {holder: get_served_tasks(session, holder, SharedList.DELIVERABLES) for holder in held}
    unmet_of = bringing_unmet if is_backfilled else handing_in_unmet
    unmet = [
        condition
        for target in targets
        for condition in [
            *unmet_of(served[target.task_id], target, actor),
            *_occurrence_unmet(session, served[target.task_id], milestone_id),
        ]
    ]
    if unmet:
        raise ActRefused(_HAND_IN, list(dict.fromkeys(unmet)))
    return targets


def _occurrence_unmet(session: Session, served: ServedTasks, milestone_id: int | None) -> list[Unmet]:
    if milestone_id is None:
        return []
    milestone = session.get(Milestone, milestone_id)
    if milestone is None:
        raise MilestoneNotFound(milestone_id)
    tasks = {task.id for task in served.tasks} | {task.milestones_from_id for task in served.tasks}
    if milestone.task_id in tasks:
        return []
    return [Unmet("wrong-milestone", f"编号为{milestone_id}的节点不属于这项成果所在的任务")]


def _hand_in(
    session: Session,
    targets: Sequence[Deliverable],
    submission: Submission,
    actor: Actor,
    at: datetime,
    milestone_id: int | None,
) -> list[Evidence]:
    assert actor.person_id is not None  # somebody with a part in it, as was checked
    handed_in = []
    for deliverable in targets:
        versions = list_versions(session, id_of(deliverable), milestone_id=milestone_id, name=submission.name)
        _refuse_repetition(submission, versions)
        evidence = Evidence(
            deliverable_id=id_of(deliverable),
            milestone_id=milestone_id,
            name=submission.name,
            version=versions[0].version + 1 if versions else 1,
            sha256=submission.sha256,
            link=submission.link,
            submitted_at=at,
            submitted_by_id=actor.person_id,
        )
        session.add(evidence)
        session.flush()
        superseded = _supersede(session, evidence, (EvidenceState.SUBMITTED, EvidenceState.REJECTED))
        _record_hand_in(session, deliverable, evidence, superseded, actor, at)
        handed_in.append(evidence)
    return handed_in


def _refuse_repetition(submission: Submission, versions: Sequence[Evidence]) -> None:
    if not versions or versions[0].state is EvidenceState.REJECTED:
        return
    newest = versions[0]
    if (newest.sha256, newest.link) == (submission.sha256, submission.link):
        message = f"“{newest.name}”与已提交的第{newest.version}版完全相同，不需要重复提交"
        raise ActRefused(_HAND_IN, [Unmet("same-content", message)])


def _supersede(session: Session, newest: Evidence, states: tuple[EvidenceState, ...]) -> list[int]:
    """Mark older versions that `newest` takes the place of; returns their version numbers."""
    older = [
        version
        for version in list_versions(
            session, newest.deliverable_id, milestone_id=newest.milestone_id, name=newest.name
        )
        if version.id != newest.id and version.state in states
    ]
    for version in older:
        version.state = EvidenceState.SUPERSEDED
    return [version.version for version in older]


def _record_hand_in(
    session: Session,
    deliverable: Deliverable,
    evidence: Evidence,
    superseded: list[int],
    actor: Actor,
    at: datetime,
) -> None:
    data = _description(deliverable, evidence) | {
        "sha256": evidence.sha256,
        "link": evidence.link,
        "superseded": superseded,
        "changed": {"state": [None, evidence.state.value]},
    }
    record(
        session,
        kind="evidence.hand_in",
        actor=actor,
        at=at,
        subject="evidence",
        subject_id=evidence.id,
        task_id=deliverable.task_id,
        data=data,
    )


def _lock_evidence(session: Session, evidence_id: int) -> tuple[Evidence, ServedTasks]:
    deliverable = get_deliverable(session, get_evidence(session, evidence_id).deliverable_id)
    served = lock_served_tasks(session, deliverable.task_id, SharedList.DELIVERABLES)
    return get_evidence(session, evidence_id), served


def _newest(session: Session, evidence: Evidence) -> Evidence:
    return list_versions(
        session, evidence.deliverable_id, milestone_id=evidence.milestone_id, name=evidence.name
    )[0]


def _review(
    session: Session,
    served: ServedTasks,
    evidence: Evidence,
    state: EvidenceState,
    reason: str | None,
    actor: Actor,
    at: datetime,
    superseded: list[int],
) -> None:
    values = {"state": state, "reviewed_at": at, "reviewed_by_id": actor.person_id, "review_reason": reason}
    changed = change_row(evidence, values)
    session.add(evidence)
    verb = "accept" if state is EvidenceState.ACCEPTED else "reject"
    deliverable = get_deliverable(session, evidence.deliverable_id)
    data = _description(deliverable, evidence) | {"superseded": superseded, "changed": changed}
    if reason:
        data["reason"] = reason
    record(
        session,
        kind=f"evidence.{verb}",
        actor=actor,
        at=at,
        subject="evidence",
        subject_id=evidence.id,
        task_id=served.holder.id,
        data=data,
    )


def _description(deliverable: Deliverable, evidence: Evidence) -> dict[str, object]:
    return {
        "deliverable": deliverable.number,
        "milestone_id": evidence.milestone_id,
        "name": evidence.name,
        "version": evidence.version,
    }


def _remember_file(session: Session, stored: StoredContent, at: datetime) -> None:
    """Two transactions may store the same content at once; the second finds the row of the first."""
    values = {
        "sha256": stored.sha256,
        "size": stored.size,
        "media_type": stored.media_type.media_type,
        "stored_at": at,
    }
    session.connection().execute(insert_new(session, StoredFile, "sha256"), values)
