"""From a real responsibility table to a draft: read the file, recognise the columns, place every character.

`readers` turn a file into a `SourceDocument`; `build_draft` turns that into a `Draft`, which says what each row would
become and what is doubtful about it. Nothing here writes to the register: the service that commits a draft does.

Order of the work: `sections`, `headers` (where the headings stand) → `tables` (titles, pages joined, kinds of tables)
→ `rows` (序号, sub-rows, broken and shifted rows) → `groups` (merged headings) → `fields` (lists, people, units,
deadlines) → `checks` (findings). `ledger` keeps the account of characters all along.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracker.importers.build import build_draft
    from tracker.importers.columns import ColumnsInvalid, ColumnSynonyms, Field
    from tracker.importers.default_columns import DEFAULT_SYNONYMS
    from tracker.importers.draft import (
        Diagnostic,
        Draft,
        DraftDeliverable,
        DraftMilestone,
        DraftPerson,
        DraftRow,
        DraftTable,
        Note,
        Score,
        ScoreKind,
        ScoreRule,
        Severity,
        Skipped,
        SourceAccount,
        Unplaced,
    )
    from tracker.importers.spellings import Directory

__all__ = [
    "DEFAULT_SYNONYMS",
    "ColumnSynonyms",
    "ColumnsInvalid",
    "Diagnostic",
    "Directory",
    "Draft",
    "DraftDeliverable",
    "DraftMilestone",
    "DraftPerson",
    "DraftRow",
    "DraftTable",
    "Field",
    "Note",
    "Score",
    "ScoreKind",
    "ScoreRule",
    "Severity",
    "Skipped",
    "SourceAccount",
    "Unplaced",
    "build_draft",
]

# Loaded when first asked for: a process that serves pages reads no tables, and wants their few values alone.
_HOME = {
    "ColumnSynonyms": "columns",
    "ColumnsInvalid": "columns",
    "DEFAULT_SYNONYMS": "default_columns",
    "Diagnostic": "draft",
    "Directory": "spellings",
    "Draft": "draft",
    "DraftDeliverable": "draft",
    "DraftMilestone": "draft",
    "DraftPerson": "draft",
    "DraftRow": "draft",
    "DraftTable": "draft",
    "Field": "columns",
    "Note": "draft",
    "Score": "draft",
    "ScoreKind": "draft",
    "ScoreRule": "draft",
    "Severity": "draft",
    "Skipped": "draft",
    "SourceAccount": "draft",
    "Unplaced": "draft",
    "build_draft": "build",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
