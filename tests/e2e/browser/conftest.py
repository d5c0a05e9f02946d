"""A real Chromium on a console that is really served: at a desk and on a phone, in light and dark.

Skipped with a reason where no browser is; the continuous integration installs one, so that there they run. One
browser and one server live through all tests of the folder, and the profiles of its people are used again: what a test
left in one (pages, cookies) is gone before the next. No console error and no failed request passes in any test.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.console import Console
from tests.e2e.browser.driving import Browsers, Driver
from tests.e2e.browser.serving import Serving, opened_serving

VENDOR = Path(__file__).parent / "vendor"
# The shell is the same browser without the windows, menus and welcome pages that nobody sees in a test: it opens a
# page three times as fast. It has no viewer of PDF.
SHELLS = ("chromium-headless-shell", "chrome-headless-shell")
WHOLE = ("chromium", "chromium-browser", "google-chrome")
# As the office's machines have it; the last ones keep a closed network's machine from asking for Google's hosts.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium(*names: str) -> str:
    """The browser of this machine, the first that there is; none is ever downloaded. Skips where there is none."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium fonts-wqy-microhei)")
    return path


@pytest.fixture(scope="package")
def playwright_driver() -> Iterator[Playwright]:
    """Given back after the folder: while it is there, nothing else in this process can run an event loop."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def browsers(playwright_driver: Playwright) -> Iterator[Browsers]:
    """One Chromium, in which each person has a profile of his own."""
    path = find_chromium(*SHELLS, *WHOLE)
    browser = playwright_driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
    yield Browsers(browser)
    browser.close()


@pytest.fixture(scope="package")
def browsers_with_viewer(playwright_driver: Playwright) -> Iterator[Browsers]:
    """The whole Chromium, which shows PDF."""
    browser = playwright_driver.chromium.launch(executable_path=find_chromium(*WHOLE), args=list(ARGUMENTS))
    yield Browsers(browser)
    browser.close()


@pytest.fixture(autouse=True)
def nothing_complains(request: pytest.FixtureRequest) -> Iterator[None]:
    """At the end of every test with a browser, no page may have written an error or missed an answer."""
    names = {"browsers", "browsers_with_viewer"} & set(request.fixturenames)
    used: list[Browsers] = [request.getfixturevalue(name) for name in sorted(names)]
    yield
    complaints = [line for each in used for line in each.put_away()]
    assert complaints == [], "\n".join(complaints)


@pytest.fixture(scope="session")
def axe_script() -> str:
    """axe-core, as its checksum says that it is."""
    entry = tomllib.loads((VENDOR / "vendor.toml").read_text(encoding="utf-8"))["file"][0]
    content = (VENDOR / entry["path"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    return str(content, "utf-8")


@pytest.fixture(scope="package")
def serving() -> Iterator[Serving]:
    """The server of all tests of the folder, which each lends its console."""
    with opened_serving() as serving:
        yield serving


@pytest.fixture
def served(console: Console, serving: Serving) -> Iterator[Console]:
    """The console of this test, served."""
    with serving.of(console):
        yield console


@pytest.fixture
def driver(browsers: Browsers, served: Console, axe_script: str) -> Iterator[Driver]:
    """Browsers of people: `driver.open("测试甲")`."""
    yield Driver(browsers, served, axe_script)
    browsers.close_pages()
