"""Every screen of the demo office, at a desk in light and on a phone in dark: axe-core finds nothing, no console complains.

Nothing is wider than the screen that it is shown on, and each page has one first heading, which the title begins with.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine
from sqlmodel import col, select

from notifications.models import Letter, SentReport
from runtime.demo.building import NOW, build_demo
from tests.console import Console, opened_console
from tests.e2e.browser.conftest import served_on_loopback
from tests.e2e.browser.driving import DESK, PHONE, Driver
from tests.factories import create_person
from tracker.database import create_engine_for
from tracker.evidence_store import EvidenceStore
from tracker.identity import id_of
from tracker.models import CampaignRole, Deliverable, Evidence
from workflows.roles import Role

COORDINATOR, LEADER, OWNER, AUDITOR = "穆念慈", "洪七公", "乔峰", "测试审计"
# Each screen once, as somebody who has something to see on it. What a demo numbers by itself stands in braces.
SCREENS = {
    COORDINATOR: (
        "/",
        "/tasks",
        "/tasks?state=active&light=red",
        "/tasks/1",
        "/tasks/13",
        "/board",
        "/month?month=2024-07",
        "/year?year=2024",
        "/leader",
        "/reports",
        "/notices",
        "/notices/letters",
        "/imports",
        "/admin",
        "/admin/campaigns",
        "/admin/campaigns/1",
        "/admin/units",
        "/admin/people",
        "/admin/people/2",
        "/admin/accounts",
        "/admin/calendar",
        "/admin/policy",
        "/admin/mail",
        "/admin/system",
        "/admin/tokens",
        "/admin/webhooks",
        "/notices/ahead",
        "{evidence}",
        "/reports/send",
        "/reports/sent",
        "/reports/sent/{report}",
        "/leader/points?what=planned",
        "/admin/campaigns/new",
        "/admin/units/2",
        "/admin/people/new",
        "/admin/people/list",
        "/admin/people/2/handover",
        "/admin/accounts/2",
    ),
    LEADER: ("/", "/leader", "/reports", "/tasks/13", "/leader/steps?what=overdue"),
    OWNER: ("/", "/tasks/13", "/me", "/password", "/notices", "/notices/letters/{letter}"),
    AUDITOR: (
        "/",
        "/tasks",
        "/tasks/13",
        "/admin",
        "/admin/audit",
        "/admin/audit/verification",
        "/admin/access",
    ),
    None: ("/login", "/invite", "/nowhere"),
}
# Each size and each theme once: what is wrong in one theme is wrong at both sizes.
LOOKS = {"desk, light": (DESK, "light"), "phone, dark": (PHONE, "dark")}


@pytest.fixture(scope="session")
def demo_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Path]]:
    """The demo office, built once."""
    folder = tmp_path_factory.mktemp("screens") / "demo"
    with ThreadPoolExecutor(1) as thread:  # the browser's driver keeps an event loop in this one
        built = thread.submit(build_demo, folder).result()
    engine = create_engine_for(built.settings.database_url)
    yield engine, folder
    engine.dispose()


@pytest.fixture
def demo_console(demo_engine: tuple[Engine, Path]) -> Iterator[Console]:
    engine, folder = demo_engine
    with opened_console(engine, folder, store=EvidenceStore(folder / "evidence")) as console:
        console.at = NOW
        appoint_auditor(console)
        with served_on_loopback(console):
            yield console


def appoint_auditor(console: Console) -> None:
    """The demo has nobody of 纪检; once is enough."""
    person = id_of(create_person(console.session, AUDITOR))
    role = CampaignRole(campaign_id=1, person_id=person, role=Role.AUDITOR)
    if not console.session.exec(select(CampaignRole).where(CampaignRole.person_id == person)).all():
        console.session.add(role)
    console.session.commit()


def numbers_of(console: Console) -> dict[str, str]:
    """What the demo numbered by itself: a report that was sent, a letter to the owner, and a file."""
    owner = id_of(create_person(console.session, OWNER))
    report = console.session.exec(select(SentReport.id)).first()
    letter = console.session.exec(select(Letter.id).where(Letter.recipient_id == owner)).first()
    task, evidence = console.session.exec(
        select(Deliverable.task_id, Evidence.id).join(
            Deliverable, col(Deliverable.id) == Evidence.deliverable_id
        )
    ).first() or (0, 0)
    console.session.rollback()
    return {"report": str(report), "letter": str(letter), "evidence": f"/tasks/{task}/evidence/{evidence}"}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("who", SCREENS, ids=["coordinator", "leader", "owner", "auditor", "nobody"])
def test_every_screen_is_sound(
    browser: Browser, demo_console: Console, axe_script: str, who: str | None, look: str
) -> None:
    size, theme = LOOKS[look]
    driver = Driver(browser, demo_console, axe_script)
    numbers = numbers_of(demo_console)
    page = driver.open(who, size=size, theme=theme)
    findings: list[str] = []
    for path in (path.format(**numbers) for path in SCREENS[who]):
        answer = page.goto(demo_console.url + path)
        assert answer is not None
        if answer.status != (404 if path == "/nowhere" else 200):
            findings.append(f"{path}: answered with {answer.status}")
        findings += [f"{path}: {line}" for line in [*driver.axe(page), *driver.misfits(page)]]
    driver.expect_refusals(404)
    driver.close()

    assert findings == []


def test_axe_finds_what_is_wrong(browser: Browser, demo_console: Console, axe_script: str) -> None:
    driver = Driver(browser, demo_console, axe_script)
    page = driver.open(None)
    page.evaluate("() => { document.querySelector('label').remove(); }")

    assert any(line.startswith("label") for line in driver.axe(page))
    driver.close()
