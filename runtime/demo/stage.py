"""Playing acts in the order of their days: each one a transaction of its own, at its own moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlmodel import Session

from runtime.bootstrap import Application
from tracker.calendar import WorkCalendar
from tracker.clock import office_moment
from tracker.models import Task
from tracker.queries.parts import get_parts
from tracker.queries.people import get_person
from tracker.queries.tasks import get_task
from tracker.services.auditing import Actor
from workflows.roles import Role


@dataclass
class Scene:
    """What an act has at hand: a transaction, its moment, and who plays which part at that moment."""

    application: Application
    session: Session
    at: datetime
    folder: Path
    calendar: WorkCalendar

    def task(self, task_id: int) -> Task:
        return get_task(self.session, task_id)

    def actor(self, task_id: int, role: Role, *, submitted_by: int | None = None) -> Actor:
        """Whoever has the part on the task now."""
        holders = get_parts(self.session, self.task(task_id)).holders(role, submitted_by=submitted_by)
        return self.person(holders[0])

    def person(self, person_id: int) -> Actor:
        person = get_person(self.session, person_id)
        return Actor(person.id, person.name)


Act = Callable[[Scene], object]


@dataclass
class Stage:
    """Collects acts and plays them by day; acts of one moment in the order they were planned."""

    application: Application
    folder: Path
    _calendar: WorkCalendar = field(init=False)
    _planned: list[tuple[datetime, int, Act]] = field(default_factory=list)

    def __post_init__(self) -> None:
        with self.application.reading() as session:
            self._calendar = self.application.calendar(session)

    def plan(self, day: date, act: Act, *, hour: int = 9, minute: int = 0) -> None:
        self._planned.append((office_moment(day, hour, minute), len(self._planned), act))

    def play(self, on_progress: Callable[[int, int], None]) -> int:
        """Play everything that was planned and return how many acts that were."""
        total = len(self._planned)
        for done, (at, _, act) in enumerate(sorted(self._planned, key=lambda each: each[:2]), 1):
            self.now(at, act)
            on_progress(done, total)
        self._planned.clear()
        return total

    def now(self, at: datetime, act: Act) -> None:
        """Play one act at once."""
        with self.application.writing() as session:
            act(Scene(self.application, session, at, self.folder, self._calendar))
