"""What scripts outside rely on: one JSON document a call, in the shape that was promised, and the exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.integration.runtime import contracts
from tests.integration.runtime.conftest import COORDINATOR, OWNER, Installation

ROOT = Path(__file__).parents[3]
TABLES = ROOT / "runtime" / "demo" / "tables"


def printed(answer: str, schema: contracts.Schema) -> Any:
    """The one document that was printed, which must fit its schema."""
    document = json.loads(answer)
    jsonschema.validate(document, schema)
    return document


class TestDocuments:
    @pytest.mark.parametrize("table", ["drill.tsv", "base.tsv"])
    def test_a_draft(self, installation: Installation, table: str) -> None:
        draft = printed(installation.done("import", TABLES / table, "--dry-run", "--json"), contracts.DRAFT)

        account = draft["source"]
        parts = ("placed", "unplaced", "furniture", "skipped")
        assert sum(account[part] for part in parts) == account["characters"]

    @pytest.mark.parametrize(
        "phrase",
        [
            "5月底前",
            "7月1日至9月30日",
            "每月30日前",
            "检查结束之日起20个工作日内",
            "常态化",
            "近期",
            "没有期限的话",
            "6月底和9月底前",
        ],
    )
    def test_deadlines(self, installation: Installation, phrase: str) -> None:
        printed(installation.done("deadline", phrase, "--ref", "2024-01-15", "--json"), contracts.DEADLINES)

    def test_a_round(self, office: Installation) -> None:
        printed(office.done("remind", "--json"), contracts.ROUND)

    def test_the_audit_trail(self, office: Installation) -> None:
        assert printed(office.done("audit", "verify", "--json"), contracts.AUDIT)["intact"]

    def test_a_rehearsal(self, office: Installation) -> None:
        office.done("task", "issue", 1, "--as", COORDINATOR)

        answer = office.done(
            "rehearse",
            "--from",
            "2024-07-04",
            "--to",
            "2024-07-12",
            "--out",
            office.folder / "演练",
            "--json",
        )

        assert printed(answer, contracts.REHEARSAL)["notices"]

    def test_a_refusal(self, office: Installation) -> None:
        answer = office.run("task", "accept", 1, "--as", OWNER, "--json")

        assert printed(answer.stdout, contracts.REFUSAL)["error"]["exit_code"] == 1

    def test_a_file_that_cannot_be_read(self, installation: Installation) -> None:
        answer = installation.run("import", "没有.docx", "--json")

        assert printed(answer.stdout, contracts.REFUSAL)["error"]["exit_code"] == 3


class TestExitCodesOfARealProcess:
    """Each once for true: another process, its own standard output, standard error and code."""

    @pytest.mark.parametrize(
        ("code", "arguments"),
        [
            (0, ["deadline", "5月底前", "--ref", "2024-01-15", "--json"]),
            (1, ["task", "accept", "1", "--as", OWNER, "--json"]),
            (2, ["task", "show", "--json"]),
            (3, ["import", "没有.docx", "--json"]),
            (4, ["task", "list", "--json"]),
        ],
    )
    def test_ends_as_promised(self, office: Installation, code: int, arguments: list[str]) -> None:
        environment = office.environment
        if code == 4:
            environment["DINGBAN_DATABASE_URL"] = f"sqlite:///{office.folder / 'elsewhere.db'}"

        ended = dingban(environment, *arguments)

        assert ended.returncode == code
        assert "Traceback" not in ended.stderr
        assert bool(ended.stderr) is (code != 0)
        if code == 2:
            assert ended.stdout == ""
        else:
            json.loads(ended.stdout)

    def test_debug_shows_where(self, office: Installation) -> None:
        ended = dingban(office.environment, "task", "accept", "1", "--as", OWNER, "--debug")

        assert ended.returncode == 1
        assert "Traceback" in ended.stderr

    def test_a_terminal_that_knows_no_chinese_is_no_failure(self, office: Installation) -> None:
        ended = dingban(office.environment | {"PYTHONIOENCODING": "latin-1"}, "task", "list")

        assert ended.returncode == 0

    def test_a_reader_that_went_away_is_no_failure_of_ours(self, office: Installation) -> None:
        ended = subprocess.run(
            f"{sys.executable} -m runtime.cli task list --help | head -1",
            shell=True,
            cwd=ROOT,
            env=_clean() | office.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

        assert "Traceback" not in ended.stderr
        assert ended.stdout.startswith("用法")


def dingban(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "runtime.cli", *arguments],
        cwd=ROOT,
        env=_clean() | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("DINGBAN_")}
