"""Every screen at a desk and on a phone, in light and in dark: axe-core finds nothing, no console complains.

Whatever can be unfolded on it is unfolded, so that forms of acts and refused acts with their reasons are looked at too.
Nothing is wider than the screen that it is shown on, and each page has one first heading, which its title names.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from notifications.models import Letter, SentReport
from runtime.demo.building import NOW, build_demo
from tests.console import Console, opened_console
from tests.e2e.browser.driving import PHONE, Browsers, Driver
from tests.e2e.browser.screens import (
    AUDITOR,
    BESIDES,
    COORDINATOR,
    EVERYBODY,
    EXPEDITER,
    LEADER,
    NOBODY,
    OWNER,
    SCREENS,
)
from tests.e2e.browser.serving import Serving
from tests.factories import actor_of, create_deliverable, create_milestone, create_person, create_task
from tests.integration.web.office_of_roles import begin_import, create_webhook
from tracker.database import create_engine_for
from tracker.evidence_store import EvidenceStore
from tracker.identity import id_of
from tracker.models import AuditEvent, Campaign, CampaignRole, Deliverable, Evidence, Person
from tracker.services.backfilling import backfill_milestone
from workflows.roles import Role
from workflows.task import TaskState

AT_ONCE = 7  # screens in one test: few enough that both processors are busy to the end
VISITS = sorted({visit for visits in (*SCREENS.values(), BESIDES) for visit in visits})
WALKS = [
    (who, paths[first : first + AT_ONCE])
    for who in (*EVERYBODY, NOBODY)
    for paths in [[path for visitor, path in VISITS if visitor == who]]
    for first in range(0, len(paths), AT_ONCE)
]
NAMES = {
    COORDINATOR: "coordinator",
    LEADER: "leader",
    OWNER: "owner",
    EXPEDITER: "expediter",
    AUDITOR: "auditor",
    NOBODY: "nobody",
}


@pytest.fixture(scope="package")
def demo_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Path]]:
    """The demo office, built once."""
    folder = tmp_path_factory.mktemp("screens") / "demo"
    with ThreadPoolExecutor(1) as thread:  # the browser's driver keeps an event loop in this one
        built = thread.submit(build_demo, folder).result()
    engine = create_engine_for(built.settings.database_url)
    yield engine, folder
    engine.dispose()


@pytest.fixture(scope="package")
def demo_office(demo_engine: tuple[Engine, Path]) -> Iterator[tuple[Console, dict[str, str]]]:
    """The console on it, and what stands for the numbers in the addresses."""
    engine, folder = demo_engine
    with opened_console(engine, folder, store=EvidenceStore(folder / "evidence")) as console:
        console.at = NOW
        appoint_auditor(console)
        yield console, numbers_of(console)


@pytest.fixture
def demo(
    demo_office: tuple[Console, dict[str, str]], serving: Serving, browsers: Browsers, axe_script: str
) -> Iterator[tuple[Driver, dict[str, str]]]:
    console, numbers = demo_office
    with serving.of(console):
        yield Driver(browsers, console, axe_script), numbers
        browsers.close_pages()


def draft_from_before(console: Console, coordinator: Person) -> int:
    """A draft whose first steps have had their day; of one it was recorded that it was done before (补录)."""
    session = console.session
    campaign = session.get_one(Campaign, 1)
    task = create_task(session, campaign=campaign, state=TaskState.DRAFT, owner=create_person(session, OWNER))
    steps = [create_milestone(session, task, due_on=date(2024, month, 28)) for month in (2, 3, 9)]
    create_deliverable(session, task)
    backfill_milestone(
        session,
        id_of(steps[0]),
        done_on=date(2024, 2, 26),
        basis="二月印发的通知",
        actor=actor_of(coordinator),
        at=NOW,
    )
    return id_of(task)


def appoint_auditor(console: Console) -> None:
    """The demo has nobody of 纪检."""
    person = id_of(create_person(console.session, AUDITOR))
    console.session.add(CampaignRole(campaign_id=1, person_id=person, role=Role.AUDITOR))
    console.session.commit()


def numbers_of(console: Console) -> dict[str, str]:
    """What stands for the braces in the addresses: what the demo numbered by itself, and what it lacks, made here."""
    session, owner = console.session, id_of(create_person(console.session, OWNER))
    coordinator = create_person(session, COORDINATOR)
    handed_in = select(Deliverable.task_id, Evidence.id).join(
        Deliverable, col(Deliverable.id) == Evidence.deliverable_id
    )
    task, evidence = session.exec(handed_in).first() or (0, 0)
    busy_task, event = busiest_task(session)
    numbers = {
        "report": session.exec(select(SentReport.id)).first(),
        "letter": session.exec(select(Letter.id).where(Letter.recipient_id == owner)).first(),
        "task": task,
        "evidence": evidence,
        "busy_task": busy_task,
        "event": event,
        "webhook": create_webhook(console).id,
        "draft": draft_from_before(console, coordinator),
    }
    session.commit()
    begun = begin_import(console, coordinator)
    written = begin_import(console, coordinator)["import_id"]
    return {name: str(value) for name, value in (numbers | begun | {"written_import": written}).items()}


def busiest_task(session: Session) -> tuple[int, int]:
    """The task of which most is told, and the last thing that was told of it."""
    most = func.count().desc()
    found = session.exec(
        select(AuditEvent.task_id, func.max(AuditEvent.id))
        .where(col(AuditEvent.task_id).is_not(None))
        .group_by(col(AuditEvent.task_id))
        .order_by(most)
    ).first()
    assert found is not None
    return found[0] or 0, found[1]


@pytest.mark.parametrize(
    ("who", "paths"), WALKS, ids=[f"{NAMES[who]}-{index}" for index, (who, _) in enumerate(WALKS)]
)
def test_every_screen_is_sound(demo: tuple[Driver, dict[str, str]], who: str, paths: list[str]) -> None:
    driver, numbers = demo
    page = driver.open(who or None, size=PHONE, theme="dark", path="/password" if who else "/login")
    findings: list[str] = []
    for path in (path.format(**numbers) for path in paths):
        answer = page.goto(driver.console.url + path)
        assert answer is not None
        is_there = path not in {path for _, path in BESIDES}
        if answer.status != (200 if is_there else 404):
            findings.append(f"{path}: answered with {answer.status}")
        page.evaluate(UNFOLD)
        findings += [f"{path}: {line}" for line in [*driver.inspect(page), *misnamed(page)]]
    driver.expect_refusals(404)

    assert findings == [], "\n".join(findings)


# What is folded away is seen as well; menus lie over other things, so they are opened one by one elsewhere.
UNFOLD = (
    "() => document.querySelectorAll('details:not([data-menu])').forEach((fold) => { fold.open = true; })"
)


def misnamed(page: Page) -> list[str]:
    """What a window calls itself, for those who have many, has to do with the first heading of its page."""
    heading = bare(page.locator("h1").first.inner_text())
    names = [bare(part) for part in page.title().split(" · ")[:-1]]
    is_named = any(name in heading or heading in name for name in names)
    return [] if is_named else [f"“{heading}” is called {page.title()}"]


def bare(text: str) -> str:
    return "".join(text.split()).rstrip("…")


def test_what_is_wrong_is_found(demo: tuple[Driver, dict[str, str]]) -> None:
    driver, _ = demo
    page = driver.open(None)
    page.evaluate(
        """() => {
          document.querySelector("label").remove();
          document.querySelector("main").prepend(Object.assign(document.createElement("h1"), {textContent: "又"}));
          document.querySelector("main").style.minWidth = "500px";
          document.querySelector("main").append(
            Object.assign(document.createElement("p"), {textContent: "看不清", className: "text-white"}));
        }"""
    )
    found = driver.inspect(page)

    for expected in (
        "phone, light: label",
        "desk, dark: label",
        "phone, light: color-contrast",
        "desk: the page has 2 first headings",
        "phone: the page is 1",
    ):
        assert any(line.startswith(expected) for line in found), (expected, found)
    assert not any(line.startswith("desk: the page is") for line in found)
