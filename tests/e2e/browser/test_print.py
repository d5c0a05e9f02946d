"""What leaves the printer: the pages themselves and nothing of the frame, on the paper they ask for, with nothing cut off."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.e2e.browser.driving import COLOURS, Driver, axe_on
from tests.factories import COORDINATOR, create_deliverable, create_milestone, create_task

CHROME = ".side, .top, .tab-bar, .filter-bar, .page-acts, .bulk-bar, #acts, .act-fold, .drop-zone, .pick"
MILLIMETRES = 72 / 25.4
A4, A4_ACROSS, A3_ACROSS = (210, 297), (297, 210), (420, 297)
MANY = 45
SHEETS = {
    "/tasks": A4_ACROSS,
    "/board": A4_ACROSS,
    "/month?month=2024-03": A4_ACROSS,
    "/year?year=2024": A3_ACROSS,
    "/leader": A4,
    "/reports": A4,
    "/tasks/1": A4,
}


@pytest.fixture
def page(driver: Driver) -> Page:
    """The coordinator's page in an office whose list is longer than a sheet, with titles as long as they come."""
    for number in range(MANY):
        task = create_task(
            driver.console.session, title=f"第{number}项更新执法装备台账并开展全员业务培训和考核"
        )
        create_milestone(driver.console.session, task)
        create_deliverable(driver.console.session, task)
    driver.console.session.commit()
    return driver.open(COORDINATOR)


def sheets_of(content: bytes) -> list[tuple[int, int]]:
    """The sheets of a PDF in whole millimetres."""
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content)
    return [(round(float(wide) / MILLIMETRES), round(float(high) / MILLIMETRES)) for wide, high in boxes]


@pytest.mark.parametrize("path", SHEETS)
def test_a_page_fits_the_paper_it_asks_for(page: Page, driver: Driver, path: str) -> None:
    page.goto(driver.console.url + path)

    # on as many sheets of that size as it needs, and no other
    sheets = sheets_of(page.pdf(prefer_css_page_size=True))
    assert sheets
    assert {tuple(size) for size in sheets} == {SHEETS[path]}

    # nothing of the frame is there, and nothing is wider than what may be printed on
    page.emulate_media(media="print")
    wide, _ = SHEETS[path]
    page.set_viewport_size({"width": int((wide - 24) / 25.4 * 96), "height": 900})
    assert page.locator(CHROME).locator("visible=true").count() == 0
    assert page.evaluate(CUT_OFF) == []


CUT_OFF = """() => [...document.querySelectorAll("main *")].filter((part) => {
  const box = part.getBoundingClientRect(), style = getComputedStyle(part);
  const isLoud = box.width > 1 && box.height > 1 && style.visibility === "visible";
  return isLoud && !part.closest("svg, .off-screen") && box.right > document.documentElement.clientWidth + 1;
}).map((part) => part.tagName + "." + part.className)"""


def test_the_heads_of_long_tables_stand_on_every_sheet(page: Page, driver: Driver) -> None:
    page.emulate_media(media="print")
    heads = {}
    for path, head in (("/tasks", ".ledger thead"), ("/year?year=2024", ".gantt-head")):
        page.goto(driver.console.url + path)
        assert len(sheets_of(page.pdf(prefer_css_page_size=True))) > 1, path
        heads[path] = page.locator(head).evaluate("(head) => getComputedStyle(head).display")

    assert set(heads.values()) == {"table-header-group"}


@pytest.mark.parametrize("path", SHEETS)
def test_the_dark_theme_is_printed_black_on_white(driver: Driver, path: str) -> None:
    task = create_task(driver.console.session)
    create_milestone(driver.console.session, task)
    create_deliverable(driver.console.session, task)
    driver.console.session.commit()
    page = driver.open(COORDINATOR, theme="dark", path=path)
    page.emulate_media(media="print")

    colours = page.evaluate(
        "() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('h1')).color]"
    )
    assert colours == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    assert axe_on(page, driver.axe_script, COLOURS) == []
