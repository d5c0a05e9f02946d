"""The desk of an act on one task: the task that the visitor may see, for whom he acts, and what happened meanwhile.

Forms bring back the version that their page showed. Where an act is refused and others have been at the task since,
the answer says who did what; what was typed stays, and is sent next against the version of now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import Depends
from starlette.responses import Response

from notifications.wording import moment_words
from tracker.errors import ActRefused, MilestoneNotFound, PersonNotFound, StaleTask
from tracker.identity import id_of
from tracker.models import Deliverable, Evidence, Milestone, Task
from tracker.queries.evidence import DeliverableNotFound, EvidenceNotFound, get_deliverable, get_evidence
from tracker.queries.milestones import get_milestone, list_milestones
from tracker.queries.people import get_person
from tracker.queries.served import SharedList, holder_of
from tracker.queries.sight import get_visible_task
from tracker.queries.task_page import (
    Happening,
    TaskRows,
    find_newest_event_id,
    list_events_since,
    read_task_rows,
)
from tracker.queries.tasks import get_task
from tracker.services.auditing import Actor
from tracker.services.possibilities import Possibilities, list_possibilities
from web.desk import Desk, UnopenedReadingDesk, UnopenedWritingDesk
from web.opening import Opening
from web.task_view import event_view
from workflows.kernel import Unmet, WorkflowError

TITLE_SHOWN = 40  # in characters, of a task in a sentence


class MovedOn(Exception):
    """An act was refused, and others have been at the task since its page was made.

    `unmet` is what stands in the way now, `since` says in sentences what they did, `renewed` what the form's hidden
    fields have to say next time.
    """

    def __init__(
        self, detail: str, unmet: Sequence[Unmet], since: Sequence[str], renewed: dict[str, str]
    ) -> None:
        self.unmet = tuple(unmet)
        self.since = tuple(since)
        self.renewed = renewed
        super().__init__(detail)


@dataclass
class TaskDesk:
    """A desk with the task that is acted on."""

    desk: Desk
    task: Task

    @property
    def task_id(self) -> int:
        return id_of(self.task)

    def read(self, *, has_package: bool = False) -> tuple[TaskRows, Possibilities]:
        """What stands on the task, and what the visitor may do about it."""
        desk = self.desk
        rows = read_task_rows(desk.session, self.task)
        acts = list_possibilities(
            desk.session,
            rows,
            actor=desk.actor,
            sight=desk.visitor.sight,
            today=desk.today,
            has_package=has_package,
        )
        return rows, acts

    @property
    def version(self) -> int | None:
        """The version that the form's page showed; None for a form that carries none."""
        text = self.desk.form.raw("version")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None

    @property
    def actor(self) -> Actor:
        """The visitor, or the leader whose decision on paper he records (代录). Services say whether he may."""
        leader_id = self.desk.form.optional_whole("recorded_for", "代录的领导")
        if leader_id is None:
            return self.desk.actor
        leader = get_person(self.desk.session, leader_id)
        if not leader.is_active:
            raise PersonNotFound(leader_id)
        return Actor(leader_id, leader.name, self.desk.visitor.person_id, self.desk.visitor.name)

    def milestone(self, milestone_id: int) -> Milestone:
        """The milestone, if it is on the task's list. Raises MilestoneNotFound."""
        milestone = get_milestone(self.desk.session, milestone_id)
        if milestone.task_id != holder_of(self.task):
            raise MilestoneNotFound(milestone_id)
        return milestone

    def deliverable(self, deliverable_id: int) -> Deliverable:
        """The deliverable, if it is on the task's list. Raises DeliverableNotFound."""
        deliverable = get_deliverable(self.desk.session, deliverable_id)
        if deliverable.task_id != holder_of(self.task, SharedList.DELIVERABLES):
            raise DeliverableNotFound(deliverable_id)
        return deliverable

    def evidence(self, evidence_id: int) -> Evidence:
        """The evidence, if it was handed in for the task's list. Raises EvidenceNotFound."""
        evidence = get_evidence(self.desk.session, evidence_id)
        holder = get_deliverable(self.desk.session, evidence.deliverable_id).task_id
        if holder != holder_of(self.task, SharedList.DELIVERABLES):
            raise EvidenceNotFound(evidence_id)
        return evidence

    def done(self, message: str, place: str = "") -> Response:
        """Back to the form's own page or to the task, and there to the place that was acted on."""
        return self.desk.back(f"/tasks/{self.task_id}{f'#{place}' if place else ''}", message)


@contextmanager
def opened_task(desk: Opening[Desk], task_id: int) -> Iterator[TaskDesk]:
    """Raises TaskNotFound, alike for a task that is hidden and one that is not there."""
    with desk.open() as opened:
        yield TaskDesk(opened, get_visible_task(opened.session, opened.visitor.sight, task_id))


@contextmanager
def opened_task_to_act(desk: Opening[Desk], task_id: int) -> Iterator[TaskDesk]:
    """As `opened_task`; where the act is refused, with what others did since the form's page was made."""
    with opened_task(desk, task_id) as with_task:
        try:
            yield with_task
        except (WorkflowError, ActRefused, StaleTask) as error:
            since = _since(with_task.desk, with_task)
            if not since:
                raise
            renewed = _renewed(with_task.desk, task_id)
            raise MovedOn(str(error), getattr(error, "unmet", ()), since, renewed) from error


async def open_task(desk: UnopenedReadingDesk, task_id: int) -> Opening[TaskDesk]:
    return Opening(partial(opened_task, desk, task_id))


async def open_task_to_act(desk: UnopenedWritingDesk, task_id: int) -> Opening[TaskDesk]:
    return Opening(partial(opened_task_to_act, desk, task_id))


TaskPage = Annotated[TaskDesk, Depends(open_task)]
TaskAct = Annotated[TaskDesk, Depends(open_task_to_act)]


def _since(desk: Desk, with_task: TaskDesk) -> list[str]:
    """What others did after the page of the form was made, one sentence each, the oldest first."""
    seen = desk.form.raw("seen")
    if not (seen.isascii() and seen.isdecimal() and len(seen) < 10):
        return []
    events = list_events_since(desk.session, with_task.task_id, int(seen))
    steps = (
        {each.id: f"“{each.text}”" for each in list_milestones(desk.session, with_task.task)}
        if events
        else {}
    )
    return [_sentence(each, steps) for each in events if each.actor_name != desk.visitor.name]


def _sentence(event: Happening, steps: dict[int | None, str]) -> str:
    view = event_view(event, steps)
    words = f"：{view.words}" if view.words else ""
    return f"{moment_words(view.at)}　{view.who}　{view.label}{view.about}{words}"


def _renewed(desk: Desk, task_id: int) -> dict[str, str]:
    task = get_task(desk.session, task_id)
    desk.session.refresh(task)
    return {"version": str(task.version), "seen": str(find_newest_event_id(desk.session, task_id))}
