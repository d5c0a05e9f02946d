"""管理 and whom each of its rooms admits."""

from __future__ import annotations

import re

import pytest

from tests.console import Console
from tests.factories import create_campaign, create_person, create_task
from tracker.identity import id_of
from tracker.models import CampaignRole
from workflows.roles import Role

ADMINISTRATOR, AUDITOR, COORDINATOR, OWNER = "测试管", "测试审", "测试丁", "测试甲"


@pytest.fixture(autouse=True)
def office(console: Console) -> None:
    create_task(console.session)
    auditor = create_person(console.session, AUDITOR)
    create_person(console.session, ADMINISTRATOR, is_administrator=True)
    campaign = create_campaign(console.session)
    console.session.add(
        CampaignRole(campaign_id=id_of(campaign), person_id=id_of(auditor), role=Role.AUDITOR)
    )
    console.session.commit()


def rooms(console: Console, who: str) -> list[str]:
    return re.findall(r'<a class="room" href="([^"]+)"', console.as_(who).get("/admin").text)


class TestShowOverview:
    def test_shows_each_the_rooms_that_admit_him(self, console: Console) -> None:
        assert rooms(console, AUDITOR) == [
            "/admin/campaigns",
            "/admin/calendar",
            "/admin/policy",
            "/admin/audit",
            "/admin/access",
        ]
        assert "/admin/audit" not in rooms(console, ADMINISTRATOR)
        assert "/admin/accounts" not in rooms(console, COORDINATOR)
        assert console.as_(OWNER).get("/admin").status_code == 403

    @pytest.mark.parametrize("who", [ADMINISTRATOR, AUDITOR, COORDINATOR])
    def test_every_room_that_is_shown_opens(self, console: Console, who: str) -> None:
        browser = console.as_(who)
        for href in rooms(console, who):
            assert browser.get(href).status_code == 200, href

    def test_administration_and_audit_are_apart(self, console: Console) -> None:
        administrator, auditor = console.as_(ADMINISTRATOR), console.as_(AUDITOR)
        for href in ("/admin/audit", "/admin/access", "/admin/audit/verification"):
            assert administrator.get(href).status_code == 403
        for href in ("/admin/accounts", "/admin/people", "/admin/units", "/admin/system", "/admin/tokens"):
            assert auditor.get(href).status_code == 403
