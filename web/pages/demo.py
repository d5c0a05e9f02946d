"""The doors that only the demo office has: becoming another of its people, and moving its clock on."""

from __future__ import annotations

from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.responses import Response

from tracker.services.accounts import CodeDue, SignedIn, sign_in
from web.access import Who, allow
from web.desk import Desk, ReadingDesk, WritingDesk, wall_clock
from web.house import Demo
from web.opening import PageRouter
from web.pages.signing_in import address_of, end_session_of, set_session_cookie

router = PageRouter()
STEPS = {"1": "一天", "7": "一周", "30": "三十天"}


@router.post("/demo/become", dependencies=[allow(Who.ANYONE)])
def become(desk: WritingDesk) -> Response:
    """Sign in as another of the demo's people, with the password that they all share."""
    demo = _demo_of(desk)
    wanted = desk.form.whole("person_id", "人员")
    person = next((each for each in demo.list_people() if each.person_id == wanted), None)
    if person is None:
        raise HTTPException(404)
    outcome = sign_in(
        desk.session,
        login_name=person.login_name,
        password=demo.password,
        address=address_of(desk),
        agent=desk.request.headers.get("user-agent", ""),
        at=wall_clock(),
        policy=desk.house.sign_in,
    )
    if isinstance(outcome, CodeDue):  # the demo offers no second factor
        raise HTTPException(404)
    if not isinstance(outcome, SignedIn):
        return desk.done("/login", outcome.sentence)
    end_session_of(desk)
    answer = desk.done("/", f"现在您是{person.name}（{person.roles or '没有任务'}）。")
    set_session_cookie(desk, answer, outcome.token)
    return answer


@router.post("/demo/clock", dependencies=[allow(Who.SIGNED_IN)])
def move_clock(desk: ReadingDesk) -> Response:
    """Let days go by: each has its round of reminders, which opens transactions of its own."""
    demo = _demo_of(desk)
    days = desk.form.choice("days", "推进", STEPS)
    desk.session.rollback()  # the rounds write, and this desk's transaction would keep them waiting
    demo.move_clock(desk.at + timedelta(days=int(days)))
    return desk.back("/", f"演示时钟推进了{STEPS[days]}，其间的提醒已生成。")


def _demo_of(desk: Desk) -> Demo:
    if desk.house.demo is None:
        raise HTTPException(404)
    return desk.house.demo
