"""Whom and which units an import names: known, new, spelled otherwise, or not certain; with what was decided on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from tracker.identity import id_of
from tracker.importers.collective import is_collective
from tracker.importers.draft import Draft, DraftRow
from tracker.importers.near_names import find_near_units
from tracker.importers.spellings import find_lookalikes, name_key
from tracker.models import ImportSession, Person, Unit
from tracker.queries.directory import list_aliases, list_everybody
from tracker.queries.people import list_units
from tracker.services.importing.names import names_in_part
from workflows.roles import ROLE_LABELS, TASK_ROLES

IN_FILE = "同一份文件里的写法"


class NameKind(StrEnum):
    PERSON = "person"
    UNIT = "unit"


class Standing(StrEnum):
    """How certain it is whom a name means."""

    KNOWN = "known"  # exactly one in the register
    NEW = "new"  # nobody bears it: will be entered
    SPELLED_ALIKE = "spelled_alike"  # as somebody else, but for the form of a character
    AMBIGUOUS = "ambiguous"  # several people bear it
    LEFT = "left"  # only somebody who has left
    COLLECTIVE = "collective"  # a word for several units (各科室): none is entered


MUST_CHOOSE = frozenset({Standing.AMBIGUOUS, Standing.LEFT, Standing.SPELLED_ALIKE})


class Choice(StrEnum):
    NEW = "new"
    EXISTING = "existing"
    OTHER = "other"  # another name of the same file
    COLLECTIVE = "collective"  # several units, or none in particular


@dataclass(frozen=True)
class Candidate:
    """Whom a name may mean; `id` None for somebody, or a unit, whom the same file names."""

    id: int | None
    name: str
    described: str = ""


@dataclass(frozen=True)
class NameMatch:
    """One name with where it stands, whom it may mean, and what was decided (`choice`, with `chosen` to show).

    Of a word for several units, `members` are those it was said to stand for, `lead` the one that answers in the rows
    `led`, where the word leads. Whether two names of the file mean the same is asked once: `answered` are those that
    ask it themselves, or were said to be apart.
    """

    kind: NameKind
    name: str
    standing: Standing
    labels: tuple[str, ...]  # of the rows
    parts: tuple[str, ...] = ()  # 责任人, 分管领导 …
    candidates: tuple[Candidate, ...] = ()
    lookalikes: tuple[str, ...] = ()
    choice: Choice | None = None
    chosen: str = ""
    led: tuple[str, ...] = ()
    members: tuple[Candidate, ...] = ()
    lead: Candidate | None = None
    answered: frozenset[str] = frozenset()

    @property
    def is_open(self) -> bool:
        return self.standing in MUST_CHOOSE and self.choice is None

    @property
    def is_collective(self) -> bool:
        if self.choice is None:
            return self.standing is Standing.COLLECTIVE
        return self.choice is Choice.COLLECTIVE

    @property
    def is_entered(self) -> bool:
        """Whether writing the import enters this name into the register."""
        if self.choice is not None:
            return self.choice is Choice.NEW and self.standing is not Standing.KNOWN
        return self.standing is Standing.NEW

    @property
    def asked(self) -> tuple[Candidate, ...]:
        """Whom a new name may mean after all: to be asked, nothing waits for the answer."""
        if self.standing is not Standing.NEW or self.choice is not None:
            return ()
        return tuple(
            each for each in self.candidates if each.id is not None or each.name not in self.answered
        )


@dataclass
class _Named:
    labels: dict[str, None] = field(default_factory=dict)
    parts: dict[str, None] = field(default_factory=dict)
    led: dict[str, None] = field(default_factory=dict)  # rows in which a unit stands first
    remarks: dict[str, None] = field(default_factory=dict)  # of a person


def list_name_matches(session: Session, run: ImportSession, draft: Draft) -> list[NameMatch]:
    """Everybody and every unit the draft names: people first, those that must be decided before the others."""
    decided = {(each["kind"], each["name"]): each for each in run.names}
    people, units = _named_people(draft), _named_units(draft)
    found = [*_match_people(session, people), *_match_units(session, units)]
    matches = [_with_choice(match, decided.get((match.kind.value, match.name))) for match in found]
    order = list(Standing)
    ordered = sorted(
        matches, key=lambda each: (each.kind is NameKind.UNIT, not each.is_open, -order.index(each.standing))
    )
    return list(_asked_once(ordered))[::-1]


def _asked_once(matches: Sequence[NameMatch]) -> Iterator[NameMatch]:
    """The later of two names asks about the earlier; neither does where one was said to be apart. From the last to the first."""
    meant = {(each.kind, each.chosen) for each in matches if each.choice is Choice.OTHER}
    apart = {(each.kind, each.name) for each in matches if each.choice is Choice.NEW} - meant
    asking: set[tuple[NameKind, str, str]] = set()
    for match in reversed(matches):
        answered = frozenset(
            each.name
            for each in match.candidates
            if (match.kind, each.name) in apart or (match.kind, each.name, match.name) in asking
        )
        found = replace(match, answered=answered)
        asking |= {(match.kind, match.name, each.name) for each in found.asked}
        yield found


def _rows(draft: Draft) -> Iterator[DraftRow]:
    return (row for table in draft.tables for row in table.rows)


def _named_people(draft: Draft) -> dict[str, _Named]:
    found: dict[str, _Named] = {}
    for row in _rows(draft):
        for role in TASK_ROLES:
            for name in names_in_part(row, role):
                named = found.setdefault("".join(name.split()), _Named())
                named.labels[row.label] = None
                named.parts[ROLE_LABELS[role]] = None
                named.remarks |= {each.remark: None for each in row.people[role.value] if each.name == name}
    return found


def _named_units(draft: Draft) -> dict[str, _Named]:
    found: dict[str, _Named] = {}
    for row in _rows(draft):
        for name, part in ((row.lead_unit, "牵头部门"), *((unit, "责任部门") for unit in row.units)):
            if name:
                named = found.setdefault("".join(name.split()), _Named())
                named.labels[row.label] = None
                named.parts[part] = None
        if first := row.lead_unit or next(iter(row.units), ""):
            found["".join(first.split())].led[row.label] = None
    return found


def _match_people(session: Session, named: dict[str, _Named]) -> Iterator[NameMatch]:
    everybody = list_everybody(session)
    units = {id_of(unit): unit.name for unit in list_units(session)}
    aliases = {alias.name: alias.person_id for alias in list_aliases(session)}
    by_id = {id_of(person): person for person in everybody}
    alike = _pairs(find_lookalikes(list(named)))
    near = _pairs(find_lookalikes([*named, *(person.name for person in everybody if person.is_active)]))
    for name, where in named.items():
        same = [person for person in everybody if "".join(person.name.split()) == name]
        active = [person for person in same if person.is_active]
        if name in aliases and by_id[aliases[name]].is_active:
            active = [by_id[aliases[name]]]
        kin = [
            person
            for person in everybody
            if person.is_active and person not in same and name_key(person.name) == name_key(name)
        ]
        others = [other for other in named if other != name and name_key(other) == name_key(name)]
        standing = _standing(same, active, bool(kin or others))
        if standing is Standing.NEW:
            wanted = {
                *near.get(name_key(name), ()),
                *(name_key(name + more) for more in where.remarks if len(more) == 1),
            }
            kin = [
                person
                for person in everybody
                if wanted and person.is_active and name_key(person.name) in wanted
            ]
            others = [other for other in named if wanted and name_key(other) in wanted]
        candidates = [
            _candidate(person, units) for person in (active if standing is Standing.AMBIGUOUS else kin)
        ]
        if standing in (Standing.SPELLED_ALIKE, Standing.NEW):
            known = {person.name for person in kin}
            candidates += [Candidate(None, other, IN_FILE) for other in others if other not in known]
        yield NameMatch(
            NameKind.PERSON,
            name,
            standing,
            tuple(where.labels),
            tuple(where.parts),
            tuple(candidates),
            tuple(alike.get(name_key(name), ())),
        )


def _standing(same: Sequence[Person], active: Sequence[Person], has_kin: bool) -> Standing:
    if len(active) == 1:
        return Standing.KNOWN
    if active:
        return Standing.AMBIGUOUS
    if same:
        return Standing.LEFT
    return Standing.SPELLED_ALIKE if has_kin else Standing.NEW


def _match_units(session: Session, named: dict[str, _Named]) -> Iterator[NameMatch]:
    known = {"".join(unit.name.split()): unit for unit in list_units(session)}
    for name, where in named.items():
        unit = known.get(name)
        if is_collective(name) and (unit is None or not unit.is_active):
            standing = Standing.COLLECTIVE
        else:
            standing = Standing.KNOWN if unit is not None else Standing.NEW
        candidates = tuple(_near_units(name, known, named)) if standing is Standing.NEW else ()
        yield NameMatch(
            NameKind.UNIT,
            name,
            standing,
            tuple(where.labels),
            tuple(where.parts),
            candidates,
            led=tuple(where.led),
        )


def _near_units(name: str, known: dict[str, Unit], named: Iterable[str]) -> Iterator[Candidate]:
    """Units of the register, then those that the same file names, whose names nearly agree with this one."""
    active = {other: unit for other, unit in known.items() if unit.is_active}
    for other in find_near_units(name, active):
        yield Candidate(id_of(active[other]), active[other].name)
    for other in find_near_units(name, (other for other in named if other not in known)):
        if not is_collective(other):
            yield Candidate(None, other, IN_FILE)


def _candidate(person: Person, units: dict[int, str]) -> Candidate:
    unit = units.get(person.unit_id) if person.unit_id else None
    return Candidate(id_of(person), person.name, "，".join(filter(None, (unit, person.title, person.email))))


def _pairs(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one, other in pairs:
        found.setdefault(one, []).append(other)
        found.setdefault(other, []).append(one)
    return found


def _with_choice(match: NameMatch, said: dict[str, Any] | None) -> NameMatch:
    if said is None:
        return match
    lead = said.get("lead")
    return replace(
        match,
        choice=Choice(str(said["choice"])),
        chosen=str(said["other"]),
        members=tuple(Candidate(each["id"], each["name"]) for each in said.get("members", ())),
        lead=Candidate(lead["id"], lead["name"]) if lead else None,
    )
