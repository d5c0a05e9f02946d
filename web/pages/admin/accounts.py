"""Accounts: opened with a one-time code that is shown once, reset, locked, unlocked; their devices."""

from __future__ import annotations

from datetime import datetime

from starlette.responses import Response

from notifications.account_letters import post_factor_reset
from tracker.identity import id_of
from tracker.models import Account
from tracker.queries.account_overviews import (
    PER_PAGE,
    STATE_LABELS,
    AccountPage,
    AccountState,
    list_account_page,
    list_closed_until,
    state_of,
)
from tracker.queries.accounts import get_account, list_people_without_account
from tracker.queries.people import get_person
from tracker.services.account_invites import Invitation, invite_everybody
from tracker.services.accounts import (
    create_account,
    end_sessions_of,
    list_sessions,
    lock_account,
    reset_account,
    reset_factor,
    unlock_account,
)
from tracker.services.accounts.counting import name_key
from tracker.services.authority import require_administrator
from web.access import Who, allow, proven
from web.desk import Desk, ReadingDesk, WritingDesk, wall_clock
from web.device_names import device_name
from web.opening import PageRouter
from web.pages.admin.asking import address, query_of, read_person

router = PageRouter(prefix="/admin/accounts")
_PATH = "/admin/accounts"
_ALLOWED = allow(Who.ADMINISTRATOR)


@router.get("", dependencies=[_ALLOWED])
def list_all(desk: ReadingDesk) -> Response:
    asked = query_of(desk)
    text = asked.optional_text("q", "查找", limit=100) or ""
    state = AccountState(asked.raw("state")) if asked.raw("state") in set(AccountState) else None
    page = asked.optional_whole("page", "页码") or 1
    at, policy = wall_clock(), desk.house.sign_in
    found = list_account_page(
        desk.session,
        text=text,
        state=state,
        page=page,
        seen_after=at - policy.idle,
        opened_after=at - policy.longest,
    )
    said = {"q": text, "state": state}
    return desk.page(
        "admin/accounts.html",
        found=found,
        text=text,
        state=state,
        labels=STATE_LABELS,
        paused=_paused(desk, found),
        without=list_people_without_account(desk.session),
        first=(page - 1) * PER_PAGE + 1,
        previous=address(_PATH, **said, page=page - 1) if page > 1 else None,
        following=address(_PATH, **said, page=page + 1) if page < found.pages else None,
    )


@router.post("", dependencies=[_ALLOWED])
def invite(desk: WritingDesk) -> Response:
    person = read_person(desk, "person", "人员")
    account, code = create_account(
        desk.session,
        person_id=id_of(person),
        login_name=desk.form.optional_text("login_name", "登录名", limit=254),
        actor=desk.actor,
        at=wall_clock(),
    )
    return _show_codes(desk, [Invitation(person, account, code)])


@router.post("/everybody", dependencies=[_ALLOWED])
def invite_all(desk: WritingDesk) -> Response:
    invited = invite_everybody(desk.session, actor=desk.actor, at=wall_clock())
    if not invited:
        return desk.done(_PATH, "在册人员都已经有账号。")
    return _show_codes(desk, invited)


@router.get("/{account_id}", dependencies=[_ALLOWED])
def show_one(desk: ReadingDesk, account_id: int) -> Response:
    account = get_account(desk.session, account_id)
    at, key = wall_clock(), name_key(account.login_name)
    return desk.page(
        "admin/account.html",
        account=account,
        person=get_person(desk.session, account.person_id),
        state=state_of(account),
        labels=STATE_LABELS,
        paused=list_closed_until(desk.session, [key], at=at).get(key),
        devices=[
            (row, device_name(row.agent))
            for row in list_sessions(desk.session, account_id, at=at, policy=desk.house.sign_in)
        ],
        is_own=account_id == desk.visitor.account_id,
        invite_is_over=account.invite_expires_at is not None and account.invite_expires_at <= at,
    )


@router.post("/{account_id}/reset", dependencies=[_ALLOWED, proven()])
def reset(desk: WritingDesk, account_id: int) -> Response:
    code = reset_account(desk.session, account_id, actor=desk.actor, at=wall_clock())
    account = get_account(desk.session, account_id)
    return _show_codes(
        desk, [Invitation(get_person(desk.session, account.person_id), account, code)], is_reset=True
    )


@router.post("/{account_id}/second-factor", dependencies=[_ALLOWED, proven()])
def reset_second_factor(desk: WritingDesk, account_id: int) -> Response:
    """For whoever lost his phone and his recovery codes. He is told by mail."""
    account = reset_factor(desk.session, account_id, actor=desk.actor, at=wall_clock())
    post_factor_reset(
        desk.session, account, actor_name=desk.actor.name, at=desk.at, console_url=desk.house.console_url
    )
    has_address = get_person(desk.session, account.person_id).email is not None
    told = "已发信告知本人" if has_address else "本人没有登记邮箱，收不到信，请当面告知"
    return _back(desk, account, f"的动态口令已重置，下次登录只需密码；{told}。")


@router.post("/{account_id}/lock", dependencies=[_ALLOWED])
def lock(desk: WritingDesk, account_id: int) -> Response:
    account = lock_account(desk.session, account_id, actor=desk.actor, at=wall_clock())
    return _back(desk, account, "已锁定，登录的设备已经退出。")


@router.post("/{account_id}/unlock", dependencies=[_ALLOWED])
def unlock(desk: WritingDesk, account_id: int) -> Response:
    return _back(
        desk,
        unlock_account(desk.session, account_id, actor=desk.actor, at=wall_clock()),
        "已解锁，可以登录。",
    )


@router.post("/{account_id}/devices/end", dependencies=[_ALLOWED])
def end_devices(desk: WritingDesk, account_id: int) -> Response:
    require_administrator(desk.session, desk.actor, "退出他人的设备")
    account = get_account(desk.session, account_id)
    own = desk.visitor.session_id if account_id == desk.visitor.account_id else None
    ended = end_sessions_of(desk.session, account_id, at=wall_clock(), except_id=own)
    return _back(desk, account, f"已退出{ended}台设备。")


def _back(desk: Desk, account: Account, message: str) -> Response:
    return desk.done(f"{_PATH}/{account.id}", f"{account.login_name}{message}")


def _show_codes(desk: Desk, invited: list[Invitation], *, is_reset: bool = False) -> Response:
    """The codes, this once: nobody can look them up again. Loading the page anew leads back to the list."""
    answer = desk.page(
        "admin/codes.html", invited=invited, is_reset=is_reset, console_url=desk.house.console_url
    )
    answer.headers["HX-Push-Url"] = _PATH
    return answer


def _paused(desk: Desk, found: AccountPage) -> dict[int, datetime]:
    """Which of the accounts are not listened to for a while after too many failures, and until when."""
    keys = {name_key(row.account.login_name): id_of(row.account) for row in found.rows}
    closed = list_closed_until(desk.session, keys, at=wall_clock())
    return {keys[key]: until for key, until in closed.items()}
