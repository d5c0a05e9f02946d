"""Commands and groups that speak Chinese, load late, and end with the exit codes of the contract."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar, cast

import typer
from typer._completion_classes import completion_init
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from runtime.cli import wording
from runtime.cli.exits import report_failure
from runtime.cli.interrupting import interrupted_at_once

_Function = TypeVar("_Function", bound=Callable[..., Any])
COMPLETE_VARIABLE = "_DINGBAN_COMPLETE"
GLOBAL_WITH_VALUE = ("--config", "--now")


class ChineseCommand(TyperCommand):
    """A command whose help page is Chinese."""

    def get_help(self, ctx: Any) -> str:
        return wording.help_page(self, ctx).rstrip()

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(wording.help_page(self, ctx))


class ChineseGroup(TyperGroup):
    """A group of commands whose help page is Chinese."""

    def get_help(self, ctx: Any) -> str:
        return wording.help_page(self, ctx).rstrip()

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(wording.help_page(self, ctx))

    def shown_commands(self, ctx: Any) -> list[tuple[str, str]]:
        """Name and first line of every command that is not hidden."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        return [
            (name, (command.help or "").split("\n")[0])
            for name, command in commands
            if command is not None and not command.hidden
        ]


class Commands(typer.Typer):
    """A Typer application whose commands and groups are Chinese."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("cls", ChineseGroup)
        options.setdefault("no_args_is_help", True)
        super().__init__(
            add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, **options
        )

    def command(self, name: str | None = None, **options: Any) -> Callable[[_Function], _Function]:
        options.setdefault("cls", ChineseCommand)
        return super().command(name, **options)


@dataclass(frozen=True)
class Late:
    """Where a command lives (`module`, attribute `app`) and what it does; its module is loaded when called."""

    module: str
    help: str


class RootGroup(ChineseGroup):
    """The command `dingban`: its commands are loaded late, its failures become exit codes."""

    late: Mapping[str, Late] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.late)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in self.late:
            return None
        with interrupted_at_once():
            module = import_module(self.late[cmd_name].module)
        command = get_command(module.app)
        if isinstance(command, TyperGroup) and cmd_name in getattr(command, "commands", {}):
            command = command.commands[cmd_name]
        command.name = cmd_name
        return command

    def shown_commands(self, ctx: Any) -> list[tuple[str, str]]:
        return [(name, late.help) for name, late in self.late.items()]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        self.commands = cast(dict[str, Any], dict.fromkeys(self.late))  # to suggest for a misspelt one
        return super().resolve_command(ctx, args)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        if COMPLETE_VARIABLE in os.environ:
            completion_init()  # tells Typer of the shells; it would do so only with its own, English options
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # a terminal that knows no Chinese shows question marks
        given = hoist_global_options(sys.argv[1:] if args is None else args)
        try:
            ended = super().main(given, "dingban", complete_var, False, windows_expand_args, **extra)
            code = ended if isinstance(ended, int) else 0
        except Exception as error:  # the one place where every failure becomes an exit code
            code = report_failure(error, given)
        sys.exit(code)


def hoist_global_options(arguments: Sequence[str]) -> list[str]:
    """Move `--config`, `--now` and `--debug` to the front, so that they may be written anywhere."""
    front: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument == "--debug" or argument.startswith(tuple(f"{name}=" for name in GLOBAL_WITH_VALUE)):
            front.append(argument)
        elif argument in GLOBAL_WITH_VALUE:
            front += [argument, *[value for value in [next(waiting, None)] if value is not None]]
        else:
            rest.append(argument)
    return front + rest
