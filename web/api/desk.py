"""The desk of one request to the API: who asks, through which transaction, at what moment.

What is read takes no write lock. What is written is one transaction, committed before the answer leaves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Request, Response
from sqlmodel import Session

from tracker import clock
from tracker.errors import MilestoneNotFound
from tracker.models import Milestone, Task
from tracker.queries.milestones import get_milestone
from tracker.queries.people import get_person
from tracker.queries.served import SharedList
from tracker.queries.sight import Sight, get_visible_task, may_see_list, sight_of
from tracker.rules import OfficeRules
from tracker.services.auditing import Actor
from web.api.callers import ApiCaller, Caller
from web.house import House


@dataclass
class ApiDesk:
    """One request. `at` is the office's clock, `session` one transaction, `answer` what headers are written on."""

    request: Request
    answer: Response
    house: House
    session: Session
    at: datetime
    caller: Caller
    sight: Sight

    @property
    def today(self) -> date:
        return clock.office_day(self.at)

    @property
    def rules(self) -> OfficeRules:
        return self.house.rules

    def actor(self, on_behalf_of: int | None = None) -> Actor:
        """Who acts: the token's person, or a leader for whom he enters what was decided on paper (代录)."""
        if on_behalf_of is None:
            return Actor(self.caller.person_id, self.caller.name)
        leader = get_person(self.session, on_behalf_of)
        return Actor(on_behalf_of, leader.name, self.caller.person_id, self.caller.name)

    def task(self, task_id: int) -> Task:
        """Raises TaskNotFound, alike for what is hidden and what is not there."""
        return get_visible_task(self.session, self.sight, task_id)

    def milestone(self, milestone_id: int) -> Milestone:
        """Raises MilestoneNotFound, alike for what is hidden and what is not there."""
        milestone = get_milestone(self.session, milestone_id)
        if not self.sees_list(milestone.task_id):
            raise MilestoneNotFound(milestone_id)
        return milestone

    def sees_list(self, holder_id: int, shared: SharedList = SharedList.MILESTONES) -> bool:
        return may_see_list(self.session, self.sight, holder_id, shared)


@contextmanager
def opened_desk(request: Request, answer: Response, caller: Caller, *, writing: bool) -> Iterator[ApiDesk]:
    """A desk while the block runs; what it wrote is committed at the end."""
    house: House = request.app.state.house
    with house.writing() if writing else house.reading() as session:
        sight = sight_of(session, caller.person_id)
        yield ApiDesk(request, answer, house, session, clock.now(), caller, sight)


def _open_to_read(request: Request, answer: Response, caller: ApiCaller) -> Iterator[ApiDesk]:
    with opened_desk(request, answer, caller, writing=False) as desk:
        yield desk


def _open_to_write(request: Request, answer: Response, caller: ApiCaller) -> Iterator[ApiDesk]:
    with opened_desk(request, answer, caller, writing=True) as desk:
        yield desk


ReadingApiDesk = Annotated[ApiDesk, Depends(_open_to_read, scope="function")]
WritingApiDesk = Annotated[ApiDesk, Depends(_open_to_write, scope="function")]
