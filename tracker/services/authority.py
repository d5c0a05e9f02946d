"""Who may administer, and who must stay: administrators and auditors are never one person, and one of the former remains."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session

from tracker.errors import ActRefused, ValueRefused
from tracker.identity import id_of
from tracker.models import Person
from tracker.queries.accounts import is_auditor_anywhere, lock_administrators
from tracker.queries.people import get_person
from tracker.services.auditing import Actor
from workflows.kernel import Unmet

APPOINT_ADMINISTRATOR = "指定或者取消管理员"


def require_administrator(session: Session, actor: Actor, act: str) -> None:
    """Raise ActRefused unless an active administrator acts himself, or the system, which sets up an office."""
    if actor.person_id is None and actor.recorded_by_id is None:
        return
    unmet: list[Unmet] = []
    if actor.recorded_by_id is not None:
        unmet.append(Unmet("not-recordable", f"{act}不能代录，请由管理员本人办理"))
    if not _is_administrator(session, actor.person_id):
        unmet.append(Unmet("wrong-role", f"{act}须由管理员办理"))
    if unmet:
        raise ActRefused(act, unmet)


def require_self_or_administrator(session: Session, actor: Actor, person_id: int, act: str) -> None:
    """Raise ActRefused unless somebody acts on what is his own, or an administrator on another's."""
    if actor.person_id != person_id or actor.recorded_by_id is not None:
        require_administrator(session, actor, act)


def require_may_change_administrator(session: Session, person: Person, after: bool, actor: Actor) -> None:
    """Raise ActRefused or ValueRefused where this person may not become administrator, or cease to be one."""
    if person.is_administrator == after:
        return
    require_administrator(session, actor, APPOINT_ADMINISTRATOR)
    if after:
        require_no_auditor(session, person)
    else:
        require_another_administrator(session, person, "取消管理员")


def require_no_auditor(session: Session, person: Person) -> None:
    """Raise ValueRefused where somebody who shall be administrator is an auditor (等保2.0: 三员分立)."""
    if is_auditor_anywhere(session, id_of(person)):
        raise ValueRefused(
            f"{person.name}是纪检审计人员，不能同时担任管理员：管理和审计须由不同的人承担，请另选人员。"
        )


def require_no_administrator(person: Person) -> None:
    """Raise ValueRefused where somebody who shall be auditor is an administrator."""
    if person.is_administrator:
        raise ValueRefused(
            f"{person.name}是管理员，不能同时担任纪检审计人员：管理和审计须由不同的人承担，请另选人员。"
        )


def require_another_administrator(session: Session, person: Person, act: str) -> None:
    """Raise ActRefused where nobody could administer any more without this person."""
    if not person.is_administrator or not person.is_active:
        return
    if not _others(lock_administrators(session), person):
        reason = f"{person.name}是最后一名可用的管理员，请先指定另一名管理员"
        raise ActRefused(act, [Unmet("last-administrator", reason)])


def _others(administrators: Sequence[Person], person: Person) -> list[Person]:
    return [each for each in administrators if each.id != person.id]


def _is_administrator(session: Session, person_id: int | None) -> bool:
    if person_id is None:
        return False
    person = get_person(session, person_id)
    return person.is_active and person.is_administrator
