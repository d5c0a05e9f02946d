"""Deliverables, what was handed in for them, and the files behind it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlmodel import Session, col, select

from tracker.errors import NotFound
from tracker.identity import id_of, is_possible_id
from tracker.models import Deliverable, Evidence, EvidenceState, Milestone, Person, StoredFile, Task


class DeliverableNotFound(NotFound):
    noun = "成果"


class EvidenceNotFound(NotFound):
    noun = "佐证材料"


def get_deliverable(session: Session, deliverable_id: int) -> Deliverable:
    """Raises DeliverableNotFound."""
    deliverable = session.get(Deliverable, deliverable_id) if is_possible_id(deliverable_id) else None
    if deliverable is None:
        raise DeliverableNotFound(deliverable_id)
    return deliverable


def get_evidence(session: Session, evidence_id: int) -> Evidence:
    """The evidence as it is now. Raises EvidenceNotFound."""
    is_possible = is_possible_id(evidence_id)
    evidence = session.get(Evidence, evidence_id, populate_existing=True) if is_possible else None
    if evidence is None:
        raise EvidenceNotFound(evidence_id)
    return evidence


def list_deliverables(session: Session, task: Task) -> Sequence[Deliverable]:
    """What is to be handed in for a task, by number; of the task that holds the list, where it is shared."""
    holder = task.deliverables_from_id or id_of(task)
    return session.exec(
        select(Deliverable).where(Deliverable.task_id == holder).order_by(col(Deliverable.number))
    ).all()


def list_versions(
    session: Session, deliverable_id: int, *, milestone_id: int | None, name: str
) -> Sequence[Evidence]:
    """Every version of one name, the newest first."""
    return session.exec(
        select(Evidence)
        .where(
            Evidence.deliverable_id == deliverable_id,
            col(Evidence.milestone_id).is_not_distinct_from(milestone_id),
            Evidence.name == name,
        )
        .order_by(col(Evidence.version).desc())
        .execution_options(populate_existing=True)
    ).all()


def list_evidence(session: Session, task: Task) -> Sequence[tuple[Deliverable, Evidence]]:
    """Everything that was handed in for a task, old versions included, by deliverable, occurrence, name, version."""
    holder = task.deliverables_from_id or id_of(task)
    return session.exec(
        select(Deliverable, Evidence)
        .join(Evidence, col(Evidence.deliverable_id) == col(Deliverable.id))
        .where(Deliverable.task_id == holder)
        .order_by(
            col(Deliverable.number),
            col(Evidence.milestone_id),
            col(Evidence.name),
            col(Evidence.version),
        )
    ).all()


def list_accepted_evidence(
    session: Session, holder_id: int
) -> Sequence[tuple[Evidence, StoredFile | None, Milestone | None]]:
    """What was accepted for a list of deliverables, with its file and its occurrence, in the order handed in."""
    return session.exec(
        select(Evidence, StoredFile, Milestone)
        .join(Deliverable, col(Deliverable.id) == col(Evidence.deliverable_id))
        .outerjoin(StoredFile, col(StoredFile.sha256) == col(Evidence.sha256))
        .outerjoin(Milestone, col(Milestone.id) == col(Evidence.milestone_id))
        .where(Deliverable.task_id == holder_id, Evidence.state == EvidenceState.ACCEPTED)
        .order_by(col(Evidence.submitted_at), col(Evidence.id))
    ).all()


def find_stored_file(session: Session, sha256: str) -> StoredFile | None:
    """What the register knows of a file."""
    return session.get(StoredFile, sha256)


def list_stored_files(session: Session) -> Sequence[StoredFile]:
    """Every file that the register knows, by checksum."""
    return session.exec(select(StoredFile).order_by(col(StoredFile.sha256))).all()


def list_uses(
    session: Session, checksums: Collection[str]
) -> Sequence[tuple[Evidence, Deliverable, Task, Person]]:
    """Where files are used and who handed them in, by checksum and evidence."""
    return session.exec(
        select(Evidence, Deliverable, Task, Person)
        .join(Deliverable, col(Deliverable.id) == col(Evidence.deliverable_id))
        .join(Task, col(Task.id) == col(Deliverable.task_id))
        .join(Person, col(Person.id) == col(Evidence.submitted_by_id))
        .where(col(Evidence.sha256).in_(checksums))
        .order_by(col(Evidence.sha256), col(Evidence.id))
    ).all()
