"""Committing what an importer read: tasks in draft, and the changes of a corrected file.

Nothing is guessed here: what is doubtful becomes a finding on its task, for the coordinator to settle.
"""

from tracker.services.findings import merge_spellings, settle_finding
from tracker.services.importing.committing import ImportOutcome, commit_draft, compare_with_register
from tracker.services.importing.differences import DifferenceKind, RowDifference

__all__ = [
    "DifferenceKind",
    "ImportOutcome",
    "RowDifference",
    "commit_draft",
    "compare_with_register",
    "merge_spellings",
    "settle_finding",
]
