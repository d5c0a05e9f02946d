"""From a parked file and the decisions about it to a draft: always the same one, remembered while nothing changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from datetime import date
from threading import Lock
from typing import Any, TypeVar

from sqlmodel import Session

from tracker.importers import ColumnSynonyms, Draft, build_draft
from tracker.importers.columns import Field
from tracker.importers.corrections import CellEdit, Corrections
from tracker.importers.naming import why_nothing
from tracker.importers.readers import ReadLimits, read_source_bytes
from tracker.importers.source import SourceDocument
from tracker.models import ImportSession
from tracker.parked_files import ParkedFiles
from tracker.queries.directory import load_directory

REMEMBERED = 6  # drafts; one of a thousand rows takes some megabytes

Value = TypeVar("Value")


@dataclass
class _Memory:
    """The values used last, by what they were made of. Several threads may ask at once."""

    most: int
    _held: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def find(self, key: Hashable) -> Any:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def keep(self, key: Hashable, value: Value) -> Value:
        with self._lock:
            self._held[key] = value
            while len(self._held) > self.most:
                self._held.popitem(last=False)
        return value


class ImportReader:
    """Reads the files of imports, with the office's words for columns."""

    def __init__(self, files: ParkedFiles, *, limits: ReadLimits, synonyms: ColumnSynonyms) -> None:
        self.files, self.limits, self.synonyms = files, limits, synonyms
        self._sources, self._drafts = _Memory(REMEMBERED), _Memory(REMEMBERED)

    def forget(self) -> None:
        """Read everything anew from the files."""
        self._sources, self._drafts = _Memory(REMEMBERED), _Memory(REMEMBERED)

    def draft(self, session: Session, run: ImportSession, *, today: date) -> Draft:
        """What the import would write now. Raises ParkedFileMissing, or SourceUnreadable where limits became tighter."""
        return self._draft_of(session, run, corrections_of(run), today)

    def bare_draft(self, session: Session, run: ImportSession, *, today: date) -> Draft:
        """What the file itself says under the headings, columns and titles that were chosen: no cell corrected, no row
        left out. Raises as `draft` does.
        """
        return self._draft_of(session, run, bare_corrections_of(run), today)

    def first_draft(self, session: Session, run: ImportSession, data: bytes, *, today: date) -> Draft:
        """The draft of a file that has just come. Raises SourceUnreadable; a classified one is SourceClassified."""
        name = run.source_name
        self._sources.keep((run.source_sha256, name), read_source_bytes(data, name, limits=self.limits))
        return self._draft_of(session, run, Corrections(), today)

    def _draft_of(self, session: Session, run: ImportSession, corrections: Corrections, today: date) -> Draft:
        directory = load_directory(session)
        key = (run.source_sha256, run.source_name, run.year, repr(corrections), directory, today)
        known: Draft | None = self._drafts.find(key)
        return known or self._drafts.keep(
            key,
            build_draft(
                self._source(run.source_name, run.source_sha256),
                year=run.year,
                synonyms=self.synonyms,
                directory=directory,
                today=today,
                corrections=corrections,
            ),
        )

    def _source(self, name: str, sha256: str) -> SourceDocument:
        known: SourceDocument | None = self._sources.find((sha256, name))
        if known is not None:
            return known
        return self._sources.keep(
            (sha256, name), read_source_bytes(self.files.read(sha256), name, limits=self.limits)
        )


def corrections_of(run: ImportSession) -> Corrections:
    """The decisions of an import, as the importer is told them. The last one about a cell counts."""
    edits = {
        (each["table"], each["row"], each["column"]): CellEdit(
            each["text"], each["before"], each["by"], each["at"]
        )
        for each in run.edits
    }
    return replace(
        bare_corrections_of(run),
        excluded=frozenset(each["table"] for each in run.excluded if not each["row"]),
        dropped=frozenset((each["table"], each["row"]) for each in run.excluded if each["row"]),
        edits=edits,
        same_people={
            each["name"]: each["other"] or each["name"] for each in run.names if each["kind"] == "person"
        },
        collectives={
            each["name"]: each["lead"]["name"] if each["lead"] else ""
            for each in run.names
            if each["choice"] == "collective"
        },
        single_units=frozenset(
            each["name"] for each in run.names if each["kind"] == "unit" and each["choice"] != "collective"
        ),
    )


def bare_corrections_of(run: ImportSession) -> Corrections:
    """Only what says how the tables are to be read: their headings, columns and titles."""
    columns: dict[int, dict[int, Field | None]] = {}
    for choice in run.columns:
        wanted = Field(choice["field"]) if choice["field"] else None
        columns.setdefault(choice["table"], {})[choice["column"]] = wanted
    return Corrections(
        columns,
        headings_at={each["table"]: each["headings_at"] for each in run.layouts if each["headings_at"]},
        titles={each["table"]: each["title"] for each in run.layouts if each["title"]},
    )


def is_hopeless(draft: Draft) -> bool:
    """Whether neither the draft nor any choice of columns can make a task of the file."""
    return bool(why_nothing(draft)) and not any(each.can_be_table for each in draft.skipped)
