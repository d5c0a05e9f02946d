"""What an import proposes: tables, rows, lists, people, findings and the account of characters.

Plain frozen values. Nothing here knows how they were found; `Draft.to_json` writes the contract
"dingban.draft/1".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tracker.deadlines import Deadline

SCHEMA = "dingban.draft/1"


class Severity(StrEnum):
    """Errors must be settled before a task is issued; warnings may be waved through."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


ASKS_FOR_YEAR = frozenset({"deadline-without-year", "year-missing"})


@dataclass(frozen=True)
class Diagnostic:
    """One finding: what, how grave, where, and what was done about it (`repair`), in Chinese."""

    code: str
    severity: Severity
    message: str
    column: str | None = None
    repair: str | None = None
    where: str | None = None

    @property
    def asks_for_year(self) -> bool:
        """Whether a year settles it; where it is named, whoever shows the finding says."""
        return self.code in ASKS_FOR_YEAR

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "severity": str(self.severity),
            "column": self.column,
            "message": self.message,
            "repair": self.repair,
            "where": self.where,
        }


class ScoreKind(StrEnum):
    POINTS = "points"
    DEDUCT = "deduct"
    BONUS = "bonus"
    VETO = "veto"
    NONE = "none"


@dataclass(frozen=True)
class ScoreRule:
    """One clause of the scoring text. `points` are points of the office's scheme, for each unit where `per` is set."""

    kind: ScoreKind
    points: float
    condition: str
    per: str | None = None  # 每件, 每类, 每发现一次
    cap: float | None = None


@dataclass(frozen=True)
class Score:
    """How a row is scored; `max` is the most that can be gained, or lost for a deduction, null where unlimited."""

    kind: ScoreKind = ScoreKind.NONE
    max: float | None = None
    rules: tuple[ScoreRule, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": str(self.kind),
            "max": self.max,
            "rules": [
                {
                    "kind": str(rule.kind),
                    "points": rule.points,
                    "condition": rule.condition,
                    "per": rule.per,
                    "cap": rule.cap,
                }
                for rule in self.rules
            ],
        }


@dataclass(frozen=True)
class DraftPerson:
    """Who fills a role. `is_unit` marks a role filled with a unit or an office instead of a person."""

    name: str
    remark: str = ""
    is_unit: bool = False


@dataclass(frozen=True)
class DraftDeliverable:
    """`n` is the number printed in the list, or the position where none is printed."""

    n: int
    text: str


@dataclass(frozen=True)
class DraftMilestone:
    """One step. `standing` has no date of its own; `archive` is met by archiving the task and not by a report."""

    n: int
    text: str
    standing: bool = False
    archive: bool = False
    deadlines: tuple[Deadline, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "text": self.text,
            "standing": self.standing,
            "archive": self.archive,
            "deadlines": [_deadline_to_json(deadline) for deadline in self.deadlines],
        }


@dataclass(frozen=True)
class Note:
    """Text of a column that has no field of its own, kept under its heading."""

    heading: str
    text: str


@dataclass(frozen=True)
class DraftCell:
    """What one column says in one row, for whoever corrects it. `rows` are the places of the rows it was read from
    (several where a row was broken); `shared_with` the label of the row that holds a merged cell.
    """

    column: int
    heading: str
    field: str | None
    text: str
    rows: tuple[str, ...]
    shared_with: str = ""
    is_edited: bool = False


@dataclass(frozen=True)
class DraftColumn:
    """A printed heading and the field it was taken for; None for one that is kept as a note. `sample` is its first words."""

    column: int
    heading: str
    field: str | None
    sample: str = ""
    is_assumed: bool = False
    is_added: bool = False


@dataclass(frozen=True)
class OpeningRow:
    """One of the first rows of a table as it is printed, for whoever says where its headings stand."""

    where: str
    texts: tuple[str, ...]
    is_heading: bool = False


def is_tabular(opening: Sequence[OpeningRow]) -> bool:
    """Whether rows look like those of a table rather than like a form or a frame around running text."""
    return sum(sum(bool(text) for text in row.texts) > 1 for row in opening) > 1


@dataclass(frozen=True)
class DraftRow:
    """One row. `shared` names, by field, the row (`seq` or `seq.sub`) that holds a merged cell's content.

    `row_key` is the lasting name for a later import: the table's title, `seq` and `sub`, never the text.
    `places` says for each field where in the source it stands.
    """

    row_key: str
    seq: str
    sub: int
    group: str = ""
    title: str = ""
    requirement: str = ""
    basis: str = ""
    source: str = ""
    score: Score = field(default_factory=Score)
    lead_unit: str = ""
    units: tuple[str, ...] = ()
    people: Mapping[str, tuple[DraftPerson, ...]] = field(default_factory=dict)
    deliverables: tuple[DraftDeliverable, ...] = ()
    milestones: tuple[DraftMilestone, ...] = ()
    shared: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)
    where: str = ""
    label: str = ""  # how others name this row: `seq`, with `.sub` where there are several
    cells: tuple[DraftCell, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.row_key,
            "seq": self.seq,
            "sub": self.sub,
            "group": self.group,
            "title": self.title,
            "requirement": self.requirement,
            "basis": self.basis,
            "source": self.source,
            "score": self.score.to_json(),
            "lead_unit": self.lead_unit,
            "units": list(self.units),
            "people": {role: [person.name for person in people] for role, people in self.people.items()},
            "remarks": {
                role: {person.name: person.remark for person in people if person.remark}
                for role, people in self.people.items()
                if any(person.remark for person in people)
            },
            "deliverables": [{"n": item.n, "text": item.text} for item in self.deliverables],
            "milestones": [milestone.to_json() for milestone in self.milestones],
            "shared": dict(self.shared),
            "notes": [{"heading": note.heading, "text": note.text} for note in self.notes],
            "diagnostics": [diagnostic.to_json() for diagnostic in self.diagnostics],
            "places": dict(self.places),
            "where": self.where,
        }


@dataclass(frozen=True)
class Unplaced:
    text: str
    where: str


@dataclass(frozen=True)
class DraftTable:
    """One responsibility table, joined from all the pages it runs over. `columns` says field -> printed heading."""

    title: str
    year: int | None
    columns: Mapping[str, str]
    rows: tuple[DraftRow, ...]
    unplaced: tuple[Unplaced, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    where: str = ""
    number: int = 0  # among all tables of the document, in reading order
    layout: tuple[DraftColumn, ...] = ()
    opening: tuple[OpeningRow, ...] = ()
    printed_title: str = ""  # as in the file, where the coordinator gave another

    def to_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "year": self.year,
            "columns": dict(self.columns),
            "rows": [row.to_json() for row in self.rows],
            "unplaced": [{"text": piece.text, "where": piece.where} for piece in self.unplaced],
            "diagnostics": [diagnostic.to_json() for diagnostic in self.diagnostics],
            "where": self.where,
        }


@dataclass(frozen=True)
class Skipped:
    """A passage or table that is no part of a responsibility table; `characters` without white space."""

    title: str
    reason: str
    characters: int
    where: str = ""
    number: int | None = None  # of a table that was skipped
    layout: tuple[DraftColumn, ...] = ()
    opening: tuple[OpeningRow, ...] = ()

    @property
    def can_be_table(self) -> bool:
        """Whether a coordinator could make a table of it by saying what its columns are."""
        return bool(self.layout) or is_tabular(self.opening)

    def to_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "reason": self.reason,
            "characters": self.characters,
            "where": self.where,
        }


@dataclass(frozen=True)
class SourceAccount:
    """Where every character of the source went; the four counts add up to `characters`."""

    name: str
    sha256: str
    characters: int
    placed: int
    unplaced: int
    furniture: int
    skipped: int

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "sha256": self.sha256,
            "characters": self.characters,
            "placed": self.placed,
            "unplaced": self.unplaced,
            "furniture": self.furniture,
            "skipped": self.skipped,
        }


@dataclass(frozen=True)
class Draft:
    """The whole proposal. `proposed_people` and `proposed_units` are names the directory does not know."""

    source: SourceAccount
    tables: tuple[DraftTable, ...]
    skipped: tuple[Skipped, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    proposed_people: tuple[str, ...] = ()
    proposed_units: tuple[str, ...] = ()

    def all_diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every finding at once: of the document, its tables and their rows, in reading order."""
        found = list(self.diagnostics)
        for table in self.tables:
            found.extend(table.diagnostics)
            for row in table.rows:
                found.extend(row.diagnostics)
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "source": self.source.to_json(),
            "tables": [table.to_json() for table in self.tables],
            "skipped": [piece.to_json() for piece in self.skipped],
            "unplaced": [{"text": piece.text, "where": piece.where} for piece in self.unplaced],
            "diagnostics": [diagnostic.to_json() for diagnostic in self.diagnostics],
            "proposed_people": list(self.proposed_people),
            "proposed_units": list(self.proposed_units),
        }


def _deadline_to_json(deadline: Deadline) -> dict[str, Any]:
    offset = deadline.offset
    return {
        "kind": str(deadline.kind),
        "span": deadline.span,
        "start": deadline.start.isoformat() if deadline.start else None,
        "due": deadline.due.isoformat() if deadline.due else None,
        "recurrence": deadline.recurrence,
        "offset": None
        if offset is None
        else {"count": offset.count, "unit": str(offset.unit), "event": offset.event},
        "provisional": deadline.provisional,
    }
