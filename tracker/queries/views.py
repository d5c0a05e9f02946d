"""The filters that a person keeps under a name."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from tracker.models import SavedView


def list_views(session: Session, person_id: int) -> Sequence[SavedView]:
    """A person's views, in the order in which he made them."""
    return session.exec(
        select(SavedView).where(SavedView.person_id == person_id).order_by(col(SavedView.id))
    ).all()


def find_view(session: Session, person_id: int, view_id: int) -> SavedView | None:
    """One of this person's views; nobody else's."""
    statement = select(SavedView).where(SavedView.id == view_id, SavedView.person_id == person_id)
    return session.exec(statement).one_or_none()


def find_view_named(session: Session, person_id: int, name: str) -> SavedView | None:
    statement = select(SavedView).where(SavedView.person_id == person_id, SavedView.name == name)
    return session.exec(statement).one_or_none()


def count_views(session: Session, person_id: int) -> int:
    statement = select(func.count()).select_from(SavedView).where(SavedView.person_id == person_id)
    return session.exec(statement).one()
