"""Every session that the documentation shows, typed again: the answers are what the program answers now."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from runtime.demo.building import build_demo
from tests.transcripts import BLOCK, Exchange, Office, is_answered, play, read_exchanges

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")) if BLOCK.search(path.read_text("utf-8"))
)
DOCUMENT = re.compile(r"^\| `(dingban\.[a-z-]+/\d)` \| `(dingban .+?)` \| (.+) \|$", re.MULTILINE)
ROLES = ("coordinator", "owner", "expediter", "leader", "auditor", "administrator")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo office, built once."""
    folder = tmp_path_factory.mktemp("demo") / "office"
    build_demo(folder)
    return folder


@pytest.fixture
def office(demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A copy of the demo where an installation with default settings would have it."""
    shutil.copytree(demo, tmp_path / "var", ignore=shutil.ignore_patterns("demo.env", "reports", "outbox"))
    (tmp_path / "var" / "papers").rename(tmp_path / "papers")
    shutil.copytree(ROOT / "docs" / "examples", tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    unset: dict[str, str | None] = {name: None for name in os.environ if name.startswith("DINGBAN_")}
    return Office(unset | {"DINGBAN_NOW": "2024-07-03T09:30"})


@pytest.mark.golden
class TestSessions:
    @pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
    def test_a_page_shows_what_the_program_answers(
        self, page: Path, office: Office, request: pytest.FixtureRequest
    ) -> None:
        text = page.read_text(encoding="utf-8")
        played = play(text, office)
        if request.config.getoption("--record-golden"):
            if played != text:
                page.write_text(played, encoding="utf-8")
            return

        assert played == text, "record it with: make golden"

    @pytest.mark.parametrize("role", ROLES)
    def test_every_role_has_a_page_with_sessions(self, role: str) -> None:
        assert ROOT / "docs" / "manual" / f"{role}.md" in PAGES


class TestReading:
    def test_a_block_is_read_prompt_by_prompt(self) -> None:
        assert list(read_exchanges("$ dingban doctor\n好\n$ echo $?\n0\n")) == [
            Exchange("dingban doctor", ("好",)),
            Exchange("echo $?", ("0",)),
        ]

    def test_an_ellipsis_stands_for_any_number_of_lines(self) -> None:
        assert is_answered(["一", "……", "四"], ["一", "二", "三", "四"])
        assert is_answered(["一", "……"], ["一"])
        assert not is_answered(["一", "……", "四"], ["一", "二", "三"])
        assert not is_answered(["一"], ["一", "二"])

    def test_a_wrong_answer_is_written_anew(self, office: Office) -> None:
        page = "```console\n$ dingban --version\n盯办 0\n$ echo $?\n1\n```\n"

        played = play(page, office)

        assert "盯办 0\n" not in played
        assert played.endswith("$ echo $?\n0\n```\n")


class TestDocuments:
    def test_every_document_has_the_members_that_the_contract_names(self, office: Office) -> None:
        text = (ROOT / "docs" / "contracts.md").read_text(encoding="utf-8")
        lacking = {}
        for schema, command, members in DOCUMENT.findall(text):
            answer = json.loads("\n".join(office.answer(command, is_joined=False)))
            missing = {*re.findall(r"`(\w+)`", members)} - answer.keys()
            if answer.get("schema") != schema or missing:
                lacking[command] = (answer.get("schema"), sorted(answer), sorted(missing))

        assert lacking == {}

    def test_every_document_of_the_command_line_is_in_the_contract(self) -> None:
        text = (ROOT / "docs" / "contracts.md").read_text(encoding="utf-8")
        sources = [path.read_text(encoding="utf-8") for path in (ROOT / "runtime").rglob("*.py")]
        printed = {name for source in sources for name in re.findall(r'"(dingban\.[a-z-]+/\d)"', source)}

        assert len(printed) > 10
        assert sorted(name for name in printed if f"`{name}`" not in text) == []
