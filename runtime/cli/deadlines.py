"""`dingban deadline`: how a phrase or a sentence is understood. Needs no database and no settings."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from runtime.cli.grammar import Commands
from runtime.cli.invocation import InputUnreadable
from runtime.cli.options import Json, read_day
from runtime.cli.output import print_table, say
from tracker.deadlines import Deadline, DeadlineKind, parse

app = Commands()

KIND_LABELS = {
    DeadlineKind.DATE: "日期",
    DeadlineKind.WINDOW: "时间段",
    DeadlineKind.RECURRING: "周期",
    DeadlineKind.RELATIVE: "相对",
    DeadlineKind.STANDING: "常态化",
    DeadlineKind.VAGUE: "不明确",
}
UNIT_LABELS = {"day": "日", "workday": "个工作日", "month": "个月", "year": "年"}


@app.command("deadline")
def show_deadlines(
    text: Annotated[str | None, typer.Argument(metavar="文字", help="一个短语或者一句话")] = None,
    ref: Annotated[
        date | None,
        typer.Option("--ref", metavar="日期", parser=read_day, help="文件的日期，年份由它补足"),
    ] = None,
    batch: Annotated[
        Path | None,
        typer.Option("--batch", metavar="文件", help='一行一个 {"text": …, "ref": …} 的 JSONL 文件'),
    ] = None,
    as_json: Json = False,
) -> None:
    """看一句话里的期限是怎样理解的。

    例：dingban deadline "5月底前出台方案，检查结束之日起20个工作日内反馈" --ref 2024-01-15
    """
    if batch is not None:
        _show_batch(batch, as_json)
        return
    if text is None or ref is None:
        raise typer.BadParameter("须同时写明文字和 --ref 日期，或者用 --batch 指定文件")
    found = parse(text, ref=ref)
    if as_json:
        say(json.dumps([to_json(deadline) for deadline in found], ensure_ascii=False))
    elif found:
        _print(found)
    else:
        say("没有期限。")


def to_json(deadline: Deadline) -> dict[str, Any]:
    """One deadline as the contract writes it."""
    offset = deadline.offset
    return {
        "span": deadline.span,
        "kind": deadline.kind.value,
        "start": deadline.start.isoformat() if deadline.start else None,
        "due": deadline.due.isoformat() if deadline.due else None,
        "recurrence": deadline.recurrence,
        "offset": offset and {"count": offset.count, "unit": offset.unit.value, "event": offset.event},
        "provisional": deadline.provisional,
    }


def _show_batch(path: Path, as_json: bool) -> None:
    for number, text, ref in _read_batch(path):
        found = parse(text, ref=ref)
        if as_json:
            say(json.dumps([to_json(deadline) for deadline in found], ensure_ascii=False))
        else:
            say(f"{number}. {text}")
            _print(found) if found else say("没有期限。")


def _read_batch(path: Path) -> list[tuple[int, str, date | None]]:
    """All lines of the file, read before anything is printed: a broken line spoils no half-printed output."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise InputUnreadable(f"找不到文件“{path}”。") from None
    except (UnicodeDecodeError, IsADirectoryError):
        raise InputUnreadable(f"“{path}”不是 UTF-8 编码的文本文件。") from None
    return [_read_line(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _read_line(path: Path, number: int, line: str) -> tuple[int, str, date | None]:
    try:
        entry = json.loads(line)
        ref = entry.get("ref")
        return number, str(entry["text"]), date.fromisoformat(ref) if ref else None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputUnreadable(
            f'“{path}”第{number}行读不懂，应为 {{"text": "文字", "ref": "2024-01-15"}}。'
        ) from None


def _print(deadlines: list[Deadline]) -> None:
    print_table(
        ["原文", "种类", "开始", "截止", "规则"],
        [
            (
                deadline.span,
                KIND_LABELS[deadline.kind],
                deadline.start,
                f"{deadline.due}（暂定）" if deadline.provisional and deadline.due else deadline.due,
                deadline.recurrence or _offset_in_words(deadline),
            )
            for deadline in deadlines
        ],
    )


def _offset_in_words(deadline: Deadline) -> str | None:
    if deadline.offset is None:
        return None
    count, unit = deadline.offset.count, UNIT_LABELS[deadline.offset.unit.value]
    side = "前" if count < 0 else "后"
    return f"“{deadline.offset.event or '起算事件'}”{side}{abs(count)}{unit}"
