"""The state of the system, and a message to try the channel."""

from __future__ import annotations

from starlette.responses import Response

from notifications.models import LetterState
from notifications.outbox import count_letters, list_given_up, retry_given_up
from tracker.queries.people import get_person
from tracker.services.authority import require_administrator
from web.access import Who, allow
from web.desk import Desk, ReadingDesk, WritingDesk
from web.forms import InputRefused
from web.installation import Installation
from web.opening import PageRouter
from web.pages.admin.asking import query_of

router = PageRouter(prefix="/admin")
_ALLOWED = allow(Who.ADMINISTRATOR)
LETTER_LABELS = {
    LetterState.PENDING: "等待发送",
    LetterState.SENT: "已发出",
    LetterState.GIVEN_UP: "放弃投递",
}
MOST_SHOWN = 20


@router.get("/system", dependencies=[_ALLOWED])
def show_system(desk: ReadingDesk) -> Response:
    """Quick checks first; `full` also walks the trail and knocks at the mail server."""
    installation, is_full = desk.house.installation, query_of(desk).is_ticked("full")
    checks = (installation.examine if is_full else installation.glance)(desk.at) if installation else []
    return desk.page(
        "admin/system.html",
        checks=checks,
        is_full=is_full,
        facts=installation.facts() if installation else [],
        letters=[(LETTER_LABELS[state], count) for state, count in count_letters(desk.session).items()],
        given_up=list_given_up(desk.session, most=MOST_SHOWN),
    )


@router.post("/system/letters/retry", dependencies=[_ALLOWED])
def retry_letters(desk: WritingDesk) -> Response:
    require_administrator(desk.session, desk.actor, "重新投递")
    count = retry_given_up(desk.session, at=desk.at)
    return desk.done("/admin/system", f"{count}封信将再次投递。")


@router.get("/mail", dependencies=[_ALLOWED])
def show_mail(desk: ReadingDesk) -> Response:
    return desk.page(
        "admin/mail.html",
        installation=desk.house.installation,
        person=get_person(desk.session, desk.visitor.person_id),
        outcome=None,
    )


@router.post("/mail", dependencies=[_ALLOWED])
def send_test(desk: WritingDesk) -> Response:
    """Send one message to the visitor's own address, and to nobody else's."""
    person, installation = get_person(desk.session, desk.visitor.person_id), _installation(desk)
    if installation.needs_address and not person.email:
        raise InputRefused("email", "您还没有登记邮箱，请先在“我的设置”中填写。")
    name, address = person.name, person.email
    desk.session.rollback()  # a mail server that does not answer must not keep others from writing
    problem = installation.send_test(name, address, desk.at)
    if problem is not None:
        raise InputRefused("email", f"测试消息没有发出：{problem}。请检查发信设置后重试。")
    where = f"到 {address}" if address else ""
    return desk.done("/admin/mail", f"测试消息已经发出{where}，请查收。")


def _installation(desk: Desk) -> Installation:
    if desk.house.installation is None:
        raise InputRefused("email", "这里没有配置发信渠道。")
    return desk.house.installation
