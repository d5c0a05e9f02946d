"""What people type is shown as what it is, on every screen; and no screen needs what its policy forbids."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from sqlmodel import SQLModel, select

from notifications.models import Letter
from tests.console import Console
from tests.integration.web.office_of_roles import Office, add, found_office
from tests.integration.web.test_every_route import calls_of
from tracker.identity import id_of
from tracker.models import (
    Account,
    ApiToken,
    Campaign,
    Comment,
    Deliverable,
    Evidence,
    Extension,
    ImportFinding,
    Instruction,
    LoginSession,
    Milestone,
    Person,
    ResponsibilityTable,
    SavedView,
    Task,
    Unit,
    Webhook,
)

MARK = "<img src=x onerror=alert(1)>"
HOSTILE = f"\"'>{MARK}</script></title></textarea><svg/onload=alert(2)>{{{{7*7}}}}"
# Every column that holds what somebody typed, or what a program of his said.
TYPED: dict[type[SQLModel], tuple[str, ...]] = {
    Unit: ("name",),
    Person: ("name", "title"),
    Campaign: ("name", "kind"),
    Task: ("title", "requirement", "basis", "group_name", "source_text"),
    Milestone: ("text", "span", "note"),
    Deliverable: ("text",),
    Evidence: ("name", "review_reason"),
    Extension: ("reason", "answer"),
    Instruction: ("text",),
    ImportFinding: ("message", "repair", "column", "where"),
    ResponsibilityTable: ("title", "source_name"),
    SavedView: ("name", "query"),
    Letter: ("subject", "text", "error"),
    Webhook: ("name",),
    ApiToken: ("name",),
    LoginSession: ("agent",),
    Account: ("login_name",),
}


class Page(HTMLParser):
    """What of a page could run, or asks for what the policy of content forbids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in values):
            self.found.append(f"<{tag}>")
        for name, value in values.items():
            said = (value or "").strip().lower()
            if name == "style" or name.startswith("on") or name in ("srcdoc", "hx-on"):
                self.found.append(f"<{tag} {name}>")
            if name in ("href", "src", "action", "formaction") and said.startswith(
                ("javascript:", "data:text", "vbscript:")
            ):
                self.found.append(f"<{tag} {name}={said[:30]}>")
        if tag == "img" and values.get("src") == "x":
            self.found.append("<img src=x>")


def poison(console: Console) -> None:
    """Let every text of the office be hostile; names stay apart by a number."""
    session = console.session
    for model, names in TYPED.items():
        for number, row in enumerate(session.exec(select(model)).all()):
            for name in names:
                if hasattr(row, name):
                    setattr(row, name, f"{number}{HOSTILE}"[: _room(model, name)])
            session.add(row)
    session.commit()


def _room(model: type[SQLModel], name: str) -> int:
    return getattr(model.__table__.c[name].type, "length", None) or 4000  # type: ignore[attr-defined]


def pages_of(console: Console, office: Office) -> Iterator[tuple[str, Any]]:
    """Every page that each of the roles gets."""
    for role in ("anonymous", "owner", "leader", "coordinator", "auditor", "administrator"):
        client = office.client(role)
        for call in calls_of(console, office):
            if call.method != "GET" or call.template.startswith("/imports/{"):
                continue
            answer = client.get(call.path)
            if "text/html" in answer.headers.get("content-type", ""):
                yield f"{role}: {call.path}", answer
        refused = client.submit("/tasks/1/send_back", {"reason": HOSTILE})
        yield f"{role}: refusal", refused


class TestTextsOnPages:
    def test_no_page_runs_what_somebody_typed(self, console: Console) -> None:
        office = found_office(console)
        comment = Comment(
            task_id=office.places["task_id"],
            author_id=id_of(office.people["owner"]),
            text=HOSTILE,
            written_at=console.at,
        )
        add(console, comment)
        poison(console)

        found, seen, shown = [], 0, 0
        for name, answer in pages_of(console, office):
            seen += 1
            shown += "&lt;img src=x" in answer.text
            found += [f"{name}: {each}" for each in Page(answer.text).found]
            if MARK in answer.text or "49</" in answer.text:
                found.append(f"{name}: as it was typed")

        assert seen > 60
        assert shown > 40  # what was typed is really there
        assert found == []

    def test_no_step_of_the_import_runs_what_stands_in_a_cell(self, console: Console) -> None:
        office = found_office(console)
        client = office.client("coordinator")
        table = (
            "2024年测试责任分解表\n"
            "序号,评审项目,工作任务,责任单位,盯办人,责任人,分管领导,时间节点,成果\n"
            f"1,{MARK},{MARK},{MARK},{MARK},{MARK},{MARK},5月底前{MARK},1、{MARK}\n"
        )
        taken = client.post(
            "/imports",
            data={"csrf": client.csrf},
            files={"file": (f"{MARK}.csv", table.encode(), "text/csv")},
            headers={"Origin": "http://console.test"},
        )
        address = taken.headers["location"].rpartition("/")[0]

        found = []
        for step in ("columns", "rows", "names", "differences"):
            answer = client.get(f"{address}/{step}")
            assert answer.status_code == 200
            found += [f"{step}: {each}" for each in Page(answer.text).found]
            found += [step] if MARK in answer.text else []

        assert found == []

    @pytest.mark.parametrize("query", ["q", "week", "state", "person", "next", "scope"])
    def test_no_page_runs_what_stands_in_its_address(self, console: Console, query: str) -> None:
        client = console.as_("测试甲")
        for path in ("/tasks", "/board", "/month", "/year", "/notices", "/reports", "/nowhere"):
            text = client.get(path, params={query: HOSTILE}).text
            assert MARK not in text
            assert Page(text).found == []

    def test_no_message_runs_what_its_cookie_says(self, console: Console) -> None:
        client = console.as_("测试甲")
        client.cookies.set("message", "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")

        text = client.get("/").text

        assert "&lt;img src=x" in text
        assert MARK not in text


class TestLinks:
    @pytest.mark.parametrize(
        "link",
        [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "file:///etc/passwd",
            "//evil.example",
            "https://user:secret@oa.example.org/",
        ],
    )
    def test_a_link_that_opens_no_page_is_not_handed_in(self, console: Console, link: str) -> None:
        office = found_office(console)
        path = f"/tasks/{office.places['task_id']}/deliverables/{office.places['deliverable_id']}/links"

        answer = office.client("owner").submit(path, {"link": link, "name": "说明"})

        assert answer.status_code == 422
        assert console.session.exec(select(Evidence)).one().link == "https://oa.example.org/documents/1"


class TestPolicy:
    def test_no_page_is_without_its_policy(self, console: Console) -> None:
        office = found_office(console)
        for name, answer in pages_of(console, office):
            policy = answer.headers["content-security-policy"]
            assert "script-src 'self'" in policy, name
            assert "default-src 'none'" in policy, name
            assert "unsafe" not in policy, name
            assert "frame-ancestors 'none'" in policy, name
            assert answer.headers["cache-control"] == "no-store", name
            assert answer.headers["x-content-type-options"] == "nosniff", name
