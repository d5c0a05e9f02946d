"""What the documents tell people to type exists: commands, sub-commands and options."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from runtime.cli.root import Dingban

ROOT = Path(__file__).parents[3]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINE = re.compile(r"^(?:\$ )?dingban .+$", re.MULTILINE)
ANYWHERE = {"--config", "--now", "--debug", "--help"}


def documented() -> list[tuple[str, str]]:
    return [
        (str(path.relative_to(ROOT)), line.split("#")[0].strip().removeprefix("$ "))
        for path in DOCUMENTS
        for line in LINE.findall(path.read_text(encoding="utf-8"))
    ]


def find_command(words: list[str]) -> Any:
    """The command that a line calls. Raises KeyError where there is none."""
    name = words[0]
    command: Any = get_command(import_module(Dingban.late[name].module).app)
    if isinstance(command, TyperGroup):
        command = command.commands[name if name in command.commands else words[1]]
    return command


class TestDocuments:
    def test_tell_what_to_type(self) -> None:
        assert len(documented()) > 20

    @pytest.mark.parametrize(("document", "line"), documented())
    def test_name_commands_and_options_that_exist(self, document: str, line: str) -> None:
        words = shlex.split(line.split("|")[0].split("&&")[0])[1:]
        while words and words[0] in ("--config", "--now"):
            words = words[2:]
        if words[0].startswith("-"):
            return

        command = find_command(words)

        known = {name for parameter in command.params for name in parameter.opts} | ANYWHERE
        used = {word.split("=")[0] for word in words if re.match(r"--[a-z]", word)}
        assert used <= known, f"{document}: {line}"
