"""The places of the console, and which of them each person is shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.roles import Role

if TYPE_CHECKING:
    from web.visitors import Visitor


@dataclass(frozen=True)
class Entry:
    """One place. `is_main`: among the four that a phone shows in its bar, which are opened every morning."""

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


_LOOKS_AT_ALL = frozenset({Role.COORDINATOR, Role.LEADER, Role.AUDITOR})
_ACTS = frozenset({Role.OWNER, Role.EXPEDITER})
_PLACES = (
    _Place("/", "我的工作台", "inbox"),
    _Place("/tasks", "任务列表", "list-check"),
    _Place("/board", "看板", "kanban"),
    _Place("/month", "日历", "calendar3"),
    _Place("/year", "甘特图", "bar-chart-steps"),
    _Place("/leader", "领导视图", "speedometer2", _LOOKS_AT_ALL),
    _Place("/reports", "周报", "file-earmark-text", _LOOKS_AT_ALL),
    _Place("/notices", "通知", "bell"),
    _Place("/imports", "导入", "upload", frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})),
    _Place("/admin", "管理", "gear", frozenset({Role.COORDINATOR, Role.ADMINISTRATOR, Role.AUDITOR})),
)


def entries_for(visitor: Visitor | None, path: str) -> list[Entry]:
    """The places that `visitor` is shown, in order, with the one that `path` is in marked."""
    if visitor is None or visitor.is_waiting:
        return []
    main = _main_of(visitor.roles)
    return [
        Entry(place.href, place.label, place.icon, place.href in main, _is_in(path, place.href))
        for place in _PLACES
        if not place.roles or place.roles & visitor.roles
    ]


def _main_of(roles: Collection[Role]) -> frozenset[str]:
    """What somebody opens every morning, by the first of his parts: as many as a bar has room for."""
    if Role.LEADER in roles or Role.COORDINATOR in roles:
        return frozenset({"/", "/tasks", "/leader", "/notices"})
    if _ACTS.isdisjoint(roles) and Role.AUDITOR in roles:
        return frozenset({"/", "/tasks", "/leader", "/admin"})
    if _ACTS.isdisjoint(roles) and Role.ADMINISTRATOR in roles:
        return frozenset({"/", "/notices", "/imports", "/admin"})
    return frozenset({"/", "/tasks", "/month", "/notices"})


def _is_in(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(f"{href}/"))
