"""What auditors read, and that they read what is theirs."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from tests.console import Client, Console
from tests.factories import NOON, actor_of, create_campaign, create_person, create_task
from tracker.identity import id_of
from tracker.models import AccessKind, CampaignRole, Task
from tracker.services.accounts import record_access
from tracker.services.auditing import record
from workflows.roles import Role


@pytest.fixture
def task(console: Console) -> Task:
    task = create_task(console.session)
    auditor = create_person(console.session, "测试审")
    console.session.add(
        CampaignRole(campaign_id=task.campaign_id, person_id=id_of(auditor), role=Role.AUDITOR)
    )
    for number in range(60):
        record(
            console.session,
            kind="task.accept",
            actor=actor_of(create_person(console.session)),
            at=NOON,
            subject="task",
            subject_id=task.id,
            task_id=task.id,
            data={"changed": {"state": ["issued", "active"]}, "note": f"第{number}次"},
        )
    console.session.commit()
    return task


@pytest.fixture
def auditor(console: Console, task: Task) -> Client:
    return console.as_("测试审")


def numbers(page: str) -> list[int]:
    return [int(each) for each in re.findall(r'data-label="编号">(\d+)<', page)]


class TestTrail:
    def test_goes_back_page_by_page(self, auditor: Client) -> None:
        first = auditor.get("/admin/audit").text
        older = re.search(r'rel="next" href="([^"]+)"', first)
        assert older
        second = auditor.get(older.group(1).replace("&amp;", "&")).text
        assert numbers(first) + numbers(second) == list(range(60, 0, -1))
        assert "签收" in first
        assert "待签收 → <b>办理中</b>" in first

    def test_hides_what_happened_in_campaigns_that_he_does_not_audit(
        self, console: Console, auditor: Client
    ) -> None:
        other = create_task(console.session, campaign=create_campaign(console.session, "2024年另一专项"))
        record(
            console.session,
            kind="task.close",
            actor=actor_of(create_person(console.session)),
            at=NOON,
            subject="task",
            subject_id=other.id,
            task_id=other.id,
        )
        console.session.commit()
        page = auditor.get("/admin/audit").text
        assert numbers(page)[0] == 60
        assert "您看到的是所审计的专项工作" in page
        assert numbers(auditor.get(f"/admin/audit?task={other.id}").text) == []

    @pytest.mark.parametrize("query", ["task=x", "since=yesterday", "before=-1"])
    def test_says_what_it_cannot_use(self, auditor: Client, query: str) -> None:
        answer = auditor.get(f"/admin/audit?{query}")
        assert answer.status_code == 422

    def test_verification_names_the_first_event_that_was_altered(
        self, console: Console, auditor: Client
    ) -> None:
        assert "逐条相连" in auditor.get("/admin/audit/verification").text
        console.session.execute(text("DROP TRIGGER audit_event_no_update"))
        console.session.execute(text("UPDATE audit_event SET actor_name = '测试假' WHERE id = 7"))
        console.session.commit()
        page = auditor.get("/admin/audit/verification").text
        assert "第7条记录的内容被改动" in page
        assert "此前的 6 条完好" in page


class TestAccess:
    def test_shows_failures_as_such(self, console: Console, auditor: Client) -> None:
        record_access(
            console.session,
            AccessKind.SIGN_IN_REFUSED,
            at=NOON,
            login_name="<script>",
            address="10.0.0.9",
            agent="curl",
        )
        console.session.commit()
        page = auditor.get("/admin/access?kind=sign_in_refused").text
        assert "登录失败" in page
        assert "&lt;script&gt;" in page
        assert "10.0.0.9" in page
        assert "没有符合条件" in auditor.get("/admin/access?q=nobody").text
