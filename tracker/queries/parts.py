"""Who plays which part on a task *now*. People who were removed or deactivated play none.

The reviewer is never appointed: `workflows.duties` derives him from the other parts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import bindparam, literal, union_all
from sqlmodel import Session, col, select

from tracker.identity import id_of
from tracker.models import CampaignRole, Person, Task, TaskPerson
from tracker.prepared import Prepared, is_among
from workflows import duties
from workflows.roles import Role


@dataclass(frozen=True)
class Parts:
    """Ids of the active people in each part, the accountable one (主办) first.

    `peers` own tasks that share a list with this one: what is on the list they hand in too, so they do not review it.
    """

    owners: tuple[int, ...] = ()
    expediters: tuple[int, ...] = ()
    leaders: tuple[int, ...] = ()
    coordinators: tuple[int, ...] = ()
    auditors: tuple[int, ...] = ()
    peers: tuple[int, ...] = ()

    def reviewers(self, *, submitted_by: int | None = None) -> frozenset[int]:
        """Who may review what `submitted_by` handed in; empty where somebody has to be appointed first."""
        found = self._reviewers_of.get(submitted_by)
        if found is None:
            found = self._reviewers_of[submitted_by] = duties.reviewers(
                owners=(*self.owners, *self.peers),
                expediters=self.expediters,
                coordinators=self.coordinators,
                submitted_by=submitted_by,
            )
        return found

    def closers(self, *, reviewed_by: int | None = None) -> frozenset[int]:
        """The leaders who may close what `reviewed_by` has reviewed."""
        return duties.closers(leaders=self.leaders, reviewed_by=reviewed_by)

    def holders(self, role: Role, *, submitted_by: int | None = None) -> tuple[int, ...]:
        """The people in one part; for the reviewer those who may review what `submitted_by` handed in."""
        if role is Role.REVIEWER:
            return tuple(sorted(self.reviewers(submitted_by=submitted_by)))
        return self._by_role.get(role, ())

    def roles_of(self, person_id: int | None, *, submitted_by: int | None = None) -> frozenset[Role]:
        """Every part that one person plays; without a person it is the system that acts."""
        if person_id is None:
            return frozenset({Role.SYSTEM})
        roles = {role for role, people in self._by_role.items() if person_id in people}
        if person_id in self.reviewers(submitted_by=submitted_by):
            roles.add(Role.REVIEWER)
        return frozenset(roles)

    @cached_property
    def _reviewers_of(self) -> dict[int | None, frozenset[int]]:
        """What was asked of `reviewers` before: a page asks it for every act, of two or three people."""
        return {}

    def everyone(self) -> frozenset[int]:
        """All who play a part in the task itself; coordinators and auditors belong to the campaign."""
        return frozenset({*self.owners, *self.expediters, *self.leaders})

    @cached_property
    def _by_role(self) -> dict[Role, tuple[int, ...]]:
        return {
            Role.OWNER: self.owners,
            Role.EXPEDITER: self.expediters,
            Role.LEADER: self.leaders,
            Role.COORDINATOR: self.coordinators,
            Role.AUDITOR: self.auditors,
        }


_OF_ONE_TASK = Prepared(
    union_all(
        select(col(TaskPerson.role), col(TaskPerson.person_id), col(TaskPerson.position), col(TaskPerson.id))
        .join(Person, col(Person.id) == col(TaskPerson.person_id))
        .where(col(TaskPerson.task_id) == bindparam("task_id"), col(Person.is_active)),
        select(col(CampaignRole.role), col(CampaignRole.person_id), literal(0), col(CampaignRole.id))
        .join(Person, col(Person.id) == col(CampaignRole.person_id))
        .where(col(CampaignRole.campaign_id) == bindparam("campaign_id"), col(Person.is_active)),
    )
)


def get_parts(session: Session, task: Task) -> Parts:
    """The parts on one task, in one statement."""
    return _as_parts(_OF_ONE_TASK.rows(session, {"task_id": task.id, "campaign_id": task.campaign_id}))


def get_parts_of_tasks(session: Session, tasks: Collection[Task]) -> dict[int, Parts]:
    """The parts on many tasks, by the id of the task, in two statements."""
    session.flush()  # what was appointed a moment ago counts
    return map_parts(session, {id_of(task): task.campaign_id for task in tasks})


_ON_TASKS = Prepared(
    select(col(TaskPerson.task_id), col(TaskPerson.role), col(TaskPerson.person_id))
    .join(Person, col(Person.id) == col(TaskPerson.person_id))
    .where(is_among(col(TaskPerson.task_id), "task_ids"), col(Person.is_active))
    .order_by(col(TaskPerson.position), col(TaskPerson.id))
)
_IN_CAMPAIGNS = Prepared(
    select(col(CampaignRole.campaign_id), col(CampaignRole.role), col(CampaignRole.person_id))
    .join(Person, col(Person.id) == col(CampaignRole.person_id))
    .where(is_among(col(CampaignRole.campaign_id), "campaign_ids"), col(Person.is_active))
    .order_by(col(CampaignRole.id))
)


def map_parts(session: Session, campaigns: Mapping[int, int]) -> dict[int, Parts]:
    """As `get_parts_of_tasks`, of tasks that nobody has read; `campaigns` gives each task's campaign."""
    on_task: dict[int, dict[Role, list[int]]] = {}
    for task_id, role, person_id in _ON_TASKS.rows(session, {"task_ids": list(campaigns)}):
        on_task.setdefault(task_id, {}).setdefault(role, []).append(person_id)
    run: dict[int, dict[Role, list[int]]] = {}
    campaign_ids = list(set(campaigns.values()))
    for campaign_id, role, person_id in _IN_CAMPAIGNS.rows(session, {"campaign_ids": campaign_ids}):
        run.setdefault(campaign_id, {}).setdefault(role, []).append(person_id)
    return {
        task_id: _held(on_task.get(task_id, {}), run.get(campaign_id, {}))
        for task_id, campaign_id in campaigns.items()
    }


def get_campaign_parts(session: Session, campaign_id: int) -> Parts:
    """The coordinators and auditors of a campaign."""
    rows = session.exec(
        select(CampaignRole)
        .join(Person, col(Person.id) == col(CampaignRole.person_id))
        .where(CampaignRole.campaign_id == campaign_id, col(Person.is_active))
    ).all()
    return _as_parts((row.role, row.person_id, 0, id_of(row)) for row in rows)


def list_people_on_task(session: Session, task_id: int) -> Sequence[tuple[TaskPerson, Person]]:
    """Parts with their people, inactive ones included, by role, then place, then when they were appointed."""
    return session.exec(
        select(TaskPerson, Person)
        .join(Person, col(Person.id) == col(TaskPerson.person_id))
        .where(TaskPerson.task_id == task_id)
        .order_by(col(TaskPerson.role), col(TaskPerson.position), col(TaskPerson.id))
    ).all()


def _as_parts(rows: Iterable[Any]) -> Parts:
    people: dict[Role, list[int]] = {}
    for role, person_id, _, _ in sorted(rows, key=lambda row: (row[2], row[3])):
        people.setdefault(role, []).append(person_id)
    return _held(people, people)


def _held(on_task: Mapping[Role, Sequence[int]], run: Mapping[Role, Sequence[int]]) -> Parts:
    """The parts on a task, and those in its campaign."""
    return Parts(
        owners=tuple(on_task.get(Role.OWNER, ())),
        expediters=tuple(on_task.get(Role.EXPEDITER, ())),
        leaders=tuple(on_task.get(Role.LEADER, ())),
        coordinators=tuple(run.get(Role.COORDINATOR, ())),
        auditors=tuple(run.get(Role.AUDITOR, ())),
    )
