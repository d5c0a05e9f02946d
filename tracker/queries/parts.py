"""Who plays which part on a task *now*. People who were removed or deactivated play none.

The reviewer is never appointed: `workflows.duties` derives him from the other parts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, literal, union_all
from sqlmodel import Session, col, select

from tracker.identity import id_of
from tracker.models import CampaignRole, Person, Task, TaskPerson
from tracker.prepared import Prepared
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
        return duties.reviewers(
            owners=(*self.owners, *self.peers),
            expediters=self.expediters,
            coordinators=self.coordinators,
            submitted_by=submitted_by,
        )

    def closers(self, *, reviewed_by: int | None = None) -> frozenset[int]:
        """The leaders who may close what `reviewed_by` has reviewed."""
        return duties.closers(leaders=self.leaders, reviewed_by=reviewed_by)

    def holders(self, role: Role, *, submitted_by: int | None = None) -> tuple[int, ...]:
        """The people in one part; for the reviewer those who may review what `submitted_by` handed in."""
        if role is Role.REVIEWER:
            return tuple(sorted(self.reviewers(submitted_by=submitted_by)))
        return self._by_role().get(role, ())

    def roles_of(self, person_id: int | None, *, submitted_by: int | None = None) -> frozenset[Role]:
        """Every part that one person plays; without a person it is the system that acts."""
        if person_id is None:
            return frozenset({Role.SYSTEM})
        roles = {role for role, people in self._by_role().items() if person_id in people}
        if person_id in self.reviewers(submitted_by=submitted_by):
            roles.add(Role.REVIEWER)
        return frozenset(roles)

    def everyone(self) -> frozenset[int]:
        """All who play a part in the task itself; coordinators and auditors belong to the campaign."""
        return frozenset({*self.owners, *self.expediters, *self.leaders})

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
    on_tasks = session.exec(
        select(TaskPerson)
        .join(Person, col(Person.id) == col(TaskPerson.person_id))
        .where(col(TaskPerson.task_id).in_([task.id for task in tasks]), col(Person.is_active))
    ).all()
    in_campaigns = session.exec(
        select(CampaignRole)
        .join(Person, col(Person.id) == col(CampaignRole.person_id))
        .where(col(CampaignRole.campaign_id).in_({task.campaign_id for task in tasks}), col(Person.is_active))
    ).all()
    rows_of: dict[int, list[tuple[Role, int, int, int]]] = {id_of(task): [] for task in tasks}
    for part in on_tasks:
        rows_of[part.task_id].append((part.role, part.person_id, part.position, id_of(part)))
    of_campaign: dict[int, list[tuple[Role, int, int, int]]] = {}
    for role in in_campaigns:
        of_campaign.setdefault(role.campaign_id, []).append((role.role, role.person_id, 0, id_of(role)))
    return {
        id_of(task): _as_parts([*rows_of[id_of(task)], *of_campaign.get(task.campaign_id, ())])
        for task in tasks
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
    people: dict[Role, list[int]] = {role: [] for role in Role}
    for role, person_id, _, _ in sorted(rows, key=lambda row: (row[2], row[3])):
        people[role].append(person_id)
    return Parts(
        owners=tuple(people[Role.OWNER]),
        expediters=tuple(people[Role.EXPEDITER]),
        leaders=tuple(people[Role.LEADER]),
        coordinators=tuple(people[Role.COORDINATOR]),
        auditors=tuple(people[Role.AUDITOR]),
    )
