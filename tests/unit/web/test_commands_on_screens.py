"""Who looks at a page has no command line: a page says what to do on it, or whom to ask."""

from __future__ import annotations

import re

import pytest

from web.templating import FOLDER

TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
_COMMAND = re.compile(r"dingban [a-z]")


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_command_is_shown_to_administrators_alone(name: str) -> None:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()

    shown = [
        line for line in lines if _COMMAND.search(line) and '"administrator" in visitor.roles' not in line
    ]

    assert shown == []
