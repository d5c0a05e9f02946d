"""The places that each is shown, and those that a phone's bar has room for."""

from __future__ import annotations

import pytest

from tests.styleguide import visitor
from web.navigation import entries_for
from workflows.roles import Role

ORDINARY = ["我的工作台", "任务列表", "日历", "通知"]


@pytest.mark.parametrize(
    ("roles", "bar"),
    [
        ((), ORDINARY),
        ((Role.OWNER,), ORDINARY),
        ((Role.EXPEDITER, Role.OWNER), ORDINARY),
        ((Role.LEADER,), ["我的工作台", "任务列表", "领导视图", "通知"]),
        ((Role.COORDINATOR, Role.ADMINISTRATOR), ["我的工作台", "任务列表", "领导视图", "通知"]),
        ((Role.AUDITOR,), ["我的工作台", "任务列表", "领导视图", "管理"]),
        ((Role.ADMINISTRATOR,), ["我的工作台", "通知", "导入", "管理"]),
        ((Role.ADMINISTRATOR, Role.OWNER), ORDINARY),
    ],
)
def test_a_phone_shows_in_its_bar_what_is_opened_every_morning(
    roles: tuple[Role, ...], bar: list[str]
) -> None:
    who = visitor()
    who.roles = frozenset(roles)

    places = entries_for(who, "/")

    assert [place.label for place in places if place.is_main] == bar
