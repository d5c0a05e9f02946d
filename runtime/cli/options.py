"""Options that many commands have, and values that they read from the command line."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from runtime.cli.wording import translate
from tracker.identity import LARGEST_ID


def read_day(value: Any) -> date:
    """Read 2024-07-03 (also 20240703). Raises the usage error that says what is accepted."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise typer.BadParameter(translate(f"“{value}”不是日期，应写成 2024-07-03 这样")) from None


Json = Annotated[bool, typer.Option("--json", help="只在标准输出上打印一份 JSON")]
AsPerson = Annotated[str, typer.Option("--as", metavar="人员", help="以谁的身份办理：姓名、编号或者邮箱")]
AsAnybody = Annotated[
    str | None,
    typer.Option("--as", metavar="人员", help="以谁的身份办理：姓名、编号或者邮箱；不写则为管理员"),
]
RecordedBy = Annotated[
    str | None,
    typer.Option("--recorded-by", metavar="人员", help="代录人：领导在纸上批了，由协调员代为登记时写明"),
]
Reason = Annotated[str | None, typer.Option("--reason", metavar="文字", help="理由")]
RequiredReason = Annotated[str, typer.Option("--reason", metavar="文字", help="理由")]
OutFolder = Annotated[Path, typer.Option("--out", metavar="文件夹", help="写到哪个文件夹")]
TaskId = Annotated[
    int, typer.Argument(metavar="任务编号", min=1, max=LARGEST_ID, help="任务的编号，见 dingban task list")
]
MilestoneId = Annotated[
    int, typer.Argument(metavar="节点编号", min=1, max=LARGEST_ID, help="节点的编号，见 dingban task show")
]
