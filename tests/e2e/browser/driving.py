"""People at their browsers."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Request

from tests.console import Console
from tracker.models import Person

DESK = (1366, 768)
PHONE = (390, 844)
# (scripts, touch): what a profile cannot change once it is open.
_Kind = tuple[bool, bool]


class Browsers:
    """The profiles of one browser, each lent to one person of a test, and what their pages complain of."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[_Kind, list[BrowserContext]] = defaultdict(list)
        self._lent: list[tuple[_Kind, BrowserContext]] = []
        self._complaints: list[str] = []

    def open(self, *, size: tuple[int, int] = DESK, theme: str = "light", has_scripts: bool = True) -> Page:
        """An empty page of a profile that nobody else has. Nothing on it moves by itself."""
        kind = (has_scripts, size == PHONE)
        context = self._free[kind].pop() if self._free[kind] else self._new(kind)
        self._lent.append((kind, context))
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
        return page

    def forget(self, *patterns: str) -> None:
        """Forget complaints that a test provoked, each found by a regular expression."""
        wanted = re.compile("|".join(patterns))
        self._complaints = [line for line in self._complaints if not wanted.search(line)]

    def close_pages(self) -> None:
        """Nobody is at a browser any more; the profiles are as good as new."""
        while self._lent:
            kind, context = self._lent.pop()
            for page in context.pages:
                page.close()
            context.clear_cookies()
            self._free[kind].append(context)

    def put_away(self) -> list[str]:
        """Close what is open and return what was complained of since the last time."""
        self.close_pages()
        complaints, self._complaints = self._complaints, []
        return complaints

    def _new(self, kind: _Kind) -> BrowserContext:
        has_scripts, has_touch = kind
        context = self._browser.new_context(
            locale="zh-CN", java_script_enabled=has_scripts, has_touch=has_touch
        )
        context.on("console", lambda said: self._hear(said.type, said.text))
        context.on("weberror", lambda error: self._complaints.append(str(error.error)))
        context.on("requestfailed", self._miss)
        return context

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self._complaints.append(text)

    def _miss(self, request: Request) -> None:
        # ABORTED: the page was left, or the answer was a file, which the browser keeps
        if request.failure and "ERR_ABORTED" not in request.failure:
            self._complaints.append(f"{request.method} {request.url}: {request.failure}")


@dataclass
class Driver:
    """Opens a browser for each person of an office."""

    browsers: Browsers
    console: Console
    axe_script: str

    def open(
        self,
        who: Person | str | None,
        *,
        size: tuple[int, int] = DESK,
        theme: str = "light",
        has_scripts: bool = True,
        path: str = "/",
    ) -> Page:
        """A page of a browser in which `who` is signed in, at the console's first page or another."""
        page = self.browsers.open(size=size, theme=theme, has_scripts=has_scripts)
        if who is not None:
            self.console.set_theme(who, theme)
            token = self.console.as_(who).cookies["dingban"]
            page.context.add_cookies([{"name": "dingban", "value": token, "url": self.console.url}])
        page.goto(self.console.url + path)
        return page

    def axe(self, page: Page) -> list[str]:
        """What axe-core finds on the page as it stands, a line each."""
        return axe_on(page, self.axe_script)

    def inspect(self, page: Page) -> list[str]:
        """What axe-core finds and what does not fit, at a desk and on a phone, in light and in dark."""
        return inspect(page, self.axe_script)

    def misfits(self, page: Page) -> list[str]:
        """What of a page does not fit its screen, and headings that are missing or too many."""
        return list(page.evaluate(MISFITS))

    def expect_refusals(self, *statuses: int) -> None:
        """Forget that the browser noted answers of these statuses, which the test provoked."""
        self.browsers.forget(*(f"status of {status}" for status in statuses))


TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
EVERYTHING = {"runOnly": list(TAGS), "resultTypes": ["violations"], "selectors": True}
# What a change of theme alone can break.
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
# The frame behind scripts that draw: what they prepare after a change of size is there in the second.
DRAWN = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
MISFITS = """() => {
  const found = [];
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  const beyond = [...document.querySelectorAll("main *")].filter((part) => part.getBoundingClientRect().right > window.innerWidth + 1);
  const name = (part) => part ? `${part.tagName.toLowerCase()}.${part.className} ${part.id}` : "";
  if (wide > 0) found.push(`the page is ${wide} px wider than the screen, as is ${beyond.slice(0, 3).map(name)}`);
  const headings = [...document.querySelectorAll("h1")];
  if (headings.length !== 1) found.push(`the page has ${headings.length} first headings`);
  return found;
}"""


def axe_on(page: Page, script: str, options: dict[str, Any] = EVERYTHING) -> list[str]:
    """What axe-core finds, a line each: the rule, the place, and why."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(script)  # a script element would be refused by the page's own policy
    found: dict[str, Any] = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def inspect(page: Page, script: str) -> list[str]:
    """The page as it stands in all four looks, then as it was: its size and its theme are changed under it.

    Whatever does not depend on colours is looked at once for each size.
    """
    size, theme = page.viewport_size, page.evaluate("() => document.documentElement.dataset.bsTheme")
    found: list[str] = []
    other = "light" if theme == "dark" else "dark"
    for name, (width, height), first, second in (
        ("phone", PHONE, theme, other),
        ("desk", DESK, other, theme),
    ):
        page.set_viewport_size({"width": width, "height": height})
        for colours, options in ((first, EVERYTHING), (second, COLOURS)):
            turn(page, colours)
            found += [f"{name}, {colours}: {line}" for line in axe_on(page, script, options)]
        found += [f"{name}: {line}" for line in page.evaluate(MISFITS)]
    if size is not None:
        page.set_viewport_size(size)
    return found


def turn(page: Page, theme: str) -> None:
    """Give the page the other colours, and wait until it is painted."""
    page.evaluate("(theme) => { document.documentElement.dataset.bsTheme = theme; }", theme)
    page.evaluate(DRAWN)
