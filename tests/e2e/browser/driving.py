"""People at their browsers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.console import Console
from tracker.models import Person

DESK = (1366, 768)
PHONE = (390, 844)


@dataclass
class Driver:
    """Opens a browser for each person and keeps what their consoles say."""

    browser: Browser
    console: Console
    axe_script: str
    complaints: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def open(
        self,
        who: Person | str | None,
        *,
        size: tuple[int, int] = DESK,
        theme: str = "light",
        has_scripts: bool = True,
    ) -> Page:
        """A page of a browser in which `who` is signed in, at the console's first page."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            color_scheme="dark" if theme == "dark" else "light",
            java_script_enabled=has_scripts,
            has_touch=size == PHONE,
        )
        self._contexts.append(context)
        if who is not None:
            self.console.set_theme(who, theme)
        if who is not None:
            token = self.console.as_(who).cookies["dingban"]
            context.add_cookies([{"name": "dingban", "value": token, "url": self.console.url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.console.url + "/")
        return page

    def axe(self, page: Page) -> list[str]:
        """What axe-core finds on the page, a line each: the rule, the place, and why."""
        page.evaluate(self.axe_script)  # a script element would be refused by the page's own policy
        found: dict[str, Any] = page.evaluate(
            "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
        )
        return [
            f"{violation['id']}: {node['target']} {node['failureSummary']}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    def misfits(self, page: Page) -> list[str]:
        """What of a page does not fit its screen, and headings that are missing or too many."""
        found: list[str] = []
        wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            found.append(f"the page is {wide} px wider than the screen")
        headings = page.locator("h1").count()
        if headings != 1:
            found.append(f"the page has {headings} first headings")
        return found

    def expect_refusals(self, *statuses: int) -> None:
        """Forget that the browser noted answers of these statuses, which the test provoked."""
        marks = [f"status of {status}" for status in statuses]
        self.complaints = [line for line in self.complaints if not any(mark in line for mark in marks)]

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        assert self.complaints == []

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)
