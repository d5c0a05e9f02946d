"""Draw the pictures of the console in README and manual, from the demo office as `make demo` serves it.

Writes docs/images/console-*.png. Needs chromium and a Chinese font. Run from the repository root:

    .venv/bin/python scripts/console_pictures.py
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
DESK, PHONE = (1366, 768), (390, 844)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Picture:
    """One screen as one of the demo's people sees it."""

    name: str
    who: str
    path: str
    size: tuple[int, int] = DESK
    theme: str = "light"


PICTURES = (
    Picture("tasks", "穆念慈", "/tasks"),
    Picture("task", "乔峰", "/tasks/13"),
    Picture("leader", "洪七公", "/leader"),
    Picture("month", "穆念慈", "/month?month=2024-07"),
    Picture("import", "穆念慈", "/imports"),
    Picture("reports", "穆念慈", "/reports"),
)


# One person's desk on both, side by side: the first picture of the README.
DESKS = (Picture("", "乔峰", "/"), Picture("", "乔峰", "/", PHONE))


def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("missing: chromium")
    with served_demo() as url, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for picture in PICTURES:
            path = IMAGES / f"console-{picture.name}.png"
            path.write_bytes(draw(browser, url, picture))
        (IMAGES / "console.png").write_bytes(
            beside_each_other(browser, [draw(browser, url, picture) for picture in DESKS])
        )
        browser.close()


@contextmanager
def served_demo() -> Iterator[str]:
    """The address of a demo office that is built and served while the block runs."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        command = [
            str(Path(sys.executable).parent / "dingban"),
            "demo",
            "--folder",
            f"{folder}/demo",
            "--port",
            str(port),
        ]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:  # noqa: S603
            url = f"http://127.0.0.1:{port}"
            wait_for(f"{url}/healthz")
            yield url
            process.terminate()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def wait_for(url: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
        else:
            return


def draw(browser: Browser, url: str, picture: Picture) -> bytes:
    context = browser.new_context(
        viewport={"width": picture.size[0], "height": picture.size[1]},
        locale="zh-CN",
        color_scheme="dark" if picture.theme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(f"{url}/login")
    people = page.locator("#field-person_id")
    labels = people.locator("option").all_text_contents()
    people.select_option(label=next(label for label in labels if label.startswith(picture.who)))
    page.get_by_role("button", name="进入演示").click()
    page.wait_for_url(f"{url}/")
    page.goto(url + picture.path, wait_until="networkidle")
    drawn = page.screenshot()
    context.close()
    return drawn


def beside_each_other(browser: Browser, pictures: list[bytes]) -> bytes:
    """The pictures in a row, of one height, on a quiet ground."""
    tags = "".join(
        f'<img src="data:image/png;base64,{b64encode(picture).decode()}" style="height:700px;border-radius:8px;'
        'box-shadow:0 2px 12px #0003">'
        for picture in pictures
    )
    page = browser.new_page(viewport={"width": 1700, "height": 760})
    page.set_content(
        f'<body style="margin:0;background:#e8ecef"><div id="row" style="display:inline-flex;gap:30px;padding:30px">{tags}</div></body>'
    )
    drawn = page.locator("#row").screenshot()
    page.close()
    return drawn


if __name__ == "__main__":
    main()
