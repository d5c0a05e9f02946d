"""All forms of one report, from its snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from notifications.reports.mail import html_of, subject_of, text_of
from notifications.reports.snapshot import read_snapshot
from notifications.reports.wording import TITLE
from tracker.archive.naming import safe_name

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_SCOPE_CHARACTERS = 60  # a file name holds 255 bytes, and a Chinese character takes three


@dataclass(frozen=True)
class DrawnReport:
    """`name` is what its files are called, without a suffix."""

    name: str
    subject: str
    text: str
    html: str
    word: bytes
    workbook: bytes


def draw_report(stored: Mapping[str, Any]) -> DrawnReport:
    """Draw every form of a stored snapshot; the same snapshot makes the same bytes on any day and in any place."""
    # 12 MB of libraries that a process at rest does not need: a report is drawn once a week
    from notifications.reports.word import word_of
    from notifications.reports.workbook import workbook_of

    snapshot = read_snapshot(stored)
    figures = snapshot.figures
    scope = safe_name(figures.scope_label, max_characters=MAX_SCOPE_CHARACTERS)
    return DrawnReport(
        name=f"{TITLE}_{figures.week}_{scope}",
        subject=subject_of(snapshot),
        text=text_of(snapshot),
        html=html_of(snapshot),
        word=word_of(snapshot),
        workbook=workbook_of(snapshot),
    )
