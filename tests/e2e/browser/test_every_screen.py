"""Every screen of the demo office, at a desk and on a phone, in light and dark: axe-core finds nothing, no console complains.

Nothing is wider than the screen that it is shown on, and each page has one first heading, which the title begins with.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine

from runtime.demo.building import NOW, build_demo
from tests.console import Console, opened_console
from tests.e2e.browser.conftest import served_on_loopback
from tests.e2e.browser.driving import DESK, PHONE, Driver
from tracker.database import create_engine_for
from tracker.evidence_store import EvidenceStore

COORDINATOR, LEADER, OWNER = "穆念慈", "洪七公", "乔峰"
# Each screen once, as somebody who has something to see on it.
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
    ),
    LEADER: ("/", "/leader", "/reports", "/tasks/13"),
    OWNER: ("/", "/tasks/13", "/me", "/password", "/notices"),
    None: ("/login", "/invite", "/nowhere"),
}
LOOKS = {
    "desk, light": (DESK, "light"),
    "desk, dark": (DESK, "dark"),
    "phone, light": (PHONE, "light"),
    "phone, dark": (PHONE, "dark"),
}


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
        with served_on_loopback(console):
            yield console


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("who", SCREENS)
def test_every_screen_is_sound(
    browser: Browser, demo_console: Console, axe_script: str, who: str | None, look: str
) -> None:
    size, theme = LOOKS[look]
    driver = Driver(browser, demo_console, axe_script)
    page = driver.open(who, size=size, theme=theme)
    findings: list[str] = []
    for path in SCREENS[who]:
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
