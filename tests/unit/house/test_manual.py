"""The manual says what stands on the buttons: each label that it tells people to press is one of the console's."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted((ROOT / "docs" / "manual").glob("*.md"))
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
PRESSED = re.compile(r"点“([^”…]+)”")
SOURCES = ("web/**/*.html", "web/**/*.py", "workflows/**/*.py", "tracker/**/*.py", "config/settings.py")


@cache
def words_of_the_console() -> str:
    files = [path for pattern in SOURCES for path in sorted(ROOT.glob(pattern))]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def is_on_a_button(label: str) -> bool:
    """Whether the console says it, by itself or after 确认 or 代录, with which it puts the names of acts together."""
    bare = re.sub("^(确认|代录：)", "", label)
    return bare in words_of_the_console()


def pressed_labels(text: str) -> list[str]:
    return sorted(set(PRESSED.findall(FENCE.sub("", text))))


class TestLabels:
    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
    def test_every_label_that_people_are_to_press_is_in_the_console(self, page: Path) -> None:
        pressed = pressed_labels(page.read_text(encoding="utf-8"))

        assert pressed
        assert [label for label in pressed if not is_on_a_button(label)] == []

    def test_a_label_that_is_gone_would_be_seen(self) -> None:
        assert pressed_labels("点“下达”。\n```\n点“销号”\n```\n") == ["下达"]
        assert is_on_a_button("确认报告完成")
        assert not is_on_a_button("一键搞定")
