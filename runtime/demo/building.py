"""Building the demo: a fresh folder, an office, half a year of work, one round of reminders, one weekly report."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlmodel import Session

from config.settings import Settings, load_settings
from runtime import jobs
from runtime.bootstrap import Application, open_application
from runtime.demo import acts, office, story
from runtime.demo.doors import open_accounts
from runtime.demo.stage import Stage
from runtime.setting_up import set_up_office
from tracker import clock
from tracker.clock import office_moment
from tracker.identity import id_of
from tracker.importers import Directory
from tracker.models import Task
from tracker.queries.people import resolve_person
from tracker.queries.tasks import TaskFilter, count_tasks_by_state, get_task
from tracker.services.auditing import Actor
from tracker.services.lifecycle import explain_task
from workflows.task import TASK_WORKFLOW, TaskTrigger

MARK = ".dingban-demo"
SETTINGS_FILE = "demo.env"
SET_UP_AT = office_moment(date(2024, 1, 8), 9)
IMPORTED_AT = office_moment(date(2024, 1, 10), 10)
NOW = office_moment(story.TODAY, 9, 30)


class FolderInUse(Exception):
    """The folder holds something that is no demo; it is left alone."""


@dataclass(frozen=True)
class Demo:
    """What was built and where it lies."""

    folder: Path
    settings: Settings
    tasks: dict[str, int]  # by state, as people call it
    acts: int
    letters: int

    @property
    def settings_file(self) -> Path:
        return self.folder / SETTINGS_FILE


def build_demo(folder: Path, *, on_progress: Callable[[int, int], None] = lambda _done, _total: None) -> Demo:
    """Build the demo office in `folder`, which is emptied first if it holds an earlier demo.

    Raises FolderInUse where the folder holds anything else.
    """
    _make_fresh(folder)
    settings = _write_settings(folder)
    with ExitStack() as stack:
        application = stack.enter_context(open_application(settings))
        with clock.fixed_at(SET_UP_AT):
            set_up_office(application, name=office.COORDINATOR, email=f"coordinator@{office.DOMAIN}")
        task_ids = _enter_office(application)
        played = _play(application, folder, task_ids, on_progress)
        with clock.fixed_at(NOW):
            with application.writing() as session:
                open_accounts(session, at=wall_clock())
            jobs.queue_weekly_reports(application)
            sent = jobs.run_reminders(application).delivery.sent
        with application.reading() as session:
            states = count_tasks_by_state(session, TaskFilter())
        labels = TASK_WORKFLOW.state_labels
        return Demo(folder, settings, {labels[state]: count for state, count in states.items()}, played, sent)


def wall_clock() -> datetime:
    """Accounts live by the clock on the wall, also where an office plays with a clock of its own."""
    return datetime.now(UTC)


def _make_fresh(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).is_file():
            raise FolderInUse(
                f"“{folder}”里有别的文件，没有动它；请换一个文件夹：dingban demo --folder 文件夹"
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()


def _write_settings(folder: Path) -> Settings:
    """Settings of the demo alone, in a file for the commands that are typed next."""
    place = folder.resolve()
    values = {
        "database_url": f"sqlite:///{place / 'dingban.db'}",
        "evidence_dir": str(place / "evidence"),
        "outbox_dir": str(place / "outbox"),
        "channel": "file",
        "mail_sender": f"盯办 <dingban@{office.DOMAIN}>",
        "now": NOW.astimezone(clock.OFFICE_ZONE).isoformat(),
        "rehearsal": "1",
    }
    lines = ["# 演示单位的设置；时钟停在 2024 年 7 月 3 日。"]
    lines += [f"DINGBAN_{key.upper()}='{value}'" for key, value in values.items()]
    (folder / SETTINGS_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load_settings(folder=folder, overrides=values)


def _enter_office(application: Application) -> list[int]:
    with application.writing() as session:
        coordinator = resolve_person(session, office.COORDINATOR)
        actor = Actor(coordinator.id, coordinator.name)
        drafts = office.read_tables(application, Directory())
        office.enter_people(session, drafts, actor=actor, at=SET_UP_AT)
    with application.writing() as session:
        return office.import_tables(application, session, actor=actor, at=IMPORTED_AT)


def _play(
    application: Application, folder: Path, task_ids: list[int], on_progress: Callable[[int, int], None]
) -> int:
    """Issue in January; then, when every date is known, the rest of the half year."""
    papers = folder / "papers"
    papers.mkdir()
    stage = Stage(application, papers)
    stage.now(IMPORTED_AT, lambda scene: acts.settle_import(scene, task_ids))
    with application.reading() as session:
        tasks = _list_ready(session, task_ids)
        cast = story.choose_cast(session, tasks)
    story.plan_beginning(stage, tasks, cast)
    played = stage.play(on_progress)
    with application.reading() as session:
        tasks = [get_task(session, id_of(task)) for task in tasks]
        story.plan_steps(stage, session, tasks, cast, application.calendar(session))
        story.plan_occurrences(stage, session, tasks)
    story.plan_endings(stage, cast)
    story.plan_remarks(stage, cast, tasks)
    story.plan_packages(stage, cast, folder / "packages")
    return played + stage.play(on_progress)


def _list_ready(session: Session, task_ids: list[int]) -> list[Task]:
    """The tasks that the coordinator may issue; the others stay in draft, as they would in an office."""
    coordinator = resolve_person(session, office.COORDINATOR)
    actor = Actor(coordinator.id, coordinator.name)
    return [
        get_task(session, task_id)
        for task_id in task_ids
        if not explain_task(session, task_id, TaskTrigger.ISSUE, actor=actor)
    ]
