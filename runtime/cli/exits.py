"""What a failure means to whoever called the command: one table from exceptions to exit codes.

Exceptions are named by their full names, so that a quick command need not import what it never raises.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any

REFUSED, WRONG_USAGE, UNREADABLE, OUTSIDE = 1, 2, 3, 4
INTERRUPTED = 130

EXIT_CODES: dict[str, int] = {
    "workflows.kernel.WorkflowError": REFUSED,
    "workflows.kernel.NoSuchTrigger": REFUSED,
    "workflows.registry.WorkflowUnknown": REFUSED,
    "tracker.errors.TrackerError": REFUSED,
    "tracker.importers.errors.SourceUnreadable": UNREADABLE,
    "tracker.evidence_store.SourceFileMissing": UNREADABLE,
    "tracker.archive.verifying.PackageMissing": UNREADABLE,
    "tracker.archive.building.PlaceNotWritable": OUTSIDE,
    "tracker.calendar.files.CalendarFileError": UNREADABLE,
    "notifications.reports.sending.ReportAltered": REFUSED,
    "runtime.cli.invocation.Refused": REFUSED,
    "runtime.cli.invocation.InputUnreadable": UNREADABLE,
    "runtime.cli.invocation.ClockRefused": WRONG_USAGE,
    "runtime.bootstrap.NotReady": OUTSIDE,
    "runtime.demo.building.FolderInUse": REFUSED,
    "config.errors.ConfigurationError": WRONG_USAGE,
    "typer.exceptions.TyperException": WRONG_USAGE,
    "typer.exceptions.Abort": INTERRUPTED,
    "sqlalchemy.exc.SQLAlchemyError": OUTSIDE,
    "notifications.channels.base.ChannelError": OUTSIDE,
    "builtins.OSError": OUTSIDE,
}


def exit_code_of(error: BaseException) -> int:
    """The exit code for an error, by the nearest of its classes that the table names; 4 for what nobody foresaw."""
    for kind in type(error).__mro__:
        if (name := f"{kind.__module__}.{kind.__qualname__}") in EXIT_CODES:
            return EXIT_CODES[name]
    return OUTSIDE


def report_failure(error: BaseException, arguments: Sequence[str]) -> int:
    """Say in Chinese what went wrong, on standard error, and with `--json` as a document as well."""
    if "--debug" in arguments or os.environ.get("DINGBAN_DEBUG") == "1":
        traceback.print_exception(error, file=sys.stderr)
    code = exit_code_of(error)
    sentences = describe_failure(error)
    if "--json" in arguments and code != WRONG_USAGE:
        document = {"error": {"exit_code": code, "message": sentences[0], "unmet": _unmet_of(error)}}
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    sys.stderr.write("\n".join(sentences) + "\n")
    return code


def describe_failure(error: BaseException) -> list[str]:
    """One line, or several where several things are wrong."""
    name = _family_of(error)
    if name == "typer.exceptions.TyperException":
        from runtime.cli import wording

        if type(error).__name__ == "NoArgsIsHelpError":
            return [str(error.message).rstrip()]  # type: ignore[attr-defined]
        return [wording.usage_error(error)]
    if name == "typer.exceptions.Abort":
        return ["已中断。"]
    if name == "config.errors.ConfigurationError":
        return ["设置或者规则文件有问题：", *(f"  - {line}" for line in error.problems)]  # type: ignore[attr-defined]
    if unmet := _unmet_of(error):
        return [f"不能{_act_of(error)}，原因如下：", *(f"  - {line['message']}" for line in unmet)]
    if name == "sqlalchemy.exc.SQLAlchemyError":
        return [_database_failure(error)]
    if blocking := getattr(error, "blocking", ()):
        return [f"还有{len(blocking)}项任务没有办结，不能结束：", *(f"  - {line}" for line in blocking)]
    if name == "builtins.OSError":
        return [f"读写文件或者连接网络时出错：{error}"]
    if name is None:
        return [
            f"程序内部出错（{type(error).__name__}）：{error}。加上 --debug 再运行一次，可以看到出错的位置。"
        ]
    return [str(error)]


def _database_failure(error: Any) -> str:
    """In Chinese where it can be told; what the driver says is English and follows behind the sentence."""
    said = str(getattr(error, "orig", None) or error).strip()
    family = type(error).__name__
    if family == "OperationalError" and "connect" in said.lower():
        return f"连不上数据库，请检查 DINGBAN_DATABASE_URL 和数据库服务是否在运行。数据库的答复：{said.splitlines()[0]}"
    if family == "OperationalError" and "locked" in said.lower():
        return "数据库正被别的程序占用，请稍后再试。"
    return f"数据库出错：{said}"


def _family_of(error: BaseException) -> str | None:
    names = (f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__)
    return next((name for name in names if name in EXIT_CODES), None)


def _act_of(error: Any) -> str:
    if hasattr(error, "act"):
        return str(error.act)
    return str(error.workflow.trigger_labels[error.trigger])


def _unmet_of(error: Any) -> list[dict[str, str]]:
    return [
        {"code": condition.code, "message": condition.message} for condition in getattr(error, "unmet", ())
    ]
