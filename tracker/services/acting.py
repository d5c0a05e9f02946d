"""Who may act: parts on the task, and a leader who acts on paper (代录)."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import Session

from tracker.errors import ActRefused
from tracker.queries.parts import Parts, get_campaign_parts
from tracker.queries.people import get_person, is_coordinator_anywhere
from tracker.services.auditing import Actor
from workflows.kernel import Unmet
from workflows.roles import ROLE_LABELS, Role


def recording_unmet(parts: Parts, actor: Actor) -> list[Unmet]:
    """What stands in the way of recording an act for another; nothing where the actor acts himself.

    Only a leader of the task may act on paper, and only a coordinator of the campaign may enter it for him.
    """
    if actor.recorded_by_id is None:
        return []
    unmet = []
    if actor.person_id not in parts.leaders:
        unmet.append(Unmet("not-recordable", f"只能代录分管领导的意见，{actor.name}不是本任务的分管领导"))
    if actor.recorded_by_id not in parts.coordinators:
        unmet.append(
            Unmet("wrong-recorder", f"代录须由本专项工作的协调员办理，{actor.recorded_by_name}不是协调员")
        )
    return unmet


def require_part(parts: Parts, actor: Actor, roles: Collection[Role], act: str) -> None:
    """Raise ActRefused unless the actor plays one of the parts, and every rule of recording is kept."""
    if unmet := part_unmet(parts, actor, roles, act):
        raise ActRefused(act, unmet)


def part_unmet(parts: Parts, actor: Actor, roles: Collection[Role], act: str) -> list[Unmet]:
    """What keeps the actor from an act that needs one of the parts."""
    unmet = recording_unmet(parts, actor)
    if not parts.roles_of(actor.person_id) & set(roles):
        who = "或".join(ROLE_LABELS[role] for role in sorted(roles))
        unmet.append(Unmet("wrong-role", f"{act}须由{who}办理"))
    return unmet


def require_coordinator(session: Session, actor: Actor, campaign_id: int | None, act: str) -> None:
    """Raise ActRefused unless the actor runs the campaign (any campaign for None), or is an administrator.

    The system itself, which sets up an office, may.
    """
    if actor.person_id is None and actor.recorded_by_id is None:
        return
    unmet = []
    if actor.recorded_by_id is not None:
        unmet.append(Unmet("not-recordable", f"{act}不能代录，请由协调员本人办理"))
    if not _is_coordinator(session, actor.person_id, campaign_id):
        unmet.append(Unmet("wrong-role", f"{act}须由协调员或管理员办理"))
    if unmet:
        raise ActRefused(act, unmet)


def _is_coordinator(session: Session, person_id: int | None, campaign_id: int | None) -> bool:
    if person_id is None:
        return False
    person = get_person(session, person_id)
    if not person.is_active:
        return False
    if person.is_administrator:
        return True
    if campaign_id is None:
        return is_coordinator_anywhere(session, person_id)
    return person_id in get_campaign_parts(session, campaign_id).coordinators
