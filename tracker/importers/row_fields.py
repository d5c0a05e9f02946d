"""Which columns of a table serve as what, and what the cells of one of its rows held."""

from __future__ import annotations

from dataclasses import dataclass, field

from tracker.importers.columns import Field
from tracker.importers.draft import DraftDeliverable, DraftMilestone, DraftPerson, Note
from tracker.importers.headers import Header


@dataclass(frozen=True)
class Layout:
    """Which printed columns serve as requirement, basis and title in this table."""

    requirement: Field | None
    basis: Field | None
    title: Field | None

    @classmethod
    def of(cls, header: Header) -> Layout:
        has = header.fields()
        title = Field.TITLE if Field.TITLE in has else None
        basis = Field.BASIS if Field.BASIS in has else None
        if {Field.REQUIREMENT, Field.MEASURE} <= has:
            return cls(Field.MEASURE, basis, title or Field.REQUIREMENT)
        for candidate in (Field.REQUIREMENT, Field.MEASURE):
            if candidate in has:
                return cls(candidate, basis, title)
        if basis is not None:
            return cls(Field.BASIS, None, title)
        return cls(title, None, title)

    def printed(self, header: Header) -> dict[str, str]:
        """Field -> heading as printed, for the person who checks what was recognised as what."""
        shown: dict[str, str] = {}
        for name, source in self._sources():
            columns = header.columns_of(source) if source else []
            if columns:
                shown[name] = "、".join(bare(header.headings[column].text) for column in columns)
        return shown

    def _sources(self) -> list[tuple[str, Field | None]]:
        own = {Field.TITLE, Field.REQUIREMENT, Field.MEASURE, Field.BASIS}
        others: list[tuple[str, Field | None]] = [(str(name), name) for name in Field if name not in own]
        named = [("title", self.title), ("requirement", self.requirement), ("basis", self.basis)]
        return others[:2] + named + others[2:]


@dataclass
class RowFields:
    """What the cells of a row held."""

    title: str = ""
    requirement: str = ""
    basis: str = ""
    source: str = ""
    score_cell: str = ""
    lead_units: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    open_ended: bool = False
    people: dict[str, tuple[DraftPerson, ...]] = field(default_factory=dict)
    deliverables: tuple[DraftDeliverable, ...] = ()
    milestones: tuple[DraftMilestone, ...] = ()
    shared: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(
        default_factory=list
    )  # (column heading, code of the list's numbering)
    marked_none: set[Field] = field(default_factory=set)  # cells that say 无 or —


def bare(heading: str) -> str:
    """A heading as it is printed, without white space."""
    return "".join(heading.split())
