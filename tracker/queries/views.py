"""The filters that a person keeps under a name."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam
from sqlalchemy import select as columns
from sqlmodel import Session, col, func, select

from tracker.identity import is_possible_id
from tracker.models import SavedView
from tracker.prepared import Prepared


class View(NamedTuple):
    """What a list shows of a view."""

    id: int
    name: str
    query: str


_VIEWS = Prepared(
    columns(col(SavedView.id), col(SavedView.name), col(SavedView.query))
    .where(col(SavedView.person_id) == bindparam("person_id"))
    .order_by(col(SavedView.id))
)


def list_views(session: Session, person_id: int) -> list[View]:
    """A person's views, in the order in which he made them."""
    session.flush()
    return [View._make(row) for row in _VIEWS.rows(session, {"person_id": person_id})]


def find_view(session: Session, person_id: int, view_id: int) -> SavedView | None:
    """One of this person's views; nobody else's."""
    if not is_possible_id(view_id):
        return None
    statement = select(SavedView).where(SavedView.id == view_id, SavedView.person_id == person_id)
    return session.exec(statement).one_or_none()


def find_view_named(session: Session, person_id: int, name: str) -> SavedView | None:
    statement = select(SavedView).where(SavedView.person_id == person_id, SavedView.name == name)
    return session.exec(statement).one_or_none()


def count_views(session: Session, person_id: int) -> int:
    statement = select(func.count()).select_from(SavedView).where(SavedView.person_id == person_id)
    return session.exec(statement).one()
