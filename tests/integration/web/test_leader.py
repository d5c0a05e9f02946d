"""领导视图: every number opens exactly its rows, and what waits for a decision is decided right there."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from sqlmodel import Session, select

from tests.console import Client, Console
from tests.factories import (
    COORDINATOR,
    ISSUE_MOMENT,
    LEADER,
    NOON,
    OWNER,
    create_campaign,
    create_extension,
    create_milestone,
    create_person,
    create_task,
    create_unit,
)
from tests.weekly_office import MONDAY_MORNING, build_office
from tracker.identity import id_of
from tracker.models import Campaign, Person, Unit
from web.pages.leader import MOST_RED
from workflows.extension import ExtensionState
from workflows.milestone import MilestoneState
from workflows.task import TaskState

ROWS = re.compile(r'<(?:td|th)[^>]*class="row-head')
LINK = re.compile(r'<a [^>]*href="(/(?:tasks|leader/(?:steps|points))\?[^"]+)"[^>]*>(.*?)</a>', re.DOTALL)


def number_links(page: str) -> list[tuple[str, float]]:
    """Each link of the page that is a number, with the number."""
    found = []
    for href, inner in LINK.findall(page):
        words = re.sub(r"<[^>]+>", " ", inner).split()
        if words and re.fullmatch(r"[\d.]+", words[0]):
            found.append((unescape(href), float(words[0])))
    return found


def count_rows(client: Client, href: str) -> int:
    """The rows that a link opens, over all its pages."""
    total, following = 0, href
    while following:
        page = client.get(following)
        assert page.status_code == 200, following
        total += len(ROWS.findall(page.text))
        found = re.search(r'rel="next" href="([^"]+)"', page.text)
        following = unescape(found.group(1)) if found else ""
    return total


def lively_office(session: Session) -> None:
    """The office of the reports, a unit below another, a task without one, a list that two tasks share, and a step that
    was done before the program came."""
    build_office(session)
    leader = session.exec(select(Person).where(Person.name == "赵半山")).one()
    above = session.exec(select(Unit).where(Unit.name == "执法一大队")).one()
    below = create_unit(session, "执法一大队一中队", parent=above)
    campaign = session.exec(select(Campaign).where(Campaign.name == "2024年执法大练兵")).one()
    own: dict[str, Any] = {"leader": leader, "campaign": campaign}
    holder = create_task(session, lead_unit_id=below.id, seq="31", position=31, **own)
    create_milestone(session, holder, due_on=date(2024, 5, 20))
    create_task(session, lead_unit_id=None, milestones_from_id=holder.id, seq="32", position=32, **own)
    begun = create_task(session, lead_unit_id=below.id, seq="34", position=34, **own)
    done = {"state": MilestoneState.MET, "met_at": ISSUE_MOMENT, "done_on": date(2023, 12, 29)}
    create_milestone(session, begun, due_on=date(2023, 12, 31), **done)
    create_milestone(
        session,
        create_task(session, lead_unit_id=below.id, seq="33", position=33, **own),
        due_on=date(2024, 5, 21),
        state=MilestoneState.REPORTED,
        reported_at=NOON,
        reported_by_id=create_person(session).id,
    )


class TestEveryNumberOpensItsRows:
    @pytest.mark.parametrize("who", ["赵半山", COORDINATOR])
    def test_in_every_scope(self, console: Console, who: str) -> None:
        console.at = MONDAY_MORNING
        lively_office(console.session)
        client = console.as_(who)
        first = client.get("/leader").text
        scopes = re.findall(r'<option value="((?:all|leader|unit|campaign)[^"]*)"', first)
        scopes = scopes or re.findall(
            r'/reports\?scope=([^"]+)"', first
        )  # who has one is not asked to choose
        assert scopes
        checked = 0
        for scope in scopes:
            page = client.get(f"/leader?scope={scope}")
            assert page.status_code == 200
            for href, number in number_links(page.text):
                if href.startswith("/leader/points"):
                    continue
                assert (scope, href, count_rows(client, href)) == (scope, href, number)
                checked += 1
        assert checked > 10 * len(scopes)

    def test_points_are_opened_into_tasks_that_add_up(self, console: Console) -> None:
        console.at = MONDAY_MORNING
        lively_office(console.session)
        client = console.as_(COORDINATOR)
        links = [each for each in number_links(client.get("/leader?scope=all").text) if "points" in each[0]]
        assert len(links) == 7
        for href, number in links:
            page = client.get(href).text
            values = re.findall(r'<tr data-row="points">.*?<td class="num"[^>]*>([\d.]+)</td></tr>', page)
            assert sum(map(float, values)) == pytest.approx(number)
        assert sum(number for _, number in links) > 0


class TestScope:
    def test_is_for_leaders_coordinators_and_auditors(self, console: Console) -> None:
        create_task(console.session)
        assert console.as_(OWNER).get("/leader").status_code == 403
        assert console.as_(LEADER).get("/leader").status_code == 200

    @pytest.mark.parametrize("path", ["/leader", "/leader/steps?what=due&", "/leader/points?what=lost&"])
    def test_of_another_leader_is_not_there(self, console: Console, path: str) -> None:
        create_task(console.session)
        other = create_person(console.session, "测试壬")
        foreign = create_campaign(console.session, "别的专项", coordinator=None)
        create_task(console.session, campaign=foreign, leader=other)
        client = console.as_(LEADER)
        join = "" if path.endswith("&") else "?"
        for scope in (f"leader:{other.id}", f"campaign:{foreign.id}", "all", "nonsense"):
            assert client.get(f"{path}{join}scope={scope}").status_code == 404


class TestDecisions:
    def test_a_closure_is_made_on_the_spot(self, console: Console) -> None:
        task = create_task(console.session, state=TaskState.AWAITING_CLOSURE, title="待销号的任务")
        client = console.as_(LEADER)
        assert f'action="/leader/tasks/{task.id}/close"' in client.get("/leader").text

        answer = client.submit(f"/leader/tasks/{task.id}/close", {"back": "/leader"})

        assert answer.headers["location"] == "/leader"
        console.session.refresh(task)
        assert task.state is TaskState.CLOSED
        console.session.commit()
        assert f"/leader/tasks/{task.id}/close" not in client.get("/leader").text

    def test_a_request_for_time_is_granted_or_refused_with_a_reason(self, console: Console) -> None:
        milestone = create_milestone(console.session, create_task(console.session))
        extension = create_extension(console.session, milestone)
        client = console.as_(LEADER)
        assert "设备到货推迟" in client.get("/leader").text

        refused = client.submit(f"/leader/extensions/{extension.id}/refuse", {"reason": " "}, is_htmx=True)
        assert refused.status_code == 422
        client.submit(f"/leader/extensions/{extension.id}/grant")

        console.session.refresh(milestone)
        console.session.refresh(extension)
        assert extension.state is ExtensionState.GRANTED
        assert milestone.due_on == date(2024, 6, 30)

    def test_of_tasks_that_one_may_not_see_are_not_there(self, console: Console) -> None:
        task = create_task(console.session, state=TaskState.AWAITING_CLOSURE)
        extension = create_extension(
            console.session, create_milestone(console.session, create_task(console.session))
        )
        far = create_unit(console.session, "测试九科")
        stranger = create_person(console.session, "测试庚", unit_id=id_of(far))
        client = console.as_(stranger)
        for path in (f"tasks/{task.id}/close", f"extensions/{extension.id}/grant", "extensions/9999/grant"):
            assert client.submit(f"/leader/{path}", {"reason": "不看"}).status_code == 404

    def test_are_refused_to_whoever_does_not_lead(self, console: Console) -> None:
        task = create_task(console.session, state=TaskState.AWAITING_CLOSURE)
        answer = console.as_(OWNER).submit(f"/leader/tasks/{task.id}/close", is_htmx=True)
        assert answer.status_code == 409
        console.session.refresh(task)
        assert task.state is TaskState.AWAITING_CLOSURE


def test_an_empty_office_says_so(console: Console) -> None:
    create_task(console.session, state=TaskState.DRAFT)
    assert "还没有下达任务" in console.as_(COORDINATOR).get("/leader").text


def test_what_happens_is_seen_at_once(console: Console) -> None:
    """The figures are kept, but never longer than they are true."""
    task = create_task(console.session, state=TaskState.AWAITING_CLOSURE)
    create_milestone(console.session, task, state=MilestoneState.MET, reported_at=NOON, met_at=NOON)
    client = console.as_(LEADER)
    assert "办结率 0.0%" in client.get("/leader").text
    client.submit(f"/leader/tasks/{task.id}/close")
    assert "办结率 100.0%" in client.get("/leader").text


class TestUnaccepted:
    """Not accepting in time is itself overdue: whoever leads sees it without waiting for Monday."""

    def test_is_listed_with_whose_turn_it_is(self, console: Console) -> None:
        create_task(
            console.session, state=TaskState.ISSUED, title="更新执法装备台账", accept_by_on=date(2024, 2, 28)
        )

        page = console.as_(LEADER).get("/leader").text

        card = page[page.index('id="unaccepted"') :]
        assert "更新执法装备台账" in card
        assert "逾期 2 个工作日" in card
        assert OWNER in card

    def test_is_not_there_while_there_is_time(self, console: Console) -> None:
        create_task(console.session, state=TaskState.ISSUED, accept_by_on=date(2024, 3, 1))

        assert 'id="unaccepted"' not in console.as_(LEADER).get("/leader").text

    def test_is_cut_where_it_grows_long(self, console: Console) -> None:
        for place in range(MOST_RED + 2):
            create_task(
                console.session, state=TaskState.ISSUED, title=f"第{place}项", accept_by_on=date(2024, 2, 1)
            )

        page = console.as_(LEADER).get("/leader").text

        assert "还有 2 项" in page
        assert f"第{MOST_RED}项" not in page
