"""Units after they were entered: renamed, moved in the tree, retired when nothing hangs on them any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from tracker.errors import NameTaken, TrackerError, ValueRefused
from tracker.identity import id_of
from tracker.models import Unit
from tracker.queries.people import find_unit, get_unit, list_unit_ids_below
from tracker.queries.units import (
    list_people_of_unit,
    list_unfinished_tasks_of_unit,
    list_units_under,
    lock_tree,
)
from tracker.services.acting import require_coordinator
from tracker.services.auditing import Actor, record
from tracker.services.changing import change_row
from tracker.services.naming import taking_name


class UnitStillNeeded(TrackerError):
    """Something hangs on the unit; `needed_by` says what, all of it."""

    def __init__(self, name: str, needed_by: Sequence[str]) -> None:
        self.name = name
        self.needed_by = tuple(needed_by)
        listed = "、".join(needed_by[:5]) + (f"等{len(needed_by)}项" if len(needed_by) > 5 else "")
        super().__init__(f"“{name}”还不能停用，请先调整：{listed}。")


def change_unit(
    session: Session, unit_id: int, *, name: str, parent_id: int | None, actor: Actor, at: datetime
) -> Unit:
    """Give a unit a name and a place in the tree. Nothing is recorded where neither is new.

    Raises UnitNotFound, NameTaken, ValueRefused (a place below itself, or below a retired unit) or ActRefused.
    The caller commits.
    """
    require_coordinator(session, actor, None, "修改单位")
    unit = _lock_unit(session, unit_id)
    name = name.strip()
    if not name:
        raise ValueRefused("单位名称不能为空，请填写。")
    same = find_unit(session, name)
    if same is not None and same.id != unit.id:
        raise NameTaken("单位", name)
    if parent_id != unit.parent_id:
        _require_place(session, unit, parent_id)
    _change(session, unit, "unit.change", {"name": name, "parent_id": parent_id}, actor, at)
    return unit


def deactivate_unit(session: Session, unit_id: int, *, actor: Actor, at: datetime) -> Unit:
    """Retire a unit: it stays where it is named, and is offered no more. Raises UnitStillNeeded, or ActRefused."""
    require_coordinator(session, actor, None, "停用单位")
    unit = _lock_unit(session, unit_id)
    if needed := list_what_needs(session, unit_id):
        raise UnitStillNeeded(unit.name, needed)
    _change(session, unit, "unit.deactivate", {"is_active": False}, actor, at)
    return unit


def reactivate_unit(session: Session, unit_id: int, *, actor: Actor, at: datetime) -> Unit:
    """Offer a retired unit again. Raises ValueRefused below a retired one."""
    require_coordinator(session, actor, None, "启用单位")
    unit = _lock_unit(session, unit_id)
    if unit.parent_id is not None:
        _require_active(get_unit(session, unit.parent_id))
    _change(session, unit, "unit.reactivate", {"is_active": True}, actor, at)
    return unit


def list_what_needs(session: Session, unit_id: int) -> list[str]:
    """What keeps a unit from being retired, each as people say it: units below, people in it, unfinished tasks."""
    return [
        *(f"下级单位“{unit.name}”" for unit in list_units_under(session, unit_id)),
        *(f"人员{person.name}" for person in list_people_of_unit(session, unit_id)),
        *(f"任务{task.id}" for task in list_unfinished_tasks_of_unit(session, unit_id)),
    ]


def _lock_unit(session: Session, unit_id: int) -> Unit:
    """The unit, held against others together with the tree: two moves at once must not make a circle."""
    get_unit(session, unit_id)
    lock_tree(session)
    return session.get_one(Unit, unit_id, populate_existing=True, with_for_update=True)


def _require_place(session: Session, unit: Unit, parent_id: int | None) -> None:
    if parent_id is None:
        return
    parent = get_unit(session, parent_id)
    if id_of(parent) in list_unit_ids_below(session, id_of(unit)):
        raise ValueRefused(
            f"“{unit.name}”不能放到“{parent.name}”下面：后者就是它本身或者它的下级单位，请另选上级单位。"
        )
    _require_active(parent)


def _require_active(parent: Unit) -> None:
    if not parent.is_active:
        raise ValueRefused(f"上级单位“{parent.name}”已经停用，请先启用或者另选上级单位。")


def _change(
    session: Session, unit: Unit, kind: str, values: dict[str, Any], actor: Actor, at: datetime
) -> None:
    with taking_name(session, "单位", values.get("name", unit.name)):
        changed = change_row(unit, values)
    if changed:
        record(
            session,
            kind=kind,
            actor=actor,
            at=at,
            subject="unit",
            subject_id=unit.id,
            data={"name": unit.name, "changed": changed},
        )
