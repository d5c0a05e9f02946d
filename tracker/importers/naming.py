"""What a campaign is called where nobody said."""

from __future__ import annotations

from pathlib import PurePath

from tracker.importers.draft import Draft

ENDINGS = ("责任分解表", "任务分解表", "分解表", "任务清单", "清单", "责任表", "一览表")


def campaign_name_of(draft: Draft) -> str:
    """The title of the first table, without the word for a table; the file's name where there is none."""
    stem = PurePath(draft.source.name).stem
    title = (draft.tables[0].title if draft.tables else "") or stem
    for ending in ENDINGS:
        title = title.removesuffix(ending)
    return title.strip(" 　（）()") or stem


def why_nothing(draft: Draft) -> str:
    """Why there is nothing to import; empty where there is something."""
    if any(table.rows for table in draft.tables):
        return ""
    reasons = "；".join(f"“{_short(each.title)}”：{each.reason}" for each in draft.skipped[:5])
    return f"没有找到责任分解表，什么也没有写入。{reasons and f'读到的是：{reasons}。'}"


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:29]}…"
