"""Draw the pictures of the console in README and manual, from the demo office as `make demo` serves it.

Writes docs/images/console.png and docs/images/console-….png. Needs chromium and a Chinese font. Run from the repository root:

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

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
EXAMPLE = ROOT / "docs" / "examples" / "责任分解表.tsv"
DESK, PHONE = (1366, 768), (390, 844)
ARGUMENTS = [
    "--lang=zh-CN",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
]
PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Picture:
    """One screen as one of the demo's people sees it, scrolled to `at`, with what folds under `opened` shown, where given."""

    name: str
    who: str
    path: str
    size: tuple[int, int] = DESK
    at: str = ""
    opened: str = ""


PICTURES = (
    Picture("tasks", "穆念慈", "/tasks?state=active&sort=due"),
    Picture("task", "乔峰", "/tasks/17", (1366, 900), opened="#acts .act-refused summary"),
    Picture("review", "苗人凤", "/tasks/28", at="#deliverables"),
    Picture("leader", "洪七公", "/leader", (1366, 860)),
    Picture("month", "穆念慈", "/month?month=2024-09"),
    Picture("report", "穆念慈", "/reports"),
    Picture("admin", "穆念慈", "/admin"),
    Picture("audit", "郭靖", "/admin/audit?task=28"),
)
# One person's desk on both, side by side: the first picture of the README.
DESKS = (Picture("", "乔峰", "/"), Picture("", "乔峰", "/", PHONE))
PHONES = (
    Picture("", "乔峰", "/tasks/17", PHONE),
    Picture("", "苗人凤", "/", PHONE),
    Picture("", "洪七公", "/leader", PHONE),
)


def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("missing: chromium")
    with served_demo() as url, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        prepare(browser, url)
        drawn = {f"console-{each.name}": draw(browser, url, each) for each in PICTURES}
        drawn["console-import"] = draw_import(browser, url)
        drawn["console"] = beside_each_other(
            browser, [draw(browser, url, each) for each in DESKS], height=560
        )
        drawn["console-phone"] = beside_each_other(browser, [draw(browser, url, each) for each in PHONES])
        browser.close()
    for name, content in drawn.items():
        (IMAGES / f"{name}.png").write_bytes(content)


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
        quiet = subprocess.DEVNULL
        with subprocess.Popen(command, cwd=ROOT, stdout=quiet, stderr=quiet) as process:  # noqa: S603
            url = f"http://127.0.0.1:{port}"
            try:
                wait_for(f"{url}/healthz")
                yield url
            finally:
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


@contextmanager
def signed_in(browser: Browser, url: str, who: str, size: tuple[int, int] = DESK) -> Iterator[Page]:
    """A page on which `who` has just come in."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="zh-CN", color_scheme="light"
    )
    page = context.new_page()
    page.goto(f"{url}/login")
    people = page.locator("#field-person_id")
    labels = people.locator("option").all_text_contents()
    people.select_option(label=next(label for label in labels if label.startswith(who)))
    page.get_by_role("button", name="进入演示").click()
    page.wait_for_url(f"{url}/")
    yield page
    context.close()


def prepare(browser: Browser, url: str) -> None:
    """What the demo's story leaves out: somebody who audits, and an extension that waits for the leader."""
    with signed_in(browser, url, "穆念慈") as page:
        page.goto(f"{url}/admin/campaigns/1")
        page.get_by_text("指定人员").click()
        chosen = page.locator("select[name=person]")
        labels = chosen.locator("option").all_text_contents()
        chosen.select_option(label=next(label for label in labels if "郭靖" in label))
        page.locator("input[name=role][value=auditor]").check()
        page.get_by_role("button", name="指定", exact=True).click()
        page.locator(".file-row", has_text="郭靖").wait_for()
    with signed_in(browser, url, "乔峰") as page:
        page.goto(f"{url}/tasks/17")
        step = page.locator("#milestones .step", has_text="7月5日").first
        step.get_by_text("申请延期", exact=True).click()
        step.get_by_label("新的时限").fill("2024-07-12")
        step.get_by_label("理由").fill("两个大队的数据尚未上报。")
        step.get_by_role("button", name="确认申请延期").click()
        page.locator(".said", has_text="第1次延期").wait_for()


def draw(browser: Browser, url: str, picture: Picture) -> bytes:
    with signed_in(browser, url, picture.who, picture.size) as page:
        page.goto(url + picture.path, wait_until="networkidle")
        if picture.opened:
            page.locator(picture.opened).first.click()
        if picture.at:
            page.locator(picture.at).evaluate("each => scrollTo(0, each.getBoundingClientRect().top - 130)")
        return page.screenshot()


def draw_import(browser: Browser, url: str) -> bytes:
    """The second step of the import wizard, with the findings of the example table beside their cells."""
    with signed_in(browser, url, "穆念慈") as page:
        page.goto(f"{url}/imports")
        page.get_by_label("把文件拖到这里，或点击选择").set_input_files(EXAMPLE)
        page.get_by_role("button", name="上传并识别").click()
        page.get_by_label("新专项工作的名称").fill("秋冬季执法检查")
        page.get_by_role("button", name="保存", exact=True).click()
        page.get_by_role("button", name="下一步：逐行核对").click()
        page.get_by_role("link", name="提醒", exact=True).click()
        page.get_by_text("没有填写分管领导").first.wait_for()
        page.evaluate("scrollTo(0, 0)")
        return page.screenshot()


def beside_each_other(browser: Browser, pictures: list[bytes], *, height: int = 640) -> bytes:
    """The pictures in a row, `height` pixels high, on a quiet ground."""
    tags = "".join(
        f'<img src="data:image/png;base64,{b64encode(picture).decode()}" style="height:{height}px;'
        'border-radius:8px;box-shadow:0 2px 12px #0003">'
        for picture in pictures
    )
    row = "display:inline-flex;gap:24px;padding:24px"
    page = browser.new_page(viewport={"width": 1700, "height": height + 60})
    page.set_content(
        f'<body style="margin:0;background:#e8ecef"><div id="row" style="{row}">{tags}</div></body>'
    )
    drawn = page.locator("#row").screenshot()
    page.close()
    return drawn


if __name__ == "__main__":
    main()
