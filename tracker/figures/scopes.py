"""What a report covers: everything, one leader's tasks, one unit with those below it, or one campaign."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from tracker.errors import CampaignNotFound, ValueRefused
from tracker.identity import id_of
from tracker.queries.campaigns import find_campaign, get_campaign
from tracker.queries.people import list_unit_ids_below, resolve_person, resolve_unit
from tracker.queries.weekly import TaskSelection


class ScopeKind(StrEnum):
    ALL = "all"
    LEADER = "leader"
    UNIT = "unit"
    CAMPAIGN = "campaign"


@dataclass(frozen=True)
class Scope:
    """`id` is the person's, unit's or campaign's; None for everything. `label` is for people."""

    kind: ScopeKind = ScopeKind.ALL
    id: int | None = None
    label: str = "全部工作"

    @property
    def key(self) -> str:
        """The scope's lasting name: `all`, `leader:12`, `unit:3`, `campaign:1`."""
        return self.kind.value if self.id is None else f"{self.kind.value}:{self.id}"


def resolve_scope(session: Session, text: str) -> Scope:
    """Read `all`, `leader:姓名`, `unit:部门` or `campaign:专项工作`; ids do as well as names.

    Raises ValueRefused for another form, and NotFound or PersonAmbiguous for a name nobody or several answer to.
    """
    kind, _, key = text.strip().replace("：", ":").partition(":")
    key = key.strip()
    if kind == ScopeKind.ALL and not key:
        return Scope()
    if kind == ScopeKind.LEADER and key:
        person = resolve_person(session, key)
        return Scope(ScopeKind.LEADER, id_of(person), f"{person.name}分管的工作")
    if kind == ScopeKind.UNIT and key:
        unit = resolve_unit(session, key)
        return Scope(ScopeKind.UNIT, id_of(unit), f"{unit.name}牵头的工作")
    if kind == ScopeKind.CAMPAIGN and key:
        campaign = get_campaign(session, int(key)) if key.isdecimal() else find_campaign(session, key)
        if campaign is None:
            raise CampaignNotFound(key)
        return Scope(ScopeKind.CAMPAIGN, id_of(campaign), campaign.name)
    raise ValueRefused(
        f"“{text}”不是通报范围，请写 all、leader:姓名、unit:部门名称 或者 campaign:专项工作名称。"
    )


def selection_of(session: Session, scope: Scope) -> TaskSelection:
    """The tasks of a scope, as its figures count them."""
    match scope.kind:
        case ScopeKind.LEADER:
            return TaskSelection(leader_id=scope.id)
        case ScopeKind.UNIT:
            assert scope.id is not None
            return TaskSelection(unit_ids=list_unit_ids_below(session, scope.id))
        case ScopeKind.CAMPAIGN:
            return TaskSelection(campaign_id=scope.id)
        case ScopeKind.ALL:
            return TaskSelection()
