"""The table of ratios for people, and the same as JSON."""

from __future__ import annotations

import json
import platform
import sqlite3
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.figures import Figure

COLUMNS = ("项目", "规模", "本系统", "对照", "比值（中位数）", "中间一半", "轮数", "指标", "结论")


def print_figures(figures: Sequence[Figure]) -> None:
    """One line a figure; what has no target is shown for comparison."""
    console = Console(width=None if Console().is_terminal else 150)
    table = Table(title="性能对比：同一次运行中与裸库之比")
    for column in COLUMNS:
        table.add_column(column, overflow="fold", no_wrap=column == COLUMNS[0])
    for figure in figures:
        table.add_row(*_cells(figure))
    console.print(table)
    console.print(
        "两侧轮流运行，所列均为中位数；“中间一半”是各轮比值的四分位区间。速度之比（≥）越大越好，用时之比（≤）越小越好。"
    )
    missed = [figure for figure in figures if figure.is_met is False]
    console.print(f"未达标 {len(missed)} 项。" if missed else "全部达标。")


def print_json(figures: Sequence[Figure], *, scale: str) -> None:
    """The document that a script reads; times in seconds."""
    print(json.dumps(as_document(figures, scale=scale), ensure_ascii=False, indent=1))


def as_document(figures: Sequence[Figure], *, scale: str) -> dict[str, Any]:
    return {
        "schema": "dingban.benchmarks/1",
        "scale": scale,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "machine": platform.machine(),
        "figures": [figure.as_json() for figure in figures],
    }


def _cells(figure: Figure) -> list[str]:
    target = figure.target
    return [
        figure.name,
        figure.size,
        f"{figure.ours:.1f} MB" if figure.unit == "MB" else _time(figure.ours),
        "—" if figure.peer is None else _time(figure.peer),
        f"{figure.value:.2f} {figure.unit}",
        f"{figure.low:.2f}～{figure.high:.2f}",
        str(figure.rounds),
        "" if target is None else f"{target.sense} {target.limit:g} {target.unit}",
        {None: "", True: "[green]达标[/green]", False: "[red]未达标[/red]"}[figure.is_met],
    ]


def _time(seconds: float) -> str:
    return f"{seconds:.2f} 秒" if seconds >= 1 else f"{seconds * 1000:.2f} 毫秒"
