"""The tree of units."""

from __future__ import annotations

from starlette.responses import Response

from tracker.queries.people import get_unit, list_unit_ids_below
from tracker.queries.units import list_people_of_unit, list_unit_tree
from tracker.services.people import create_unit
from tracker.services.units import change_unit, deactivate_unit, list_what_needs, reactivate_unit
from web.access import allow
from web.desk import ReadingDesk, WritingDesk
from web.opening import PageRouter
from web.pages.admin.asking import KEEPERS, list_unit_choices

router = PageRouter(prefix="/admin/units")
_NAME_LENGTH = 120


@router.get("", dependencies=[allow(*KEEPERS)])
def list_all(desk: ReadingDesk) -> Response:
    return desk.page(
        "admin/units.html",
        units=list_unit_tree(desk.session),
        choices=list_unit_choices(desk.session),
    )


@router.post("", dependencies=[allow(*KEEPERS)])
def create(desk: WritingDesk) -> Response:
    unit = create_unit(
        desk.session,
        name=desk.form.text("name", "名称", limit=_NAME_LENGTH),
        parent_id=desk.form.optional_whole("parent_id", "上级单位"),
        actor=desk.actor,
        at=desk.at,
    )
    return desk.done("/admin/units", f"已新增“{unit.name}”。")


@router.get("/{unit_id}", dependencies=[allow(*KEEPERS)])
def show_one(desk: ReadingDesk, unit_id: int) -> Response:
    unit = get_unit(desk.session, unit_id)
    below = list_unit_ids_below(desk.session, unit_id)
    return desk.page(
        "admin/unit.html",
        unit=unit,
        choices=list_unit_choices(desk.session, without=below),
        people=list_people_of_unit(desk.session, unit_id),
        needed_by=list_what_needs(desk.session, unit_id),
    )


@router.post("/{unit_id}", dependencies=[allow(*KEEPERS)])
def change(desk: WritingDesk, unit_id: int) -> Response:
    unit = change_unit(
        desk.session,
        unit_id,
        name=desk.form.text("name", "名称", limit=_NAME_LENGTH),
        parent_id=desk.form.optional_whole("parent_id", "上级单位"),
        actor=desk.actor,
        at=desk.at,
    )
    return desk.done("/admin/units", f"已保存“{unit.name}”。")


@router.post("/{unit_id}/deactivate", dependencies=[allow(*KEEPERS)])
def deactivate(desk: WritingDesk, unit_id: int) -> Response:
    unit = deactivate_unit(desk.session, unit_id, actor=desk.actor, at=desk.at)
    return desk.done("/admin/units", f"已停用“{unit.name}”，以后不再供选择。")


@router.post("/{unit_id}/reactivate", dependencies=[allow(*KEEPERS)])
def reactivate(desk: WritingDesk, unit_id: int) -> Response:
    unit = reactivate_unit(desk.session, unit_id, actor=desk.actor, at=desk.at)
    return desk.done("/admin/units", f"已启用“{unit.name}”。")
