"""The reference of every command, as docs/commands.md holds it: written from what the command line declares.

`make golden` renews the page; a test compares it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from typer import Context
from typer.main import get_command

from runtime.cli.root import app
from runtime.cli.wording import GLOBAL_OPTIONS

GLOBAL_HEADING = "\n通用选项（写在哪里都可以）：\n"


@cache
def render_commands() -> str:
    """Every command in the order of `dingban --help`, each as its own help page shows it."""
    root = get_command(app)
    context = Context(root, info_name="dingban")
    lines = ["## 通用选项", "", "写在哪里都可以。", "", "| 选项 | 含义 |", "| --- | --- |"]
    lines += [f"| `{name}` | {text} |" for name, text in GLOBAL_OPTIONS]
    for name in root.list_commands(context):  # type: ignore[attr-defined]
        lines += ["", f"## dingban {name}"]
        for page in _pages(root.get_command(context, name), context, name):  # type: ignore[attr-defined]
            lines += ["", *page]
    return "\n".join(lines) + "\n"


def _pages(command: Any, parent: Context, name: str) -> Iterator[list[str]]:
    """The page of a command, and of each command in it."""
    context = Context(command, info_name=name, parent=parent)
    is_group = hasattr(command, "list_commands")
    page = ["```text", _without_global_options(command.get_help(context)), "```"]
    yield page if parent.parent is None else [f"### {context.command_path}", "", *page]
    for inner in command.list_commands(context) if is_group else ():
        yield from _pages(command.get_command(context, inner), context, inner)


def _without_global_options(page: str) -> str:
    """The same three lines on every page would hide what differs."""
    before, heading, after = page.partition(GLOBAL_HEADING)
    if not heading:
        return page.strip()
    rest = after.split("\n\n", 1)
    return "\n\n".join([before.strip(), *[part.strip("\n") for part in rest[1:]]])
