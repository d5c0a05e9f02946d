"""The places of the console, and which of them each person is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.roles import Role

if TYPE_CHECKING:
    from web.visitors import Visitor


@dataclass(frozen=True)
class Entry:
    """One place. `is_main`: among the few that a phone shows in its bar."""

    href: str
    label: str
    icon: str
    is_main: bool = False
    is_current: bool = False


@dataclass(frozen=True)
class _Place:
    href: str
    label: str
    icon: str
    roles: frozenset[Role] = frozenset()  # empty: for everybody
    is_main: bool = False


_LOOKS_AT_ALL = frozenset({Role.COORDINATOR, Role.LEADER, Role.AUDITOR})
_PLACES = (
    _Place("/", "我的工作台", "inbox", is_main=True),
    _Place("/tasks", "任务列表", "list-check", is_main=True),
    _Place("/board", "看板", "kanban"),
    _Place("/month", "日历", "calendar3", is_main=True),
    _Place("/year", "甘特图", "bar-chart-steps"),
    _Place("/leader", "领导视图", "speedometer2", frozenset({Role.LEADER, Role.COORDINATOR, Role.AUDITOR})),
    _Place("/reports", "周报", "file-earmark-text", _LOOKS_AT_ALL),
    _Place("/notices", "通知", "bell", is_main=True),
    _Place("/imports", "导入", "upload", frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})),
    _Place("/admin", "管理", "gear", frozenset({Role.COORDINATOR, Role.ADMINISTRATOR, Role.AUDITOR})),
)


def entries_for(visitor: Visitor | None, path: str) -> list[Entry]:
    """The places that `visitor` is shown, in order, with the one that `path` is in marked."""
    if visitor is None or visitor.is_waiting:
        return []
    return [
        Entry(place.href, place.label, place.icon, place.is_main, _is_in(path, place.href))
        for place in _PLACES
        if not place.roles or place.roles & visitor.roles
    ]


def _is_in(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(f"{href}/"))
