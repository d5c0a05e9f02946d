"""The command line itself: Chinese words, global options, exit codes, nothing but JSON where JSON was asked for."""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from runtime.cli.exits import EXIT_CODES, exit_code_of
from runtime.cli.grammar import hoist_global_options
from runtime.cli.root import Dingban, app
from runtime.cli.wording import translate, width_of, wrap
from tracker.errors import TaskNotFound
from tracker.importers.errors import SourceDamaged

runner = CliRunner()


def every_command() -> list[list[str]]:
    """Each command and sub-command as its words."""
    found: list[list[str]] = []
    for name, late in Dingban.late.items():
        command = get_command(import_module(late.module).app)
        found.append([name])
        if isinstance(command, TyperGroup) and name not in command.commands:
            found += [[name, sub] for sub in command.commands]
    return found


class TestHelp:
    @pytest.mark.parametrize("words", every_command(), ids=" ".join)
    def test_every_page_is_chinese(self, words: list[str]) -> None:
        page = runner.invoke(app, [*words, "--help"])

        assert page.exit_code == 0, page.stderr
        assert page.stdout.startswith("用法：dingban")
        assert not re.search(
            r"\b(Usage|Options|Arguments|Commands|Show this|default|required)\b", page.stdout
        )

    @pytest.mark.parametrize("words", every_command(), ids=" ".join)
    def test_every_option_and_argument_is_explained(self, words: list[str]) -> None:
        page = runner.invoke(app, [*words, "--help"]).stdout

        for line in re.findall(r"^  \S.*$", page, re.MULTILINE):
            assert re.search(r"[\u4e00-\u9fff]", line), line

    def test_no_line_is_wider_than_a_terminal(self) -> None:
        for line in runner.invoke(app, ["task", "list", "--help"]).stdout.splitlines():
            assert width_of(line) <= 102

    def test_without_a_command_the_page_is_shown_and_it_is_wrong_usage(self) -> None:
        answer = runner.invoke(app, [])

        assert answer.exit_code == 2
        assert "deadline" in answer.stderr


class TestVersion:
    def test_is_told(self) -> None:
        assert runner.invoke(app, ["--version"]).stdout.startswith("盯办 ")


class TestWrongUsage:
    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["deadlin"], "没有“deadlin”这个命令，是不是 deadline"),
            (["task", "isue", "1"], "没有“isue”这个命令，是不是 issue"),
            (["deadline", "5月底前", "--reff", "2024-01-01"], "没有“--reff”这个选项"),
            (["deadline", "5月底前", "--ref"], "选项 --ref 后面须写上值"),
            (["deadline", "5月底前", "--ref", "明天"], "“明天”不是日期，应写成 2024-07-03 这样"),
            (["deadline", "a", "b", "--ref", "2024-01-01"], "多出了参数：b"),
            (["task", "show"], "缺少参数 任务编号"),
            (["task", "show", "甲"], "应为整数"),
            (["task", "show", "99999999999999999999"], "不能大于 2147483647"),
            (["evidence", "accept", "99999999999999999999", "--as", "1"], "不能大于 2147483647"),
            (["finding", "list", "--task", "99999999999999999999"], "不能大于 2147483647"),
            (["milestone", "report", "1", "--note", "完成"], "缺少选项 --as"),
            (["task", "issue", "1"], "缺少选项 --as"),
            (["task", "list", "--state", "open"], "只能是 'draft'、'issued'"),
            (["import", "x.docx", "--year", "24"], "不能小于 2000"),
            (["audit"], "用法"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, list) else "",
    )
    def test_it_is_said_in_chinese_and_ends_with_two(self, arguments: list[str], said: str) -> None:
        answer = runner.invoke(app, arguments)

        assert answer.exit_code == 2
        assert said in answer.stderr
        assert answer.stdout == ""
        assert not re.search(
            r"\b(Error|Missing|Invalid|Value|Option|Try|Got|Input|is not|or)\b", answer.stderr
        )

    def test_a_setting_that_cannot_be_used_is_wrong_usage(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DINGBAN_MAIL_PORT", "abc")

        answer = runner.invoke(app, ["task", "list"])

        assert answer.exit_code == 2
        assert "DINGBAN_MAIL_PORT" in answer.stderr

    @pytest.mark.parametrize("command", ["serve", "worker"])
    def test_what_runs_on_refuses_a_fixed_clock(self, command: str) -> None:
        answer = runner.invoke(app, [command, "--now", "2024-07-03"])

        assert answer.exit_code == 2
        assert "DINGBAN_REHEARSAL=1" in answer.stderr


class TestGlobalOptions:
    @pytest.mark.parametrize(
        ("given", "hoisted"),
        [
            (["remind", "--now", "2024-07-03"], ["--now", "2024-07-03", "remind"]),
            (["remind", "--now=2024-07-03", "--json"], ["--now=2024-07-03", "remind", "--json"]),
            (["task", "show", "1", "--debug"], ["--debug", "task", "show", "1"]),
            (["deadline", "--", "--now", "x"], ["deadline", "--", "--now", "x"]),
            (["remind", "--config"], ["--config", "remind"]),
        ],
    )
    def test_they_may_be_written_anywhere(self, given: list[str], hoisted: list[str]) -> None:
        assert hoist_global_options(given) == hoisted


class TestExitCodes:
    def test_every_exception_of_the_table_exists(self) -> None:
        for name in EXIT_CODES:
            module, _, kind = name.rpartition(".")
            assert issubclass(getattr(import_module(module), kind), BaseException), name

    def test_the_nearest_class_decides(self) -> None:
        assert exit_code_of(TaskNotFound(7)) == 1
        assert exit_code_of(SourceDamaged("坏了")) == 3
        assert exit_code_of(ConnectionRefusedError()) == 4

    def test_what_nobody_foresaw_is_a_failure(self) -> None:
        assert exit_code_of(ZeroDivisionError()) == 4


class TestDeadlineCommand:
    def test_prints_the_contract(self) -> None:
        answer = runner.invoke(
            app, ["deadline", "检查结束之日起20个工作日内反馈", "--ref", "2024-01-15", "--json"]
        )

        assert answer.exit_code == 0
        assert json.loads(answer.stdout) == [
            {
                "span": "检查结束之日起20个工作日内",
                "kind": "relative",
                "start": None,
                "due": None,
                "recurrence": None,
                "offset": {"count": 20, "unit": "workday", "event": "检查结束"},
                "provisional": False,
            }
        ]

    def test_shows_people_a_table(self) -> None:
        answer = runner.invoke(app, ["deadline", "5月底前出台方案", "--ref", "2024-01-15"])

        assert "2024-05-31" in answer.stdout

    def test_says_when_there_is_none(self) -> None:
        assert runner.invoke(app, ["deadline", "装备配备", "--ref", "2024-01-15"]).stdout == "没有期限。\n"
        assert (
            json.loads(runner.invoke(app, ["deadline", "装备", "--ref", "2024-01-15", "--json"]).stdout) == []
        )

    def test_reads_a_batch_line_by_line(self, tmp_path: Path) -> None:
        batch = tmp_path / "phrases.jsonl"
        batch.write_text(
            '{"text": "5月底前", "ref": "2024-01-15"}\n{"text": "没有", "ref": "2024-01-15"}\n'
            '{"text": "9月30日前", "ref": "2023-01-15"}\n',
            encoding="utf-8",
        )

        answer = runner.invoke(app, ["deadline", "--batch", str(batch), "--json"])

        lists = [json.loads(line) for line in answer.stdout.splitlines()]
        assert [[each["due"] for each in found] for found in lists] == [["2024-05-31"], [], ["2023-09-30"]]

    @pytest.mark.parametrize("line", ["{", '{"ref": "2024-01-15"}', '{"text": "x", "ref": "soon"}', "[]"])
    def test_a_broken_line_is_named_and_nothing_is_printed(self, tmp_path: Path, line: str) -> None:
        batch = tmp_path / "phrases.jsonl"
        batch.write_text('{"text": "5月底前", "ref": "2024-01-15"}\n' + line + "\n", encoding="utf-8")

        answer = runner.invoke(app, ["deadline", "--batch", str(batch), "--json"])

        assert answer.exit_code == 3
        assert "第2行" in answer.stderr
        assert json.loads(answer.stdout)["error"]["exit_code"] == 3

    def test_a_batch_that_is_not_there_cannot_be_read(self, tmp_path: Path) -> None:
        assert runner.invoke(app, ["deadline", "--batch", str(tmp_path / "no.jsonl")]).exit_code == 3


class TestWords:
    def test_a_sentence_that_is_not_known_is_given_as_it_stands(self) -> None:
        assert translate("Something new.") == "Something new"

    def test_chinese_takes_two_columns(self) -> None:
        assert width_of("任务a") == 5

    def test_lines_do_not_begin_with_punctuation(self) -> None:
        assert wrap("一二三，四五六", 6) == ["一二三，", "四五六"]


class TestCompletion:
    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_prints_a_script(self, shell: str) -> None:
        answer = runner.invoke(app, ["completion", shell])

        assert answer.exit_code == 0
        assert "_DINGBAN_COMPLETE" in answer.stdout

    def test_completes_commands_and_triggers(self) -> None:
        env = {
            "_DINGBAN_COMPLETE": "complete_bash",
            "COMP_WORDS": "dingban task a",
            "COMP_CWORD": "2",
        }

        answer = runner.invoke(app, [], env=env)

        assert {"accept", "approve", "archive"} <= set(answer.stdout.split())
