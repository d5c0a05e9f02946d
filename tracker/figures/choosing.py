"""Which reports a person may look at: those of which he may see every task."""

from __future__ import annotations

from sqlmodel import Session

from tracker.errors import NotFound
from tracker.figures.scopes import Scope, ScopeKind
from tracker.identity import id_of
from tracker.queries.leading import (
    list_campaigns_by_id,
    list_leaders_of_selection,
    list_leading_units,
)
from tracker.queries.people import get_person
from tracker.queries.sight import Sight
from tracker.queries.weekly import TaskSelection
from workflows.roles import Role


class ScopeNotFound(NotFound):
    noun = "通报范围"


def list_scopes(session: Session, sight: Sight) -> dict[str, Scope]:
    """By key, everything that he may ask for; what suits him best comes first.

    A leader: his own tasks. Coordinators and auditors: their campaigns, and where these are all there are, every
    leader and unit too. Everybody: the units in which he works or which are below it.
    """
    found: list[Scope] = []
    if Role.LEADER in sight.roles:
        found.append(_of_leader(sight.person_id, get_person(session, sight.person_id).name))
    if sight.sees_all:
        found.append(Scope())
    campaigns = list_campaigns_by_id(session, None if sight.sees_all else sight.campaign_ids)
    found += [Scope(ScopeKind.CAMPAIGN, id_of(each), each.name) for each in campaigns]
    if sight.sees_all:
        found += [
            _of_leader(id_of(each), each.name) for each in list_leaders_of_selection(session, TaskSelection())
        ]
    units = list_leading_units(session, None if sight.sees_all else sight.unit_ids)
    found += [Scope(ScopeKind.UNIT, id_of(each), f"{each.name}牵头的工作") for each in units]
    return {scope.key: scope for scope in found}


def get_scope(session: Session, sight: Sight, key: str | None) -> Scope:
    """The scope of a key, or his first one for None. Raises ScopeNotFound, alike for what is hidden and what is not."""
    scopes = list_scopes(session, sight)
    if key is None and scopes:
        return next(iter(scopes.values()))
    scope = scopes.get(key or "")
    if scope is None:
        raise ScopeNotFound(key or "无")
    return scope


def _of_leader(person_id: int, name: str) -> Scope:
    return Scope(ScopeKind.LEADER, person_id, f"{name}分管的工作")
