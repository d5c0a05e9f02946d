"""`dingban completion`: completion of commands and options in the shell."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer
from typer._completion_shared import get_completion_script, install

from runtime.cli.grammar import COMPLETE_VARIABLE, Commands
from runtime.cli.output import say

app = Commands()


class Shell(StrEnum):
    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


@app.command("completion")
def complete(
    shell: Annotated[Shell, typer.Argument(metavar="bash|zsh|fish", help="用的是哪一种命令行")],
    is_install: Annotated[bool, typer.Option("--install", help="装进自己的登录配置；不写则只打印")] = False,
) -> None:
    """打印或者安装命令行补全脚本。

    例：dingban completion bash --install
    """
    if is_install:
        _, path = install(shell=shell.value, prog_name="dingban", complete_var=COMPLETE_VARIABLE)
        say(f"已安装到 {path}，重新打开终端后生效。")
    else:
        say(get_completion_script(prog_name="dingban", complete_var=COMPLETE_VARIABLE, shell=shell.value))
