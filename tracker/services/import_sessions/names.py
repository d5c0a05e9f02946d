"""Whom and which units an import names: known, new, spelled otherwise, or not certain; and the coordinator's word on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlmodel import Session

from tracker.errors import ValueRefused
from tracker.identity import id_of
from tracker.importers.draft import Draft, DraftRow
from tracker.importers.spellings import find_lookalikes, name_key
from tracker.models import ImportSession, Person, Unit
from tracker.queries.directory import list_aliases, list_everybody
from tracker.queries.people import find_alias, get_person, get_unit, list_units
from tracker.services.auditing import Actor
from tracker.services.import_sessions.deciding import Decision, touch
from tracker.services.importing.names import NameChoices, names_in_part
from tracker.services.people import add_alias
from workflows.roles import ROLE_LABELS, TASK_ROLES


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


MUST_CHOOSE = frozenset({Standing.AMBIGUOUS, Standing.LEFT, Standing.SPELLED_ALIKE})


class Choice(StrEnum):
    NEW = "new"
    EXISTING = "existing"
    OTHER = "other"  # another name of the same file


@dataclass(frozen=True)
class Candidate:
    """Whom a name may mean; `id` None for somebody whom the same file names."""

    id: int | None
    name: str
    described: str = ""


@dataclass(frozen=True)
class NameMatch:
    """One name with where it stands, whom it may mean, and what was decided (`choice`, with `chosen` to show)."""

    kind: NameKind
    name: str
    standing: Standing
    labels: tuple[str, ...]  # of the rows
    parts: tuple[str, ...] = ()  # 责任人, 分管领导 …
    candidates: tuple[Candidate, ...] = ()
    lookalikes: tuple[str, ...] = ()
    choice: Choice | None = None
    chosen: str = ""

    @property
    def is_open(self) -> bool:
        return self.standing in MUST_CHOOSE and self.choice is None


@dataclass
class _Named:
    labels: dict[str, None] = field(default_factory=dict)
    parts: dict[str, None] = field(default_factory=dict)


def list_name_matches(session: Session, run: ImportSession, draft: Draft) -> list[NameMatch]:
    """Everybody and every unit the draft names: people first, those that must be decided before the others."""
    decided = {(each["kind"], each["name"]): each for each in run.names}
    people, units = _named_people(draft), _named_units(draft)
    found = [*_match_people(session, people), *_match_units(session, units)]
    matches = [_with_choice(session, match, decided.get((match.kind.value, match.name))) for match in found]
    order = list(Standing)
    return sorted(
        matches, key=lambda each: (each.kind is NameKind.UNIT, not each.is_open, -order.index(each.standing))
    )


def choose_name(
    session: Session,
    run: ImportSession,
    decision: Decision,
    *,
    match: NameMatch,
    choice: Choice,
    row_id: int | None = None,
    other: str = "",
) -> None:
    """Say whom a name means: somebody of the register, another name in the file, or somebody new.

    Raises PersonNotFound, UnitNotFound, or ValueRefused.
    """
    if run.committed_at is not None:
        raise ValueRefused("任务已经写入，姓名不能在这里改了；换人请在任务上办理。")
    name = ""
    if choice is Choice.EXISTING:
        if row_id is None:
            raise ValueRefused(f"请选择“{match.name}”是哪一位（哪个单位）。")
        name = _existing_name(session, match.kind, row_id)
    elif choice is Choice.OTHER:
        if other not in {each.name for each in match.candidates if each.id is None}:
            raise ValueRefused(f"请选择“{match.name}”与文件里的哪个姓名是同一人。")
        name = other
    elif match.kind is NameKind.UNIT and match.standing is Standing.KNOWN:
        raise ValueRefused(f"单位“{match.name}”已经在名录里，不能再新建。")
    kept = [each for each in run.names if (each["kind"], each["name"]) != (match.kind.value, match.name)]
    if choice is Choice.OTHER:  # the other one is then himself
        kept = [each for each in kept if (each["kind"], each["name"]) != (match.kind.value, other)]
        kept.append(_said(match.kind, other, Choice.NEW, None, "", decision))
    kept.append(
        _said(match.kind, match.name, choice, row_id if choice is Choice.EXISTING else None, name, decision)
    )
    run.names = kept
    touch(session, run, decision)


def forget_name(session: Session, run: ImportSession, decision: Decision, *, match: NameMatch) -> None:
    """Open a name again."""
    if run.committed_at is not None:
        raise ValueRefused("任务已经写入，姓名不能在这里改了；换人请在任务上办理。")
    run.names = [each for each in run.names if (each["kind"], each["name"]) != (match.kind.value, match.name)]
    touch(session, run, decision)


def choices_of(run: ImportSession) -> NameChoices:
    """The decisions, as writing the draft is told them."""
    people: dict[str, int | str] = {}
    units: dict[str, int] = {}
    newcomers = set()
    for each in run.names:
        if each["kind"] == NameKind.UNIT and each["choice"] == Choice.EXISTING:
            units[each["name"]] = each["id"]
        elif each["kind"] == NameKind.PERSON:
            if each["choice"] == Choice.NEW:
                newcomers.add(each["name"])
            else:
                people[each["name"]] = each["id"] if each["choice"] == Choice.EXISTING else each["other"]
    return NameChoices(people, units, frozenset(newcomers))


def confirm_spellings(
    session: Session, run: ImportSession, *, actor: Actor, person_ids: dict[str, int | None]
) -> None:
    """Remember the spellings that differ in their form only, so that the next import need not ask again.

    `person_ids` says whom each decided name meant in the end.
    """
    for each in run.names:
        person_id = person_ids.get(each["name"])
        if each["kind"] != NameKind.PERSON or each["choice"] == Choice.NEW or person_id is None:
            continue
        person = get_person(session, person_id)
        is_spelling = person.name != each["name"] and name_key(person.name) == name_key(each["name"])
        if is_spelling and find_alias(session, each["name"]) is None:
            add_alias(session, person_id, name=each["name"], actor=actor, at=run.updated_at)


def _existing_name(session: Session, kind: NameKind, row_id: int) -> str:
    row = get_person(session, row_id) if kind is NameKind.PERSON else get_unit(session, row_id)
    if not row.is_active:
        raise ValueRefused(f"“{row.name}”已经停用，请另选。")
    return row.name


def _said(
    kind: NameKind, name: str, choice: Choice, row_id: int | None, other: str, decision: Decision
) -> dict[str, object]:
    return {
        "kind": kind.value,
        "name": name,
        "choice": choice.value,
        "id": row_id,
        "other": other,
        **decision.said,
    }


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
    return found


def _named_units(draft: Draft) -> dict[str, _Named]:
    found: dict[str, _Named] = {}
    for row in _rows(draft):
        for name, part in ((row.lead_unit, "牵头部门"), *((unit, "责任部门") for unit in row.units)):
            if name:
                named = found.setdefault("".join(name.split()), _Named())
                named.labels[row.label] = None
                named.parts[part] = None
    return found


def _match_people(session: Session, named: dict[str, _Named]) -> Iterator[NameMatch]:
    everybody = list_everybody(session)
    units = {id_of(unit): unit.name for unit in list_units(session)}
    aliases = {alias.name: alias.person_id for alias in list_aliases(session)}
    by_id = {id_of(person): person for person in everybody}
    alike = _pairs(find_lookalikes(list(named)))
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
        candidates = [
            _candidate(person, units) for person in (active if standing is Standing.AMBIGUOUS else kin)
        ]
        if standing is Standing.SPELLED_ALIKE:
            known = {person.name for person in kin}
            candidates += [
                Candidate(None, other, "同一份文件里的写法") for other in others if other not in known
            ]
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
        standing = Standing.KNOWN if name in known else Standing.NEW
        candidates = () if name in known else tuple(_similar_units(name, known))
        yield NameMatch(NameKind.UNIT, name, standing, tuple(where.labels), tuple(where.parts), candidates)


def _similar_units(name: str, known: dict[str, Unit]) -> Iterator[Candidate]:
    """Units whose names hold this one or are held in it: perhaps a short form."""
    for other, unit in known.items():
        if unit.is_active and (name in other or other in name):
            yield Candidate(id_of(unit), unit.name)


def _candidate(person: Person, units: dict[int, str]) -> Candidate:
    unit = units.get(person.unit_id) if person.unit_id else None
    return Candidate(id_of(person), person.name, "，".join(filter(None, (unit, person.title, person.email))))


def _pairs(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one, other in pairs:
        found.setdefault(one, []).append(other)
        found.setdefault(other, []).append(one)
    return found


def _with_choice(session: Session, match: NameMatch, said: dict[str, object] | None) -> NameMatch:
    if said is None:
        return match
    from dataclasses import replace

    choice = Choice(str(said["choice"]))
    return replace(match, choice=choice, chosen=str(said["other"]))
