"""An installation of its own for every test, as `dingban init` leaves it, and a small office in it."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from runtime.cli.root import app
from tracker.database import create_engine_for, write_session
from tracker.identity import id_of
from tracker.queries.people import resolve_person
from tracker.services.auditing import SYSTEM, Actor
from tracker.services.campaigns import create_campaign
from tracker.services.people import create_person, create_unit
from tracker.services.tasks import DeliverablePlan, MilestonePlan, create_task
from workflows.roles import Role

LONG_AGO = datetime(2024, 1, 8, 1, tzinfo=UTC)
OWNER, EXPEDITER, LEADER, COORDINATOR = "张三丰", "郭靖", "黄药师", "管理员"


@dataclass(frozen=True)
class Installation:
    """A folder with a database, evidence and outbox; `run` calls the command as somebody at the office would."""

    folder: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'dingban.db'}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DINGBAN_DATABASE_URL": self.url,
            "DINGBAN_EVIDENCE_DIR": str(self.folder / "evidence"),
            "DINGBAN_OUTBOX_DIR": str(self.folder / "outbox"),
            "DINGBAN_NOW": "2024-07-03T09:00",
        }

    def run(self, *arguments: object, **environment: str) -> Result:
        return CliRunner().invoke(
            app, [str(argument) for argument in arguments], env=self.environment | environment
        )

    def done(self, *arguments: object, **environment: str) -> str:
        """Run what must succeed and return what it printed."""
        answer = self.run(*arguments, **environment)
        assert answer.exit_code == 0, f"{arguments}: {answer.stderr}"
        return str(answer.stdout)

    def write_file(self, name: str, content: bytes = b"%PDF-1.4 invented\n%%EOF\n") -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path


@pytest.fixture(scope="session")
def installed_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `dingban init` makes, made once; tests work on copies."""
    installation = Installation(tmp_path_factory.mktemp("installed"))
    installation.done("init", "--email", "admin@example.org")
    return installation.folder / "dingban.db"


@pytest.fixture
def installation(tmp_path: Path, installed_database: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """An installation with a database that was just set up, and none of this machine's settings."""
    for name in [name for name in os.environ if name.startswith("DINGBAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    shutil.copy(installed_database, tmp_path / "dingban.db")
    return Installation(tmp_path)


@pytest.fixture
def office(installation: Installation) -> Installation:
    """The installation with a unit, three people and the administrator, a campaign, and one task in draft."""
    engine = create_engine_for(installation.url)
    with write_session(engine) as session:
        who: dict[str, Any] = {"actor": SYSTEM, "at": LONG_AGO}
        unit = create_unit(session, name="综合科", **who)
        people = {
            name: id_of(
                create_person(session, name=name, unit_id=unit.id, email=f"{login}@example.org", **who)
            )
            for name, login in ((OWNER, "zhang"), (EXPEDITER, "guo"), (LEADER, "huang"))
        }
        administrator = resolve_person(session, COORDINATOR)
        who["actor"] = Actor(administrator.id, administrator.name)
        campaign = create_campaign(session, name="云岭大练兵", year=2024, **who)
        create_task(
            session,
            campaign_id=id_of(campaign),
            title="装备配备",
            requirement="配齐执法装备",
            milestones=[
                MilestonePlan(1, "出台方案", due_on=date(2024, 7, 5)),
                MilestonePlan(2, "完成采购", due_on=date(2024, 9, 30)),
            ],
            deliverables=[DeliverablePlan(1, "情况简介"), DeliverablePlan(2, "采购资料")],
            people={
                Role.OWNER: [people[OWNER]],
                Role.EXPEDITER: [people[EXPEDITER]],
                Role.LEADER: [people[LEADER]],
            },
            lead_unit_id=unit.id,
            seq="1",
            **who,
        )
    engine.dispose()
    return installation
