"""What a coordinator decides about a name: whom it means, that it is new, or that it names several units at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from tracker.errors import ValueRefused
from tracker.importers.spellings import name_key
from tracker.models import ImportSession
from tracker.queries.people import find_alias, get_person, get_unit
from tracker.services.auditing import Actor
from tracker.services.import_sessions.deciding import Decision, touch
from tracker.services.import_sessions.matching import Candidate, Choice, NameKind, NameMatch, Standing
from tracker.services.importing.names import Collective, NameChoices
from tracker.services.people import add_alias

WRITTEN = "任务已经写入，姓名和单位不能在这里改了；换人请在任务上办理。"


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
        raise ValueRefused(WRITTEN)
    name = ""
    if choice is Choice.EXISTING:
        if row_id is None:
            raise ValueRefused(f"请选择“{match.name}”是哪一位（哪个单位）。")
        name = _existing_name(session, match.kind, row_id)
    elif choice is Choice.OTHER:
        if other not in {each.name for each in match.candidates if each.id is None}:
            raise ValueRefused(f"请选择“{match.name}”与文件里的哪个名称是同一个。")
        name = other
    elif match.kind is NameKind.UNIT and match.standing is Standing.KNOWN:
        raise ValueRefused(f"单位“{match.name}”已经在名录里，不能再新建。")
    kept = [each for each in run.names if (each["kind"], each["name"]) != (match.kind.value, match.name)]
    if choice is Choice.OTHER:  # the other one is then itself
        kept = [each for each in kept if (each["kind"], each["name"]) != (match.kind.value, other)]
        kept.append(_said(match.kind, other, Choice.NEW, None, "", decision))
    kept.append(
        _said(match.kind, match.name, choice, row_id if choice is Choice.EXISTING else None, name, decision)
    )
    run.names = kept
    touch(session, run, decision)


def choose_collective(
    session: Session,
    run: ImportSession,
    decision: Decision,
    *,
    match: NameMatch,
    members: Sequence[Candidate] = (),
    lead: Candidate | None = None,
) -> None:
    """Say that a word names several units: `members`, which assist, or none in particular; `lead` answers where it leads.

    Raises UnitNotFound, or ValueRefused for what is no unit, or one that is not in use.
    """
    if run.committed_at is not None:
        raise ValueRefused(WRITTEN)
    if match.kind is not NameKind.UNIT:
        raise ValueRefused(f"“{match.name}”是人名，不是单位的统称。")
    named = [_one_unit(session, match, each) for each in members]
    said = _said(match.kind, match.name, Choice.COLLECTIVE, None, "", decision)
    said |= {"members": named, "lead": _one_unit(session, match, lead) if lead else None}
    kept = [each for each in run.names if (each["kind"], each["name"]) != (match.kind.value, match.name)]
    run.names = [*kept, said]
    touch(session, run, decision)


def _one_unit(session: Session, match: NameMatch, unit: Candidate) -> dict[str, Any]:
    if unit.id is not None:
        return {"id": unit.id, "name": _existing_name(session, NameKind.UNIT, unit.id)}
    if unit.name == match.name:
        raise ValueRefused(f"“{match.name}”不能代表它自己。")
    return {"id": None, "name": unit.name}


def forget_name(session: Session, run: ImportSession, decision: Decision, *, match: NameMatch) -> None:
    """Open a name again."""
    if run.committed_at is not None:
        raise ValueRefused(WRITTEN)
    run.names = [each for each in run.names if (each["kind"], each["name"]) != (match.kind.value, match.name)]
    touch(session, run, decision)


def choices_of(run: ImportSession) -> NameChoices:
    """The decisions, as writing the draft is told them."""
    people: dict[str, int | str] = {}
    units: dict[str, int | str] = {}
    collectives: dict[str, Collective] = {}
    new: dict[str, set[str]] = {NameKind.PERSON: set(), NameKind.UNIT: set()}
    for each in run.names:
        meant = units if each["kind"] == NameKind.UNIT else people
        if each["choice"] == Choice.COLLECTIVE:
            members = tuple(_key(unit) for unit in each["members"])
            collectives[each["name"]] = Collective(members, _key(each["lead"]) if each["lead"] else None)
        elif each["choice"] == Choice.NEW:
            new[each["kind"]].add(each["name"])
        else:
            meant[each["name"]] = each["id"] if each["choice"] == Choice.EXISTING else each["other"]
    return NameChoices(
        people, units, frozenset(new[NameKind.PERSON]), collectives, frozenset(new[NameKind.UNIT])
    )


def _key(unit: dict[str, Any]) -> int | str:
    return int(unit["id"]) if unit["id"] is not None else str(unit["name"])


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
) -> dict[str, Any]:
    return {
        "kind": kind.value,
        "name": name,
        "choice": choice.value,
        "id": row_id,
        "other": other,
        **decision.said,
    }
