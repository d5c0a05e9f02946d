"""Filters that a person keeps under a name (我的视图). His own affair: nothing of the register changes, nothing is recorded."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from tracker.errors import ValueRefused, ViewNotFound
from tracker.models import SavedView
from tracker.queries.views import count_views, find_view, find_view_named

MOST_VIEWS = 30
LONGEST_NAME = 40
LONGEST_QUERY = 2000


def save_view(session: Session, person_id: int, *, name: str, query: str, at: datetime) -> SavedView:
    """Keep a filter under a name; one that bears it already is replaced. Raises ValueRefused. The caller commits."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise ValueRefused(f"请给视图起一个名称，最多{LONGEST_NAME}个字。")
    if len(query) > LONGEST_QUERY:
        raise ValueRefused("筛选条件太多，不能保存为视图，请减少后再保存。")
    view = find_view_named(session, person_id, name)
    if view is None:
        if count_views(session, person_id) >= MOST_VIEWS:
            raise ValueRefused(f"最多保存{MOST_VIEWS}个视图，请先删除不用的。")
        view = SavedView(person_id=person_id, name=name, query=query, saved_at=at)
    view.query, view.saved_at = query, at
    session.add(view)
    session.flush()
    return view


def delete_view(session: Session, person_id: int, view_id: int) -> None:
    """Forget one of his views. Raises ViewNotFound, for somebody else's as well. The caller commits."""
    view = find_view(session, person_id, view_id)
    if view is None:
        raise ViewNotFound(view_id)
    session.delete(view)
