"""Which tasks a person may see. What he may not see is, for him, not there.

Seen are the tasks on which he plays a part, those of the campaigns that he coordinates or audits, and those that his
unit or one below it leads or assists. To administer the system opens no task: administration and audit are apart.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, cast, false, func, literal, or_, true, union_all
from sqlalchemy import select as columns
from sqlmodel import Session, col, exists, select

from tracker.errors import TaskNotFound
from tracker.identity import id_of, is_possible_id
from tracker.models import Campaign, CampaignRole, Person, Task, TaskPerson, TaskUnit, Unit
from tracker.prepared import Prepared
from tracker.queries.served import SharedList, pointer_to_holder
from tracker.queries.tasks import find_task
from workflows.roles import TASK_ROLES, Role


@dataclass(frozen=True)
class Sight:
    """What one person may look at, read once for a request.

    `roles` are the parts that he plays anywhere, in any task or campaign. `unit_ids` are his unit and those below it.
    `sees_all` says that his campaigns are all there are, so that nothing has to be asked of a single task.
    """

    person_id: int
    roles: frozenset[Role] = frozenset()
    coordinated: frozenset[int] = frozenset()
    audited: frozenset[int] = frozenset()
    unit_ids: frozenset[int] = frozenset()
    sees_all: bool = False

    @property
    def campaign_ids(self) -> frozenset[int]:
        """The campaigns of which he sees every task."""
        return self.coordinated | self.audited

    @property
    def is_administrator(self) -> bool:
        return Role.ADMINISTRATOR in self.roles


def _statement() -> Any:
    """Everything that a sight is made of, in one statement: what it is, and a number or a word for it."""
    me: Any = bindparam("person_id")
    is_here = exists().where(col(Person.id) == me, col(Person.is_active))
    own = columns(col(Person.unit_id)).where(col(Person.id) == me, col(Person.is_active))
    tree = columns(col(Unit.id)).where(col(Unit.id).in_(own)).cte("tree", recursive=True)
    tree = tree.union(columns(col(Unit.id)).where(col(Unit.parent_id) == tree.c.id))
    plays = [
        columns(literal("plays"), literal(0), literal(role.value)).where(
            exists().where(col(TaskPerson.person_id) == me, col(TaskPerson.role) == role), is_here
        )
        for role in TASK_ROLES
    ]
    return union_all(
        columns(
            literal("campaign"), col(CampaignRole.campaign_id), cast(col(CampaignRole.role), String)
        ).where(col(CampaignRole.person_id) == me, is_here),
        columns(literal("unit"), tree.c.id, literal("")),
        *plays,
        columns(literal("plays"), literal(0), literal(Role.ADMINISTRATOR.value)).where(
            exists().where(col(Person.id) == me, col(Person.is_active), col(Person.is_administrator))
        ),
        columns(literal("campaigns"), func.count(col(Campaign.id)), literal("")),
    )


_EVERYTHING = Prepared(_statement())


def sight_of(session: Session, person_id: int) -> Sight:
    """What this person may look at now. Nothing at all for one who has left, or never was."""
    roles: set[Role] = set()
    units: set[int] = set()
    of_role: dict[Role, set[int]] = {Role.COORDINATOR: set(), Role.AUDITOR: set()}
    campaigns = 0
    for what, number, word in _EVERYTHING.rows(session, {"person_id": person_id}):
        if what == "unit":
            units.add(number)
        elif what == "campaigns":
            campaigns = number
        else:
            roles.add(Role(word))
            if what == "campaign":
                of_role.setdefault(Role(word), set()).add(number)
    coordinated, audited = frozenset(of_role[Role.COORDINATOR]), frozenset(of_role[Role.AUDITOR])
    sees_all = 0 < campaigns <= len(coordinated | audited)
    return Sight(person_id, frozenset(roles), coordinated, audited, frozenset(units), sees_all)


def visible_tasks(sight: Sight) -> ColumnElement[bool]:
    """The condition of the tasks that he may see."""
    if sight.sees_all:
        return true()
    on_task = select(TaskPerson.task_id).where(TaskPerson.person_id == sight.person_id)
    conditions: list[ColumnElement[bool]] = []
    if sight.campaign_ids:
        conditions.append(col(Task.campaign_id).in_(sorted(sight.campaign_ids)))
    if sight.unit_ids:
        units = sorted(sight.unit_ids)
        assisting = select(TaskUnit.task_id).where(col(TaskUnit.unit_id).in_(units))
        conditions += [col(Task.lead_unit_id).in_(units), col(Task.id).in_(assisting)]
    if sight.roles & set(TASK_ROLES):
        conditions.append(col(Task.id).in_(on_task))
    return or_(*conditions) if conditions else false()


def may_see_task(session: Session, sight: Sight, task: Task) -> bool:
    """Whether he may see this task. What the task itself tells needs no statement."""
    if sight.sees_all or task.campaign_id in sight.campaign_ids or task.lead_unit_id in sight.unit_ids:
        return True
    return _is_any_visible(session, sight, [col(Task.id) == id_of(task)])


def may_see_list(
    session: Session, sight: Sight, holder_id: int, shared: SharedList = SharedList.MILESTONES
) -> bool:
    """Whether he may see a list of milestones or deliverables: any of the tasks that it serves.

    What hangs on the list, such as evidence and extensions, is seen with it.
    """
    return _is_any_visible(
        session, sight, [or_(col(Task.id) == holder_id, pointer_to_holder(shared) == holder_id)]
    )


def get_visible_task(session: Session, sight: Sight, task_id: int) -> Task:
    """The task, if he may see it. Raises TaskNotFound, alike for one that is hidden and one that is not there."""
    task = find_task(session, task_id)
    if task is None or not may_see_task(session, sight, task):
        raise TaskNotFound(task_id)
    return task


def list_visible_ids(session: Session, sight: Sight, task_ids: Collection[int]) -> list[int]:
    """Those of the tasks that he may see, in the order in which they were asked for, each once."""
    asked = [number for number in dict.fromkeys(task_ids) if is_possible_id(number)]
    seen = set(session.exec(select(Task.id).where(col(Task.id).in_(asked), visible_tasks(sight))).all())
    return [number for number in asked if number in seen]


def _is_any_visible(session: Session, sight: Sight, conditions: list[ColumnElement[bool]]) -> bool:
    statement = select(Task.id).where(*conditions, visible_tasks(sight)).limit(1)
    return session.exec(statement).first() is not None
