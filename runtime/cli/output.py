"""Printing: tables and sentences for people, or one JSON document for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

from runtime.cli.wording import width_of
from tracker.clock import OFFICE_ZONE


def say(text: str = "") -> None:
    """Print one line for people on standard output."""
    sys.stdout.write(text + "\n")


def note(text: str) -> None:
    """Print one line on standard error: progress, hints, never the result."""
    sys.stderr.write(text + "\n")


def print_json(value: Any) -> None:
    """Print the one JSON document of a call."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is no JSON value.")


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print columns that line up on a terminal, Chinese characters two columns wide."""
    lines = [[_cell(value) for value in row] for row in rows]
    widths = [
        max(width_of(line[index]) for line in [list(headings), *lines]) for index in range(len(headings))
    ]
    for line in [list(headings), ["-" * width for width in widths], *lines]:
        padded = (cell + " " * (width - width_of(cell)) for cell, width in zip(line, widths, strict=True))
        say("  ".join(padded).rstrip())


def _cell(value: object) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, datetime):
        return office_time(value)
    return str(value).replace("\n", " ")


def office_time(moment: datetime | None) -> str:
    """A moment as the office reads it: 2024-07-03 09:00."""
    return "—" if moment is None else moment.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M")


def shorten(text: str, width: int) -> str:
    """At most `width` columns of a text on one line, with … where it was cut."""
    line = " ".join(text.split())
    if width_of(line) <= width:
        return line
    while width_of(line) > width - 2:
        line = line[:-1]
    return line + "…"
