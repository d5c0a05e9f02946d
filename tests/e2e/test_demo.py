"""The demo: built from nothing, complete, and ready for what its last lines say to type."""

from __future__ import annotations

import json
import os
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from runtime.cli.root import app
from tracker.database import create_engine_for, read_session
from tracker.lights import Light, LightThresholds, light_of
from tracker.models import AuditEvent, Milestone

EVERY_STATE = {"办理中", "草稿", "待签收", "待审核", "待销号", "已销号", "已归档", "已中止"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo, built once for all these tests."""
    folder = tmp_path_factory.mktemp("demo") / "office"
    ended = CliRunner().invoke(
        app, ["demo", "--no-serve", "--folder", str(folder), "--json"], env=_without_settings()
    )
    assert ended.exit_code == 0, ended.stderr
    (folder / "built.json").write_text(ended.stdout, encoding="utf-8")
    return folder


def run(demo: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["--config", str(demo / "demo.env"), *arguments], env=_without_settings())


def _without_settings() -> dict[str, str | None]:
    return {name: None for name in os.environ if name.startswith("DINGBAN_")}


class TestDemo:
    def test_has_tasks_in_every_state(self, demo: Path) -> None:
        assert set(json.loads((demo / "built.json").read_text(encoding="utf-8"))["tasks"]) == EVERY_STATE

    def test_has_work_in_time_late_overdue_and_extended(self, demo: Path) -> None:
        engine = create_engine_for(f"sqlite:///{demo / 'dingban.db'}")
        with read_session(engine) as session:
            kinds = set(session.exec(select(AuditEvent.kind)).all())
            steps = session.exec(select(Milestone)).all()
        engine.dispose()

        lights = {light_of(step, today=date(2024, 7, 3), thresholds=LightThresholds()) for step in steps}
        assert lights == set(Light)
        assert {
            "task.decline",
            "task.suspend",
            "task.send_back",
            "milestone.return",
            "extension.grant",
            "evidence.reject",
            "instruction.acknowledge",
            "task.urge",
            "deduction.record",
            "person.reassign",
            "task.archive",
        } <= kinds

    def test_wrote_letters_that_a_mail_program_opens(self, demo: Path) -> None:
        letters = [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in (demo / "outbox").rglob("*.eml")
        ]

        assert len(letters) == json.loads((demo / "built.json").read_text(encoding="utf-8"))["letters"] > 10
        assert all("@yunling.example" in str(letter["To"]) for letter in letters)
        assert any("通报" in str(letter["Subject"]) for letter in letters)

    def test_wrote_a_weekly_report_and_a_closing_package(self, demo: Path) -> None:
        assert {path.suffix for path in (demo / "reports").iterdir()} == {".html", ".docx", ".xlsx"}
        packages = list((demo / "packages").iterdir())
        assert len(packages) == 1
        assert run(demo, "archive", "verify", str(packages[0])).exit_code == 0

    @pytest.mark.parametrize("arguments", [["audit", "verify"], ["evidence", "verify"], ["doctor"]])
    def test_is_sound(self, demo: Path, arguments: list[str]) -> None:
        answer = run(demo, *arguments)

        assert answer.exit_code == 0, answer.stdout

    def test_a_second_round_tells_nobody_twice(self, demo: Path) -> None:
        assert json.loads(run(demo, "remind", "--json").stdout)["letters"] == 0

    def test_its_settings_lead_to_it_whatever_is_exported(self, demo: Path, tmp_path: Path) -> None:
        answer = CliRunner().invoke(
            app,
            ["--config", str(demo / "demo.env"), "campaign", "list"],
            env={"DINGBAN_DATABASE_URL": f"sqlite:///{tmp_path / 'the-office-itself.db'}"},
        )

        assert "执法大比武" in answer.stdout
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_with_anything_else_in_it_is_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "年终总结.docx").write_bytes(b"precious")

        answer = CliRunner().invoke(app, ["demo", "--no-serve", "--folder", str(tmp_path)])

        assert answer.exit_code == 1
        assert [path.name for path in tmp_path.iterdir()] == ["年终总结.docx"]
