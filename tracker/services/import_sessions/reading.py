"""From a parked file and the decisions about it to a draft: always the same one, remembered while nothing changes."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
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

    def draft(self, session: Session, run: ImportSession, *, today: date) -> Draft:
        """What the import would write now. Raises ParkedFileMissing, or SourceUnreadable where limits became tighter."""
        return self.draft_of(
            session, run.source_name, run.source_sha256, year=run.year, corrections=run, today=today
        )

    def first_draft(self, session: Session, data: bytes, name: str, sha256: str, *, today: date) -> Draft:
        """The draft of a file that has just come. Raises SourceUnreadable; a classified one is SourceClassified."""
        self._sources.keep((sha256, name), read_source_bytes(data, name, limits=self.limits))
        return self.draft_of(session, name, sha256, year=None, corrections=None, today=today)

    def draft_of(
        self,
        session: Session,
        name: str,
        sha256: str,
        *,
        year: int | None,
        corrections: ImportSession | None,
        today: date,
    ) -> Draft:
        directory = load_directory(session)
        key = (sha256, name, year, _decisions(corrections), directory, today)
        known: Draft | None = self._drafts.find(key)
        return known or self._drafts.keep(
            key,
            build_draft(
                self._source(name, sha256),
                year=year,
                synonyms=self.synonyms,
                directory=directory,
                today=today,
                corrections=corrections_of(corrections) if corrections else Corrections(),
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
    columns: dict[int, dict[int, Field | None]] = {}
    for choice in run.columns:
        wanted = Field(choice["field"]) if choice["field"] else None
        columns.setdefault(choice["table"], {})[choice["column"]] = wanted
    edits = {
        (each["table"], each["row"], each["column"]): CellEdit(
            each["text"], each["before"], each["by"], each["at"]
        )
        for each in run.edits
    }
    return Corrections(
        columns,
        frozenset(each["table"] for each in run.excluded if not each["row"]),
        frozenset((each["table"], each["row"]) for each in run.excluded if each["row"]),
        edits,
        {each["name"]: each["other"] or each["name"] for each in run.names if each["kind"] == "person"},
    )


def is_hopeless(draft: Draft) -> bool:
    """Whether neither the draft nor any choice of columns can make a task of the file."""
    return bool(why_nothing(draft)) and not any(each.layout for each in draft.skipped)


def _decisions(run: ImportSession | None) -> str:
    if run is None:
        return json.dumps([[], [], [], []])
    people = [each for each in run.names if each["kind"] == "person"]
    return json.dumps([run.columns, run.excluded, run.edits, people], sort_keys=True)
