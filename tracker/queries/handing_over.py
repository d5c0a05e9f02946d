"""What would move if one person's work were handed to another, before it does."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from tracker.identity import id_of
from tracker.models import Campaign, CampaignRole, TaskPerson
from tracker.queries.people import list_campaigns_run, list_parts_played
from workflows.registry import state_label
from workflows.roles import Role


@dataclass(frozen=True)
class MovingPart:
    """A part in an unfinished task. `note` says what follows from who takes it over; empty where nothing does."""

    task_id: int
    title: str
    campaign: str
    state: str
    state_label: str
    role: Role
    note: str = ""


@dataclass(frozen=True)
class HandOver:
    """Everything that would move: parts in tasks, and campaigns that are run or audited."""

    parts: tuple[MovingPart, ...]
    campaigns: tuple[tuple[CampaignRole, Campaign], ...]

    @property
    def tasks(self) -> int:
        return len({part.task_id for part in self.parts})

    @property
    def is_empty(self) -> bool:
        return not self.parts and not self.campaigns


def preview_hand_over(session: Session, from_person_id: int, to_person_id: int | None = None) -> HandOver:
    """The parts by task and role, with what follows where `to_person_id` takes them over."""
    played = list_parts_played(session, from_person_id)
    names = _campaign_names(session, {task.campaign_id for _, task in played})
    held = _roles_held(session, to_person_id, {id_of(task) for _, task in played})
    given: dict[int, set[Role]] = {}
    for part, task in played:
        given.setdefault(id_of(task), set()).add(part.role)
    return HandOver(
        tuple(
            MovingPart(
                id_of(task),
                task.title,
                names[task.campaign_id],
                task.state.value,
                state_label(task.workflow, task.state, task.step),
                part.role,
                _note(part.role, held.get(id_of(task), frozenset()), given[id_of(task)]),
            )
            for part, task in played
        ),
        tuple(list_campaigns_run(session, from_person_id)),
    )


def _note(role: Role, held: frozenset[Role], given: set[Role]) -> str:
    """What follows where somebody who holds parts of a task gets one more (workflows.duties)."""
    if role in held:
        return "接手人已有同一角色，合并为一"
    both = (held | given) if held else frozenset()
    if role in (Role.OWNER, Role.EXPEDITER) and {Role.OWNER, Role.EXPEDITER} <= both:
        return "接手后兼任责任人和盯办人，改由协调员审核"
    if role in (Role.EXPEDITER, Role.LEADER) and {Role.EXPEDITER, Role.LEADER} <= both:
        return "接手后兼任盯办人和分管领导，本人审核的须由另一名分管领导销号"
    return ""


def _campaign_names(session: Session, campaign_ids: set[int]) -> dict[int, str]:
    rows = session.exec(select(Campaign).where(col(Campaign.id).in_(campaign_ids))).all()
    return {id_of(row): row.name for row in rows}


def _roles_held(session: Session, person_id: int | None, task_ids: set[int]) -> dict[int, frozenset[Role]]:
    if person_id is None:
        return {}
    found: dict[int, frozenset[Role]] = {}
    for task_id, role in session.exec(
        select(TaskPerson.task_id, TaskPerson.role).where(
            TaskPerson.person_id == person_id, col(TaskPerson.task_id).in_(task_ids)
        )
    ).all():
        found[task_id] = found.get(task_id, frozenset()) | {Role(role)}
    return found
