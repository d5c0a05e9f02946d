"""The design system: every part is shown on one page, obeys the policy for content, and can be read in both themes."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from jinja2 import Environment
from lxml import html

from tests.styleguide import ASSETS, WEB, render, visitor, workshop
from tracker.lights import LIGHT_NAMES, Light
from web.navigation import entries_for

STYLEGUIDE = Path(__file__).parents[2] / "styleguide.html"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))


def macro_names() -> set[str]:
    source = (WEB / "templates/_macros.html").read_text()
    named = re.findall(r"{% macro (\w+)\(|{%- set ([a-z]\w+) = ", source)
    return {macro or drawn for macro, drawn in named if not macro.startswith("_")}


@pytest.fixture(scope="module")
def environment() -> Environment:
    return workshop()


@pytest.fixture(scope="module")
def page(environment: Environment) -> html.HtmlElement:
    return html.document_fromstring(render(environment, "styleguide.html", message="已保存。"))


class TestStyleguide:
    def test_every_part_is_shown(self) -> None:
        source = STYLEGUIDE.read_text()
        inside = {"breadcrumbs", "submit"}  # drawn by other parts
        assert macro_names() - inside == set(re.findall(r"\bui\.(\w+)\(", source)) - inside

    def test_every_field_has_a_label(self, page: html.HtmlElement) -> None:
        labelled = set(page.xpath("//label/@for"))
        fields = page.xpath("//input[not(@type='hidden')] | //select | //textarea")
        assert fields
        for field in fields:
            assert field.get("id") in labelled or field.get("aria-label"), html.tostring(field)

    def test_no_two_elements_have_one_id(self, page: html.HtmlElement) -> None:
        ids = page.xpath("//@id")
        assert sorted(ids) == sorted(set(ids))

    def test_what_describes_a_field_is_there(self, page: html.HtmlElement) -> None:
        ids = set(page.xpath("//@id"))
        for described in page.xpath("//@aria-describedby"):
            assert set(described.split()) <= ids

    def test_every_form_that_writes_brings_back_the_token(self, page: html.HtmlElement) -> None:
        forms = page.xpath("//form[@method='post']")
        assert forms
        for form in forms:
            assert form.xpath(".//input[@name='csrf']"), form.get("action")

    def test_headings_leave_no_level_out(self, page: html.HtmlElement) -> None:
        levels = [int(heading.tag[1]) for heading in page.xpath("//h1 | //h2 | //h3 | //h4")]
        assert levels.count(1) == 1
        assert all(later - earlier <= 1 for earlier, later in pairwise(levels))

    def test_the_place_that_one_is_in_is_marked_in_both_navigations(self, page: html.HtmlElement) -> None:
        marked = page.xpath("//nav[@aria-label='主导航' or @aria-label='手机导航']//a[@aria-current='page']")
        assert [link.get("href") for link in marked] == ["/tasks", "/tasks"]

    def test_every_light_has_a_shape_of_its_own_and_a_word(self, environment: Environment) -> None:
        macros = environment.get_template("_macros.html").module
        drawn = {light: str(macros.light(light.value, LIGHT_NAMES[light])) for light in Light}  # type: ignore[attr-defined]
        shapes = {
            re.sub(r"tone-\w+", "", text.replace(LIGHT_NAMES[light], "")) for light, text in drawn.items()
        }
        assert len(shapes) == len(Light)
        assert all(LIGHT_NAMES[light] in text for light, text in drawn.items())

    def test_texts_are_escaped(self, environment: Environment) -> None:
        macros = environment.get_template("_macros.html").module
        drawn = str(macros.notice("refused", "<script>", ["<b>"], title="<i>"))  # type: ignore[attr-defined]
        assert "<script>" not in drawn
        assert "<b>" not in drawn
        assert "<i>" not in drawn


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB / "templates")))
class TestEveryTemplate:
    def test_obeys_the_policy_for_content(self, path: Path) -> None:
        source = path.read_text()
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|hx-on|hx-vals=['\"]js:", source)
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", source))

    def test_loads_assets_that_are_there(self, path: Path) -> None:
        named = re.findall(r"asset\(['\"]([^'\"]+)['\"]\)", path.read_text())
        assert set(named) <= set(ASSETS.names())

    def test_names_icons_that_are_there(self, path: Path) -> None:
        named = re.findall(r"""icon(?:_name)?(?:\(|=)["']([\w-]+)["']""", path.read_text())
        assert set(named) <= icons()


def icons() -> set[str]:
    return set(re.findall(r'<symbol id="([^"]+)"', (WEB / "static/vendor/icons.svg").read_text()))


def test_every_place_has_an_icon_that_is_there() -> None:
    places = entries_for(visitor(), "/")
    assert places
    assert {place.icon for place in places} <= icons()


def tokens(theme: str) -> dict[str, tuple[int, int, int]]:
    """The colours of a theme, as they stand in console.css."""
    source = (WEB / "static/console.css").read_text()
    block = next(body for head, body in re.findall(r"([^{}]+){([^}]*)}", source) if f'"{theme}"' in head)
    found = re.findall(r"--([\w-]+): #([0-9a-f]{6});", block)
    return {name: (int(colour[:2], 16), int(colour[2:4], 16), int(colour[4:], 16)) for name, colour in found}


def luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance (WCAG 2.2), 0 for black and 1 for white."""
    linear = [part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Contrast ratio (WCAG 2.2), 1 to 21."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


READ = [
    *(
        (ink, ground)
        for ink in ("ink", "ink-soft", "link")
        for ground in ("page", "surface", "sunken", "raised")
    ),
    *((ink, "primary-wash") for ink in ("ink", "link")),
    *((tone, f"{tone}-wash") for tone in ("red", "yellow", "green", "blue", "violet", "grey")),
    *((tone, "surface") for tone in ("red", "yellow", "green", "blue", "violet", "grey")),
    *(("ink", f"{tone}-wash") for tone in ("red", "yellow", "green", "blue", "violet", "grey")),
    ("ink-soft", "grey-wash"),
    ("primary-ink", "primary"),
    ("primary-ink", "primary-strong"),
    ("frame-ink", "frame"),
]
SEEN = [
    *(("field-line", ground) for ground in ("surface", "sunken", "page")),
    *((f"{tone}-fill", "surface") for tone in ("red", "yellow", "green", "blue", "violet")),
    ("primary", "surface"),
    *(("focus", ground) for ground in ("page", "surface", "sunken", "raised")),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
class TestContrast:
    @pytest.mark.parametrize(("ink", "ground"), READ)
    def test_text_can_be_read(self, theme: str, ink: str, ground: str) -> None:
        colours = tokens(theme)
        assert contrast(colours[ink], colours[ground]) >= 4.5

    @pytest.mark.parametrize(("shape", "ground"), SEEN)
    def test_shapes_can_be_seen(self, theme: str, shape: str, ground: str) -> None:
        colours = tokens(theme)
        assert contrast(colours[shape], colours[ground]) >= 3.0
