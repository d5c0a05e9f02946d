"""The names that the office knows already, for whoever reads a table."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlmodel import Session, col, func, select

from tracker.importers.spellings import Directory
from tracker.models import (
    AuditEvent,
    Deliverable,
    Evidence,
    ImportFinding,
    Milestone,
    Person,
    PersonAlias,
    ResponsibilityTable,
    Task,
    TaskUnit,
    Unit,
)


def load_directory(session: Session) -> Directory:
    """Active people with every confirmed spelling of their names, and active units."""
    people = session.exec(select(Person.name).where(col(Person.is_active))).all()
    spellings = session.exec(
        select(PersonAlias.name)
        .join(Person, col(Person.id) == col(PersonAlias.person_id))
        .where(col(Person.is_active))
    ).all()
    units = session.exec(select(Unit.name).where(col(Unit.is_active))).all()
    return Directory.of([*people, *spellings], units)


def list_everybody(session: Session) -> Sequence[Person]:
    """All people, inactive ones included, by id."""
    return session.exec(select(Person).order_by(col(Person.id))).all()


def list_aliases(session: Session) -> Sequence[PersonAlias]:
    """All confirmed spellings, by id."""
    return session.exec(select(PersonAlias).order_by(col(PersonAlias.id))).all()


def find_table(session: Session, campaign_id: int, title: str) -> ResponsibilityTable | None:
    """The table of a title in a campaign."""
    return session.exec(
        select(ResponsibilityTable).where(
            ResponsibilityTable.campaign_id == campaign_id, ResponsibilityTable.title == title
        )
    ).first()


def find_newest_table(session: Session, title: str) -> ResponsibilityTable | None:
    """The table of a title in whatever campaign it was imported into last."""
    return session.exec(
        select(ResponsibilityTable)
        .where(ResponsibilityTable.title == title)
        .order_by(col(ResponsibilityTable.id).desc())
        .limit(1)
    ).first()


def list_tables(session: Session, campaign_id: int) -> Sequence[ResponsibilityTable]:
    """The tables of a campaign, by id."""
    return session.exec(
        select(ResponsibilityTable)
        .where(ResponsibilityTable.campaign_id == campaign_id)
        .order_by(col(ResponsibilityTable.id))
    ).all()


def list_table_titles(session: Session, table_ids: Collection[int]) -> Sequence[str]:
    """The titles of some tables, by id."""
    return session.exec(
        select(ResponsibilityTable.title)
        .where(col(ResponsibilityTable.id).in_(table_ids))
        .order_by(col(ResponsibilityTable.id))
    ).all()


def list_tasks_of_table(session: Session, table_id: int) -> Sequence[Task]:
    """The tasks that came from the rows of a table, by position."""
    return session.exec(
        select(Task).where(Task.table_id == table_id).order_by(col(Task.position), col(Task.id))
    ).all()


def list_findings_of(session: Session, table_id: int, task_id: int | None) -> Sequence[ImportFinding]:
    """The findings on one task of a table, or for None those on the table as a whole, as they were found."""
    return session.exec(
        select(ImportFinding)
        .where(ImportFinding.table_id == table_id, col(ImportFinding.task_id).is_not_distinct_from(task_id))
        .order_by(col(ImportFinding.id))
    ).all()


def list_findings_of_kind(session: Session, table_id: int, code: str) -> Sequence[ImportFinding]:
    """The findings of one kind in a table, settled or not, as they were found."""
    return session.exec(
        select(ImportFinding)
        .where(ImportFinding.table_id == table_id, ImportFinding.code == code)
        .order_by(col(ImportFinding.id))
    ).all()


def find_newest_finding_id(session: Session) -> int:
    """The number of the finding entered last; 0 where there is none."""
    return session.exec(select(func.max(ImportFinding.id))).one() or 0


def list_findings_after(
    session: Session, table_ids: Collection[int], finding_id: int
) -> Sequence[ImportFinding]:
    """The findings of some tables that were entered after another one: by table, those on tasks first, as found."""
    return session.exec(
        select(ImportFinding)
        .where(col(ImportFinding.table_id).in_(table_ids), col(ImportFinding.id) > finding_id)
        .order_by(col(ImportFinding.table_id), col(ImportFinding.id))
    ).all()


def list_task_units(session: Session, task_id: int) -> Sequence[TaskUnit]:
    """The units that assist on a task, in their order."""
    return session.exec(
        select(TaskUnit).where(TaskUnit.task_id == task_id).order_by(col(TaskUnit.position), col(TaskUnit.id))
    ).all()


def list_deliverables_with_evidence(session: Session, deliverable_ids: Collection[int]) -> set[int]:
    """Those of the deliverables for which anything was ever handed in."""
    return set(
        session.exec(
            select(Evidence.deliverable_id)
            .where(col(Evidence.deliverable_id).in_(deliverable_ids))
            .distinct()
        ).all()
    )


def was_issued(session: Session, task_ids: Collection[int]) -> bool:
    """Whether any of the tasks was ever issued, also where it was declined since."""
    return (
        session.exec(
            select(func.count())
            .select_from(AuditEvent)
            .where(col(AuditEvent.task_id).in_(task_ids), AuditEvent.kind == "task.issue")
        ).one()
        > 0
    )


def list_own_deliverables(session: Session, task_id: int) -> Sequence[Deliverable]:
    """The deliverables that the task holds itself, by number."""
    return session.exec(
        select(Deliverable).where(Deliverable.task_id == task_id).order_by(col(Deliverable.number))
    ).all()


def list_own_milestones(session: Session, task_id: int) -> Sequence[Milestone]:
    """The milestones that the task holds itself, occurrences included, by number, part and day."""
    return session.exec(
        select(Milestone)
        .where(Milestone.task_id == task_id)
        .order_by(col(Milestone.number), col(Milestone.part), col(Milestone.occurs_on), col(Milestone.id))
    ).all()
