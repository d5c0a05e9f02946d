"""Sessions that a page of the documentation shows, played again: what is typed after `$`, and what is answered.

A block begins with ```console. Every page starts from a fresh copy of the demo office on the morning of 3 July 2024,
in a folder that holds its database under `var/`, its papers, and the files of docs/examples; its blocks follow each
other on that copy. A line `……` in an answer stands for any number of lines. Standard error comes after
standard output.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from typer.testing import CliRunner

from runtime.cli.root import app

BLOCK = re.compile(r"(?<=^```console\n)(?P<body>.*?)(?=^```$)", re.MULTILINE | re.DOTALL)
PROMPT = "$ "
ELLIPSIS = "……"


@dataclass(frozen=True)
class Exchange:
    """One line that is typed, and the lines that a page shows as its answer."""

    typed: str
    answer: tuple[str, ...]


def read_exchanges(body: str) -> Iterator[Exchange]:
    """The exchanges of one block. Its first line must be a prompt."""
    typed: str | None = None
    answer: list[str] = []
    for line in body.splitlines():
        if line.startswith(PROMPT):
            if typed is not None:
                yield Exchange(typed, tuple(answer))
            typed, answer = line.removeprefix(PROMPT), []
        else:
            assert typed is not None, f"a block begins with “{line}” instead of a prompt"
            answer.append(line.rstrip())
    if typed is not None:
        yield Exchange(typed, tuple(answer))


def is_answered(shown: Sequence[str], given: Sequence[str]) -> bool:
    """Whether the lines given are the lines shown, `……` standing for any number of them."""
    pattern = "".join("(?:.*\n)*?" if line == ELLIPSIS else re.escape(line) + "\n" for line in shown)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in given)) is not None


@dataclass
class Office:
    """Where the commands of a page are typed: the working directory of this process is the folder of the office."""

    environment: dict[str, str | None]
    exit_code: int = 0

    def answer(self, typed: str, *, is_joined: bool = True) -> list[str]:
        """The lines that a terminal shows for what was typed; of standard output alone unless `is_joined`."""
        words = shlex.split(typed, comments=True)
        if typed == "echo $?":
            return [str(self.exit_code)]
        assert words[0] == "dingban", f"cannot play “{typed}”"
        ended = CliRunner().invoke(app, words[1:], env=self.environment)
        self.exit_code = ended.exit_code
        return [line.rstrip() for line in (ended.stdout + (ended.stderr if is_joined else "")).splitlines()]


def play(text: str, office: Office) -> str:
    """The page as it should read: blocks whose answers are still right stay, others are written anew."""
    return BLOCK.sub(lambda block: "".join(_played(read_exchanges(block["body"]), office)), text)


def _played(exchanges: Iterable[Exchange], office: Office) -> Iterator[str]:
    for exchange in exchanges:
        given = office.answer(exchange.typed)
        answer = exchange.answer if is_answered(exchange.answer, given) else given
        yield "".join(f"{line}\n" for line in (PROMPT + exchange.typed, *answer))
