"""What a campaign is called where nobody said."""

from __future__ import annotations

from pathlib import PurePath

from tracker.importers.draft import Draft

ENDINGS = ("责任分解表", "任务分解表", "分解表", "任务清单", "清单", "责任表", "一览表")


def campaign_name_of(draft: Draft) -> str:
    """The title of the first table, without the word for a table; the file's name where there is none.

    Where no table was recognised, the first that a coordinator could make one of counts.
    """
    stem = PurePath(draft.source.name).stem
    title = next(iter(titles_of(draft)), "") or stem
    if title == draft.source.name:  # what was read from prose is called like its file
        title = stem
    for ending in ENDINGS:
        title = title.removesuffix(ending)
    return _without_loose_brackets(title) or stem


def titles_of(draft: Draft) -> list[str]:
    """The titles of the tables, or where there are none, of those that a coordinator could make one of."""
    if draft.tables:
        return [table.title for table in draft.tables]
    return [each.title for each in draft.skipped if each.number is not None and each.can_be_table]


def _without_loose_brackets(title: str) -> str:
    """Brackets around the whole, or left open at its end, go; a pair that belongs to the words, as （试行）, stays."""
    title = title.strip(" 　")
    for opening, closing in ("（）", "()"):
        title = title.replace(opening + closing, "")
        if title.startswith(opening) and title.find(closing) in (-1, len(title) - 1):
            title = title.strip(opening + closing)
        title = title.removesuffix(opening)
    return title.strip(" 　")


def why_nothing(draft: Draft) -> str:
    """Why there is nothing to import; empty where there is something."""
    if any(table.rows for table in draft.tables):
        return ""
    reasons = "；".join(f"“{_short(each.title)}”：{each.reason}" for each in draft.skipped[:5])
    return f"没有找到责任分解表，什么也没有写入。{reasons and f'读到的是：{reasons}。'}"


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:29]}…"
