"""Whom a table means: names found in the register, or entered because nobody bears them yet.

Two spellings of one name (白聖豪 / 白圣豪) stay two people until somebody confirms that they are one: each task
keeps the spelling of its source and a finding that says so. Where a name fits several people, or only somebody
who left, nobody is appointed and the finding has to be settled.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from tracker.identity import id_of
from tracker.importers.collective import is_collective
from tracker.importers.draft import Diagnostic, DraftRow, Severity
from tracker.importers.spellings import name_key
from tracker.models import Person, Unit
from tracker.queries.directory import list_aliases, list_everybody
from tracker.queries.people import list_units
from workflows.roles import ROLE_LABELS, TASK_ROLES, Role

MAX_PERSON_CHARACTERS = 60
MAX_UNIT_CHARACTERS = 120


@dataclass(frozen=True)
class Collective:
    """What a word for several units (各科室) stands for: `members` assist, `lead` answers where the word leads.

    Each is the id of a unit, or a name in the file. Without members the word stands in the remark of its tasks.
    """

    members: tuple[int | str, ...] = ()
    lead: int | str | None = None


@dataclass(frozen=True)
class NameChoices:
    """Whom a coordinator says that names mean. `people`: a name -> the id of a person, or the name of another one in
    the file; `units`: the same of units; `newcomers`: names of people who are entered, whoever is spelled alike;
    `collectives`: words for several units; `single_units`: words that look like such and name one unit.
    """

    people: Mapping[str, int | str] = field(default_factory=dict)
    units: Mapping[str, int | str] = field(default_factory=dict)
    newcomers: frozenset[str] = frozenset()
    collectives: Mapping[str, Collective] = field(default_factory=dict)
    single_units: frozenset[str] = frozenset()


NO_CHOICES = NameChoices()


@dataclass
class NameBook:
    """Every name of the register, and the new ones of one import. Nothing is written before `enter_missing`."""

    people: dict[str, list[Person]] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    new_people: list[Person] = field(default_factory=list)
    new_units: list[Unit] = field(default_factory=list)
    spellings: dict[str, set[str]] = field(default_factory=dict)
    choices: NameChoices = NO_CHOICES

    @classmethod
    def load(cls, session: Session, choices: NameChoices = NO_CHOICES) -> NameBook:
        book = cls(choices=choices)
        for person in list_everybody(session):
            book._add_person(person)
        active = {id_of(person) for known in book.people.values() for person in known if person.is_active}
        book.aliases = {
            _compact(alias.name): alias.person_id
            for alias in list_aliases(session)
            if alias.person_id in active
        }
        book.units = {_compact(unit.name): unit for unit in list_units(session)}
        return book

    def enter_missing(self, session: Session, rows: Iterable[DraftRow]) -> None:
        """Enter the people and units that the rows name and nobody knows, with one flush."""
        for row in rows:
            for name in _units_of(row):
                if self._is_missing_unit(name):
                    self.new_units.append(self._add_unit(Unit(name=_compact(name))))
            for name in _people_of(row):
                if self._is_missing(_compact(name)):
                    self.new_people.append(self._add_person(Person(name=_compact(name))))
        session.add_all([*self.new_units, *self.new_people])
        session.flush()

    def _is_missing(self, name: str) -> bool:
        known = self.people.get(name, [])
        if name in self.choices.newcomers:
            return not any(person.is_active for person in known)
        return not known and name not in self.aliases and name not in self.choices.people

    def person_id(self, name: str) -> int | None:
        """The one active person meant by a name; None where that is not certain."""
        chosen = self.choices.people.get(_compact(name))
        if isinstance(chosen, int):
            return chosen
        if chosen is not None and chosen != _compact(name):
            return self.person_id(chosen)
        if (confirmed := self.aliases.get(_compact(name))) is not None:
            return confirmed
        active = [person for person in self.people.get(_compact(name), []) if person.is_active]
        return id_of(active[0]) if len(active) == 1 else None

    def _is_missing_unit(self, name: str) -> bool:
        known = _compact(name) in self.units or _compact(name) in self.choices.units
        return bool(name) and not known and self.collective(name) is None

    def unit_id(self, name: str) -> int | None:
        """The unit meant by a name; None for a word that names several, or nothing."""
        if not name or self.collective(name) is not None:
            return None
        chosen = self.choices.units.get(_compact(name))
        if isinstance(chosen, int):
            return chosen
        unit = self.units.get(_compact(chosen or name))
        return id_of(unit) if unit else None

    def collective(self, name: str) -> Collective | None:
        """What a word for several units stands for; None for the name of one unit."""
        bare = _compact(name)
        if bare in self.choices.collectives:
            return self.choices.collectives[bare]
        known = self.units.get(bare)
        is_single = bare in self.choices.units or bare in self.choices.single_units
        if is_single or (known is not None and known.is_active):
            return None
        return Collective() if is_collective(bare) else None

    def lead_unit_id(self, lead_unit: str, units: Sequence[str]) -> int | None:
        """The unit that answers for a row: the one that leads, or whom the coordinator named for a word that does."""
        first = lead_unit or next(iter(units), "")
        collective = self.collective(first) if first else None
        if collective is None:
            return self.unit_id(lead_unit)
        return self._one_of(collective.lead) if collective.lead is not None else None

    def assisting_ids(self, lead_unit: str, units: Sequence[str]) -> dict[int, str]:
        """The units that assist in a row, in its order, each with the word that names it."""
        found: dict[int, str] = {}
        for name in (lead_unit, *units):
            collective = self.collective(name) if name else None
            if collective is not None:
                meant = [self._one_of(member) for member in collective.members]
            else:
                meant = [self.unit_id(name)] if name != lead_unit else []
            for unit_id in meant:
                if unit_id is not None:
                    found.setdefault(unit_id, name)
        lead = self.lead_unit_id(lead_unit, units)
        return {unit_id: name for unit_id, name in found.items() if unit_id != lead}

    def wordings(self, lead_unit: str, units: Sequence[str]) -> list[str]:
        """The words for several units that stand for none in particular."""
        named = dict.fromkeys(filter(None, (lead_unit, *units)))
        return [name for name in named if (said := self.collective(name)) is not None and not said.members]

    def _one_of(self, unit: int | str) -> int | None:
        return unit if isinstance(unit, int) else self.unit_id(unit)

    def people_in(self, row: DraftRow) -> dict[Role, list[int]]:
        """The ids in each part of a row, in its order."""
        return {
            role: [
                number for name in names_in_part(row, role) if (number := self.person_id(name)) is not None
            ]
            for role in TASK_ROLES
        }

    def findings_on(self, row: DraftRow, settled: Collection[Role] = ()) -> list[Diagnostic]:
        """What is doubtful about the people of a row, but for the parts that are settled."""
        return [
            finding
            for role in TASK_ROLES
            if role not in settled
            for name in names_in_part(row, role)
            for finding in self._findings_on_name(row, role, name)
        ]

    def _findings_on_name(self, row: DraftRow, role: Role, name: str) -> list[Diagnostic]:
        part = ROLE_LABELS[role]
        place = row.places.get(role.value, row.where)
        if self.person_id(name) is None:
            known = self.people.get(_compact(name), [])
            several = sum(person.is_active for person in known) > 1
            code = "ambiguous-person" if several else "inactive-person"
            why = "名册里有多人同名，请指定是哪一位" if several else "已经停用，请另行指定"
            return [Diagnostic(code, Severity.ERROR, f"{part}“{name}”{why}。", part, "暂未指定", place)]
        others = sorted(self.spellings.get(name_key(name), set()) - {_compact(name)})
        is_settled = _compact(name) in (self.choices.newcomers | self.choices.people.keys())
        if not others or _compact(name) in self.aliases or is_settled:
            return []
        others = [other for other in others if other not in self.choices.people]
        if not others:
            return []
        listed = "、".join(f"“{other}”" for other in others)
        message = (
            f"{part}“{name}”与{listed}像是同一个人的不同写法，暂按不同的人登记；如是同一人，请确认后合并。"
        )
        return [Diagnostic("name-variant", Severity.WARNING, message, part, None, place)]

    def _add_person(self, person: Person) -> Person:
        self.people.setdefault(_compact(person.name), []).append(person)
        if person.is_active:
            self.spellings.setdefault(name_key(person.name), set()).add(_compact(person.name))
        return person

    def _add_unit(self, unit: Unit) -> Unit:
        self.units[_compact(unit.name)] = unit
        return unit


def names_in_part(row: DraftRow, role: Role) -> list[str]:
    """The people of one part of a row, without units that stand where a person should."""
    return list(dict.fromkeys(each.name for each in row.people.get(role.value, ()) if not each.is_unit))


def _people_of(row: DraftRow) -> list[str]:
    return [name[:MAX_PERSON_CHARACTERS] for role in TASK_ROLES for name in names_in_part(row, role)]


def _units_of(row: DraftRow) -> list[str]:
    return [name[:MAX_UNIT_CHARACTERS] for name in (row.lead_unit, *row.units)]


def _compact(name: str) -> str:
    """A name without the spaces that fill a column; no longer than the register keeps it."""
    return "".join(name.split())[:MAX_UNIT_CHARACTERS]
