"""我的设置: one's own address, theme, devices, calendar feed and tokens; never another's."""

from __future__ import annotations

import re

from sqlmodel import col, select

from tests.console import Console
from tests.factories import create_person
from tracker.models import Account, ApiToken, AuditEvent, LoginSession
from tracker.services.accounts import find_token
from web.desk import wall_clock
from web.device_names import device_name


class TestAddress:
    def test_is_changed_and_recorded(self, console: Console) -> None:
        person = create_person(console.session, "测试甲")
        client = console.as_(person)

        answer = client.submit("/me/address", {"email": "jia@new.example.org"})

        assert answer.status_code == 303
        console.session.refresh(person)
        assert person.email == "jia@new.example.org"
        event = console.session.exec(select(AuditEvent).where(AuditEvent.kind == "person.change")).one()
        assert event.actor_id == person.id

    def test_of_another_person_is_refused_with_a_sentence(self, console: Console) -> None:
        other = create_person(console.session, "测试乙", email="taken@example.org")
        client = console.as_("测试甲")

        answer = client.submit("/me/address", {"email": "TAKEN@example.org"}, is_htmx=True)

        assert answer.status_code == 409
        assert "taken" in answer.text.lower()
        console.session.refresh(other)
        assert other.email == "taken@example.org"

    def test_that_is_none_is_refused(self, console: Console) -> None:
        answer = console.as_("测试甲").submit("/me/address", {"email": "不是邮箱"}, is_htmx=True)
        assert answer.status_code == 422
        assert "name@example.org" in answer.text


def test_a_chosen_theme_stays_and_leads_back_to_the_page_it_was_chosen_on(console: Console) -> None:
    client = console.as_("测试甲")
    headers = {"Referer": "http://console.test/me?x=1", "Origin": "http://console.test"}
    answer = client.post("/me/theme", data={"theme": "dark", "csrf": client.csrf or ""}, headers=headers)
    assert answer.headers["location"] == "/me?x=1"
    assert 'data-bs-theme="dark"' in client.get("/me").text


def test_a_theme_does_not_lead_to_another_site(console: Console) -> None:
    client = console.as_("测试甲")
    headers = {"Referer": "http://elsewhere.example/me", "Origin": "http://console.test"}
    answer = client.post("/me/theme", data={"theme": "dark", "csrf": client.csrf or ""}, headers=headers)
    assert answer.headers["location"] == "/me"


class TestDevices:
    def test_another_device_of_mine_is_ended_and_this_one_goes_on(self, console: Console) -> None:
        here, there = console.as_("测试甲"), console.as_("测试甲")
        newest = console.session.exec(select(LoginSession.id).order_by(col(LoginSession.id).desc())).first()
        console.session.rollback()

        assert here.submit(f"/me/devices/{newest}/end").status_code == 303

        assert there.get("/me").status_code == 303
        assert here.get("/me").status_code == 200

    def test_all_others_end_at_once(self, console: Console) -> None:
        here, there = console.as_("测试甲"), console.as_("测试甲")
        here.submit("/me/devices/end-others")
        assert there.get("/me").status_code == 303
        assert here.get("/me").status_code == 200

    def test_of_another_person_is_not_there(self, console: Console) -> None:
        other = console.as_("测试乙")
        session_id = console.session.exec(select(LoginSession.id)).one()
        assert console.as_("测试甲").submit(f"/me/devices/{session_id}/end").status_code == 404
        assert other.get("/me").status_code == 200

    def test_are_named_by_browser_and_system(self) -> None:
        agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/109.0.0.0 Safari/537.36"
        assert device_name(agent) == "Chrome 109，Windows"
        assert device_name("") == "未知浏览器，未知系统"


class TestTokens:
    def test_is_shown_once_and_opens_what_was_chosen(self, console: Console) -> None:
        client = console.as_("测试甲")
        answer = client.submit("/me/tokens", {"name": "报表程序", "days": "30", "scope-tasks:read": "1"})

        secret = re.search(r'value="(dbt_[^"]+)"', answer.text)
        assert secret is not None
        assert secret.group(1) not in client.get("/me").text
        console.session.rollback()
        found = find_token(console.session, secret.group(1), at=wall_clock())
        assert found is not None
        assert found[0].scopes == ["tasks:read"]

    def test_without_a_scope_is_refused(self, console: Console) -> None:
        answer = console.as_("测试甲").submit("/me/tokens", {"name": "报表程序", "days": "30"}, is_htmx=True)
        assert answer.status_code == 422
        assert "权限范围" in answer.text

    def test_is_revoked_by_its_owner_and_by_nobody_else(self, console: Console) -> None:
        client = console.as_("测试甲")
        client.submit("/me/tokens", {"name": "报表程序", "days": "30", "scope-tasks:read": "1"})
        token = console.session.exec(select(ApiToken)).one()

        assert console.as_("测试乙").submit(f"/me/tokens/{token.id}/revoke").status_code == 404
        assert client.submit(f"/me/tokens/{token.id}/revoke").status_code == 303

        console.session.refresh(token)
        assert token.revoked_at is not None


def test_the_page_shows_what_is_known_of_me(console: Console) -> None:
    person = create_person(console.session, "测试甲", title="科员")
    client = console.as_(person)
    account = console.session.exec(select(Account)).one()
    page = client.get("/me").text
    for said in ("测试甲", "科员", "测试一科", account.login_name):
        assert said in page
