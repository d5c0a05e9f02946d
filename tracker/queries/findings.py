"""What imports found, settled or not."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, case, col, select

from tracker.models import ImportFinding, ResponsibilityTable, Severity

_WORST_FIRST = case(
    {Severity.ERROR.value: 0, Severity.WARNING.value: 1}, value=col(ImportFinding.severity), else_=2
)


def list_findings(
    session: Session,
    *,
    task_id: int | None = None,
    campaign_id: int | None = None,
    only_open: bool = False,
) -> Sequence[ImportFinding]:
    """Findings of a task, of a campaign or of all, the worst first, then in the order they were found."""
    statement = select(ImportFinding).order_by(_WORST_FIRST, col(ImportFinding.id))
    if task_id is not None:
        statement = statement.where(ImportFinding.task_id == task_id)
    if campaign_id is not None:
        statement = statement.join(
            ResponsibilityTable, col(ResponsibilityTable.id) == col(ImportFinding.table_id)
        ).where(ResponsibilityTable.campaign_id == campaign_id)
    if only_open:
        statement = statement.where(col(ImportFinding.settled_at).is_(None))
    return session.exec(statement).all()
