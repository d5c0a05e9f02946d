"""A real Chromium on a console that is really served: at a desk and on a phone, in light and dark.

Skipped with a reason where no browser is; the continuous integration installs one, so that there they run.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.console import Console
from tests.e2e.browser.driving import Driver

VENDOR = Path(__file__).parent / "vendor"
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


def find_chromium() -> str | None:
    """The browser of this machine; none is ever downloaded."""
    named = os.environ.get("CHROMIUM")
    return named or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )


@pytest.fixture(scope="module")
def playwright_driver() -> Iterator[Playwright]:
    """Given back after each module: while it is there, nothing else in this process can run an event loop."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def browser(playwright_driver: Playwright) -> Iterator[Browser]:
    """One Chromium for the tests of a module."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium fonts-wqy-microhei)")
    browser = playwright_driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def axe_script() -> str:
    """axe-core, as its checksum says that it is."""
    entry = tomllib.loads((VENDOR / "vendor.toml").read_text(encoding="utf-8"))["file"][0]
    content = (VENDOR / entry["path"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    return str(content, "utf-8")


@contextmanager
def served_on_loopback(console: Console) -> Iterator[Console]:
    """The console, answering real browsers while the block runs: `console.url` is where."""
    config = uvicorn.Config(
        console.answer, port=0, log_config=None, access_log=False, lifespan="off", interface="asgi3"
    )
    server, socket = uvicorn.Server(config), config.bind_socket()
    console.url = f"http://127.0.0.1:{socket.getsockname()[1]}"
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    try:
        yield console
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def served(console: Console) -> Iterator[Console]:
    """The console of this test, served."""
    with served_on_loopback(console):
        yield console


@pytest.fixture
def driver(browser: Browser, served: Console, axe_script: str) -> Iterator[Driver]:
    """Browsers of people: `driver.open("测试甲")`. At the end, none may have written an error to its console."""
    driver = Driver(browser, served, axe_script)
    yield driver
    driver.close()
