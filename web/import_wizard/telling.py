"""What is said of those who are told when tasks are issued: who gets no letter, from when on, and who cannot sign in."""

from __future__ import annotations

from collections.abc import Collection

from tracker.calendar import WorkCalendar
from tracker.clock import OFFICE_ZONE
from tracker.queries.accounts import list_administrators
from tracker.queries.import_sessions import count_named
from web.desk import Desk
from workflows.roles import Role

MOST_NAMED = 3


def telling_words(desk: Desk, task_ids: Collection[int], calendar: WorkCalendar) -> str:
    """Whether the owners and expediters of the tasks will have mail: how many have no address, and when it goes out."""
    named, unreachable, _ = count_named(desk.session, task_ids)
    if named == unreachable:
        return "责任人、盯办人都没有邮箱，收不到邮件，请到“管理—人员”中补填。" if named else ""
    said = f"责任人、盯办人会收到邮件{_moment_words(desk, calendar)}"
    if unreachable:
        said += f"；其中{unreachable}人没有邮箱，收不到，请到“管理—人员”中补填"
    return f"{said}。{'演示环境不会真的发出。' if desk.house.demo else ''}"


def account_words(desk: Desk, task_ids: Collection[int]) -> str:
    """How many of the owners and expediters cannot sign in, and who opens accounts; empty where everybody can."""
    count = count_named(desk.session, task_ids).without_account
    if not count:
        return ""
    said = f"责任人、盯办人中{count}人没有账号，不能登录签收、办理"
    if desk.visitor.is_a(Role.ADMINISTRATOR):
        return f"{said}。"
    names = "、".join(each.name for each in list_administrators(desk.session)[:MOST_NAMED])
    return f"{said}，请管理员{f'（{names}）' if names else ''}开通。"


def _moment_words(desk: Desk, calendar: WorkCalendar) -> str:
    hours = desk.house.office_hours
    if hours.is_open(desk.at, calendar):
        return ""
    day = hours.telling_day(desk.at, calendar)
    year = f"{day.year}年" if day.year != desk.at.astimezone(OFFICE_ZONE).year else ""
    return f"（现在不是工作时间，{year}{day.month}月{day.day}日{hours.opens:%-H:%M}起发出）"
