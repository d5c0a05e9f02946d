"""What reading a table is told by settings and policy. Apart from the rest, since readers are slow to load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.policy import PolicyFiles
from config.settings import Settings
from runtime.policies import understood
from tracker.importers.columns import ColumnSynonyms

if TYPE_CHECKING:
    from tracker.importers.readers import ReadLimits


def column_synonyms(policy: PolicyFiles) -> ColumnSynonyms:
    """What the columns of a responsibility table may be called. Raises ConfigurationError."""
    return understood(policy, "columns.toml", ColumnSynonyms.from_mapping, policy.columns)


def read_limits(settings: Settings) -> ReadLimits:
    """How large a file may be that is imported."""
    from tracker.importers.readers import ReadLimits  # lxml, and a reader for each kind of file

    return ReadLimits(max_bytes=settings.import_limit_mb << 20)
