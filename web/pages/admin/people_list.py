"""Entering many people at once: pasted or uploaded, shown with what would become of each line, then entered whole."""

from __future__ import annotations

from starlette.responses import Response

from tracker.services.people_lists import Effect, enter_people, plan_people, read_people_list
from web.access import allow
from web.desk import Desk, ReadingDesk, WritingDesk
from web.opening import PageRouter
from web.pages.admin.asking import KEEPERS, read_pasted
from web.uploads import receive_upload

router = PageRouter(prefix="/admin/people")
FILE_LIMIT = 1 << 20  # bytes
TEXT_LIMIT = 400_000


@router.get("/list", dependencies=[allow(*KEEPERS)])
def show_list(desk: ReadingDesk) -> Response:
    return desk.page("admin/people_list.html", text="", plan=None, effects=Effect)


@router.post("/list/check", dependencies=[allow(*KEEPERS), receive_upload(lambda _house: FILE_LIMIT)])
def check(desk: WritingDesk) -> Response:
    """What would become of each line. Nothing is written."""
    text = _read_text(desk)
    plan = plan_people(desk.session, read_people_list(text))
    answer = desk.page("admin/people_list.html", text=text, plan=plan, effects=Effect)
    answer.headers["HX-Push-Url"] = "/admin/people/list"
    return answer


@router.post("/list", dependencies=[allow(*KEEPERS)])
def enter(desk: WritingDesk) -> Response:
    plan = enter_people(
        desk.session,
        read_people_list(_read_text(desk)),
        may_create_units=desk.form.is_ticked("new_units"),
        actor=desk.actor,
        at=desk.at,
    )
    return desk.done(
        "/admin/people",
        f"新增{plan.count(Effect.CREATE)}人，补充{plan.count(Effect.CHANGE)}人，"
        f"{plan.count(Effect.NOTHING)}人没有变化。",
    )


def _read_text(desk: Desk) -> str:
    return read_pasted(desk, "名单", limit=TEXT_LIMIT, file_limit=FILE_LIMIT)
