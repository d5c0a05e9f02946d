"""People: found, entered, changed, confirmed to be one, handed over, retired."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from tracker.identity import id_of
from tracker.models import Person
from tracker.queries.handing_over import HandOver, preview_hand_over
from tracker.queries.people import get_person, resolve_person
from tracker.queries.sight import list_visible_ids
from tracker.queries.staff import (
    PER_PAGE,
    StaffFilter,
    describe_staff,
    list_doubtful_spellings,
    list_other_spellings,
    list_staff,
)
from tracker.services.findings import merge_spellings
from tracker.services.people import (
    add_alias,
    change_person,
    create_person,
    deactivate_person,
    hand_over,
    reactivate_person,
)
from web.access import Proof, allow, proven
from web.desk import Desk, ReadingDesk, WritingDesk
from web.opening import PageRouter
from web.pages.admin.asking import (
    KEEPERS,
    address,
    is_administrator,
    list_person_choices,
    list_unit_choices,
    query_of,
    read_person,
)
from workflows.roles import ROLE_LABELS

router = PageRouter(prefix="/admin/people")
_PATH = "/admin/people"
_LACKS = {"address": "没有邮箱", "account": "没有账号"}


@router.get("", dependencies=[allow(*KEEPERS)])
def list_all(desk: ReadingDesk) -> Response:
    asked = query_of(desk)
    lacks = asked.raw("lacks")
    wanted = StaffFilter(
        text=asked.optional_text("q", "查找", limit=100) or "",
        unit_id=asked.optional_whole("unit", "单位"),
        include_inactive=asked.is_ticked("all"),
        only_without_address=lacks == "address",
        only_without_account=lacks == "account",
    )
    page = asked.optional_whole("page", "页码") or 1
    found = list_staff(desk.session, wanted, page=page)
    said: dict[str, Any] = {
        "q": wanted.text,
        "unit": wanted.unit_id,
        "all": "1" if wanted.include_inactive else "",
        "lacks": lacks if lacks in _LACKS else "",
    }
    return desk.page(
        "admin/people.html",
        found=found,
        wanted=wanted,
        said=said,
        lacks=list(_LACKS.items()),
        first=(page - 1) * PER_PAGE + 1,
        previous=address(_PATH, **said, page=page - 1) if page > 1 else None,
        following=address(_PATH, **said, page=page + 1) if page < found.pages else None,
        units=list_unit_choices(desk.session),
        doubtful=list_doubtful_spellings(desk.session),
    )


@router.get("/new", dependencies=[allow(*KEEPERS)])
def show_new(desk: ReadingDesk) -> Response:
    return desk.page(
        "admin/person_new.html",
        units=list_unit_choices(desk.session),
        may_make_administrators=is_administrator(desk),
    )


@router.post("", dependencies=[allow(*KEEPERS), proven(Proof.SOMETIMES)])
def create(desk: WritingDesk) -> Response:
    """Asks for proof where the new person is to be an administrator."""
    becomes_administrator = desk.form.is_ticked("is_administrator")
    if becomes_administrator and is_administrator(desk):
        desk.demand_proof()
    person = create_person(
        desk.session,
        **_read_values(desk),
        is_administrator=becomes_administrator,
        actor=desk.actor,
        at=desk.at,
    )
    return desk.done(f"{_PATH}/{person.id}", f"已新增{person.name}。")


@router.get("/{person_id}", dependencies=[allow(*KEEPERS)])
def show_one(desk: ReadingDesk, person_id: int) -> Response:
    person = get_person(desk.session, person_id)
    [row] = describe_staff(desk.session, [person])
    return desk.page(
        "admin/person.html",
        person=person,
        row=row,
        parts=[(ROLE_LABELS[role], count) for role, count in sorted(row.parts.items())],
        units=list_unit_choices(desk.session),
        spellings=list_other_spellings(desk.session, person) if person.is_active else [],
        may_make_administrators=is_administrator(desk),
    )


@router.post("/{person_id}", dependencies=[allow(*KEEPERS), proven(Proof.SOMETIMES)])
def change(desk: WritingDesk, person_id: int) -> Response:
    """Asks for proof where letters would go elsewhere, or who administers would change."""
    values = _read_values(desk)
    if is_administrator(desk):
        values["is_administrator"] = desk.form.is_ticked("is_administrator")
    if _is_grave(get_person(desk.session, person_id), values):
        desk.demand_proof()
    person = change_person(desk.session, person_id, actor=desk.actor, at=desk.at, **values)
    return desk.done(f"{_PATH}/{person_id}", f"已保存{person.name}的信息。")


@router.post("/{person_id}/aliases", dependencies=[allow(*KEEPERS)])
def confirm_spelling(desk: WritingDesk, person_id: int) -> Response:
    name = desk.form.text("name", "另一种写法", limit=60)
    add_alias(desk.session, person_id, name=name, actor=desk.actor, at=desk.at)
    return desk.done(f"{_PATH}/{person_id}", f"以后“{name}”也指本人。")


@router.post("/{person_id}/merge", dependencies=[allow(*KEEPERS)])
def merge(desk: WritingDesk, person_id: int) -> Response:
    """Confirm that another entry is this person under another spelling: that one ends in this one."""
    other_id = desk.form.whole("other_id", "并入的人员")
    person = merge_spellings(
        desk.session, from_person_id=other_id, to_person_id=person_id, actor=desk.actor, at=desk.at
    )
    return desk.done(f"{_PATH}/{person_id}", f"已经并入{person.name}，两种写法以后都指{person.name}。")


@router.post("/{person_id}/deactivate", dependencies=[allow(*KEEPERS)])
def deactivate(desk: WritingDesk, person_id: int) -> Response:
    person = get_person(desk.session, person_id)
    if not preview_hand_over(desk.session, person_id).is_empty:
        return desk.done(f"{_PATH}/{person_id}/handover", f"{person.name}还有工作没有移交，请先移交再停用。")
    deactivate_person(desk.session, person_id, actor=desk.actor, at=desk.at)
    return desk.done(f"{_PATH}/{person_id}", f"已停用{person.name}，以后不再通知，也不能登录。")


@router.post("/{person_id}/reactivate", dependencies=[allow(*KEEPERS)])
def reactivate(desk: WritingDesk, person_id: int) -> Response:
    person = reactivate_person(desk.session, person_id, actor=desk.actor, at=desk.at)
    return desk.done(f"{_PATH}/{person_id}", f"已启用{person.name}，原来的工作仍由接手人办理。")


@router.get("/{person_id}/handover", dependencies=[allow(*KEEPERS)])
def show_handover(desk: ReadingDesk, person_id: int) -> Response:
    """Everything that would move; with `to`, what follows for whoever takes it over."""
    person = get_person(desk.session, person_id)
    typed = query_of(desk).optional_text("to", "接手人", limit=254)
    taker = resolve_person(desk.session, typed) if typed else None
    preview = preview_hand_over(desk.session, person_id, id_of(taker) if taker else None)
    choices = list_person_choices(desk.session)
    return desk.page(
        "admin/handover.html",
        person=person,
        taker=taker,
        preview=preview,
        seen=_seen_tasks(desk, preview),
        people=None if choices is None else [each for each in choices if each[0] != person_id],
    )


@router.post("/{person_id}/handover", dependencies=[allow(*KEEPERS)])
def hand_work_over(desk: WritingDesk, person_id: int) -> Response:
    giver, taker = get_person(desk.session, person_id), read_person(desk, "to", "接手人")
    tasks = hand_over(
        desk.session, from_person_id=person_id, to_person_id=id_of(taker), actor=desk.actor, at=desk.at
    )
    if desk.form.is_ticked("deactivate"):
        deactivate_person(desk.session, person_id, actor=desk.actor, at=desk.at)
    return desk.done(f"{_PATH}/{person_id}", f"已把{giver.name}的{len(tasks)}项任务移交给{taker.name}。")


def _seen_tasks(desk: Desk, preview: HandOver) -> set[int]:
    """The tasks whose titles the visitor may read: to administer opens no task."""
    ids = [part.task_id for part in preview.parts]
    return set(list_visible_ids(desk.session, desk.visitor.sight, ids))


def _is_grave(person: Person, values: dict[str, Any]) -> bool:
    """Whether an address that letters go to is replaced or removed, or who administers changes."""
    is_moved = person.email is not None and person.email != values["email"]
    is_appointed = "is_administrator" in values and person.is_administrator != values["is_administrator"]
    return bool(is_moved or is_appointed)


def _read_values(desk: Desk) -> dict[str, Any]:
    form = desk.form
    return {
        "name": form.text("name", "姓名", limit=60),
        "unit_id": form.optional_whole("unit_id", "单位"),
        "title": form.optional_text("title", "职务", limit=60),
        "email": form.optional_text("email", "邮箱", limit=254),
    }
