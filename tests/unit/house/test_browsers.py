"""Pages ask nothing of a browser that Chromium 109, the oldest one that offices run, does not know.

Each entry names the first Chromium that has it (MDN's tables of compatibility). What merely looks better where a
browser knows it, and does no harm where not (text-wrap, scrollbar-color, details[name]), is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.unit.house.tree import ROOT, list_files

OLDEST = 109
STYLES = {
    r"\bcolor-mix\(": 111,
    r"\b(?:oklch|oklab|lch|lab|color)\(": 111,
    r"\blight-dark\(": 123,
    r"\b(?:sin|cos|tan|asin|acos|atan|atan2|pow|sqrt|hypot|exp)\(": 111,
    r"\b(?:round|mod|rem|abs|sign)\(": 125,
    r"(?<![\w-])linear\(": 113,
    r"(?<![\w-])image-set\(": 113,
    r"(?<![\w-])mask(?:-image|-size|-position|-repeat)?\s*:": 120,
    r"\bsubgrid\b": 117,
    r"@scope\b": 118,
    r"@starting-style\b": 117,
    r"@view-transition\b|\bview-transition-name\b": 111,
    r"@container[^{]*\bstyle\(": 111,
    r"@position-try\b|\banchor-name\b|\bposition-anchor\b|\banchor\(": 125,
    r"\b(?:animation|scroll|view)-timeline\b": 115,
    r"\btransition-behavior\b": 117,
    r"\binterpolate-size\b|\bcalc-size\(": 129,
    r"\bfield-sizing\b": 123,
    r":user-(?:in)?valid\b": 119,
    r":popover-open\b": 114,
    r":dir\(": 120,
    r"::details-content\b": 131,
    r"\d(?:rlh|rcap|rch|rex|ric)\b": 111,
    r"prefers-reduced-transparency": 118,
}
SCRIPTS = {
    r"\.(?:toSorted|toReversed|toSpliced)\(": 110,
    r"\.(?:isWellFormed|toWellFormed)\(": 111,
    r"\bstartViewTransition\b": 111,
    r"\b(?:show|hide|toggle)Popover\(": 114,
    r"[\"']scrollend[\"']|[\"']beforetoggle[\"']": 114,
    r"\b(?:Object|Map)\.groupBy\(": 117,
    r"\bPromise\.withResolvers\(": 119,
    r"\bURL\.canParse\(": 120,
    r"\bArray\.fromAsync\(": 121,
    r"\.(?:isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference)\(": 122,
    r"\bsetHTMLUnsafe\(|\bparseHTMLUnsafe\(": 124,
    r"\.moveBefore\(": 133,
    r"\bRegExp\.escape\(": 136,
    r"\bPromise\.try\(": 128,
}
TEMPLATES = {
    r"\spopover(?:target|targetaction)?[\s=>]": 114,
    r"<search\b": 118,
    r"\sclosedby=": 134,
    r"\scommandfor=": 135,
}
# htmx asks whether the browser has these before it uses them; Bootstrap says its mask in the old spelling as well.
ALLOWED = {
    ("web/static/vendor/htmx.min.js", 111),
    ("web/static/vendor/htmx.min.js", 124),
    ("web/static/vendor/htmx.min.js", 133),
    ("web/static/vendor/bootstrap.min.css", 120),
}


def newer_than_the_oldest(text: str, features: dict[str, int]) -> list[tuple[str, int]]:
    """What of `features` the text uses, with the first browser that has it."""
    return [(found[0], since) for pattern, since in features.items() if (found := re.search(pattern, text))]


def nested_rules(style: str) -> Iterator[str]:
    """Rules within rules, which Chromium 112 was the first to read."""
    bare = re.sub(r"/\*.*?\*/|\"[^\"]*\"|'[^']*'", "", style, flags=re.DOTALL)
    open_blocks: list[bool] = []
    for prelude, mark in re.findall(r"([^{};]*)([{};])", bare):
        if mark == "{":
            if any(open_blocks):
                yield prelude.strip()
            open_blocks.append(not prelude.strip().startswith("@"))
        elif mark == "}":
            open_blocks.pop()


def pages_of(suffix: str) -> list[tuple[str, str]]:
    """Name and content of what pages are made of."""
    files = [path for path in list_files(suffix) if path.is_relative_to(ROOT / "web")]
    return [(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in files]


@pytest.mark.parametrize(
    ("suffix", "features"),
    [(".css", STYLES), (".js", SCRIPTS), (".html", TEMPLATES)],
    ids=["styles", "scripts", "pages"],
)
def test_nothing_is_newer_than_what_offices_run(suffix: str, features: dict[str, int]) -> None:
    pages = pages_of(suffix)
    found = [
        f"{name}: {words} needs Chromium {since}"
        for name, text in pages
        for words, since in newer_than_the_oldest(text, features)
        if (name, since) not in ALLOWED
    ]

    assert len(pages) > 2
    assert found == []


def test_no_style_holds_a_rule_within_a_rule() -> None:
    assert [(name, rule) for name, text in pages_of(".css") for rule in nested_rules(text)] == []


class TestSuchThingsWouldBeSeen:
    @pytest.mark.parametrize(
        ("text", "features"),
        [
            ("a { color: color-mix(in srgb, red, blue); }", STYLES),
            ("a { mask-image: url(a.svg); }", STYLES),
            ("li { grid-template-rows: subgrid; }", STYLES),
            ("rows.toSorted()", SCRIPTS),
            ("document.startViewTransition(() => 0)", SCRIPTS),
            ('<div popover id="menu">', TEMPLATES),
        ],
    )
    def test_features(self, text: str, features: dict[str, int]) -> None:
        assert all(since > OLDEST for _, since in newer_than_the_oldest(text, features))
        assert newer_than_the_oldest(text, features)

    @pytest.mark.parametrize(
        "text",
        [
            "a { -webkit-mask-image: url(a.svg); }",
            "a { background: linear-gradient(red, blue); transition: left 1s; }",
            "@media print { a { color: red; } }",
            ".text-mask { color: red; }",
        ],
    )
    def test_what_every_browser_knows_is_none(self, text: str) -> None:
        assert newer_than_the_oldest(text, STYLES) == []
        assert list(nested_rules(text)) == []

    def test_nesting(self) -> None:
        style = (
            "@media print { a { color: red; &:hover { color: blue; } } } /* { */ b::after { content: '{'; }"
        )
        assert list(nested_rules(style)) == ["&:hover"]
