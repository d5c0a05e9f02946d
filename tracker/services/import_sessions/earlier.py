"""Earlier imports of the same tables: of this very file, or of a version before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from tracker.importers.draft import Draft
from tracker.importers.errors import SourceUnreadable
from tracker.importers.titles import title_key
from tracker.models import ImportSession
from tracker.parked_files import ParkedFileMissing
from tracker.queries.directory import list_table_titles
from tracker.queries.import_sessions import list_visible_imports
from tracker.queries.sight import Sight
from tracker.services.import_sessions.reading import ImportReader

MOST_LOOKED_AT = 30
MOST_READ = 4  # imports that were never written have to be read to know their tables


@dataclass(frozen=True)
class Earlier:
    """An import and what its file says under the headings, columns and titles chosen then; None where it is gone."""

    run: ImportSession
    bare: Draft | None


def list_earlier(
    session: Session, run: ImportSession, draft: Draft, *, reader: ImportReader, sight: Sight, today: date
) -> list[Earlier]:
    """The imports of the same tables that this coordinator may see, the one worked on last first."""
    titles = {title_key(table.title) for table in draft.tables} | {
        title_key(each.title) for each in draft.skipped if each.number is not None
    }
    return list(_found(session, run, titles, reader, sight, today))


def _found(
    session: Session, run: ImportSession, titles: set[str], reader: ImportReader, sight: Sight, today: date
) -> Iterator[Earlier]:
    read = 0
    others = [each for each in list_visible_imports(session, sight) if each.id != run.id]
    for other in others[:MOST_LOOKED_AT]:
        is_same_file = other.source_sha256 == run.source_sha256
        if other.committed_at is not None:
            known = {title_key(title) for title in list_table_titles(session, other.table_ids)}
            if is_same_file or known & titles:
                yield Earlier(other, _bare(session, other, reader, today))
        elif read < MOST_READ:
            read += 1
            bare = _bare(session, other, reader, today)
            own = {title_key(table.title) for table in bare.tables} if bare else set()
            if is_same_file or own & titles:
                yield Earlier(other, bare)


def _bare(session: Session, run: ImportSession, reader: ImportReader, today: date) -> Draft | None:
    try:
        return reader.bare_draft(session, run, today=today)
    except (ParkedFileMissing, SourceUnreadable):  # swept long ago, or beyond limits that became tighter
        return None
