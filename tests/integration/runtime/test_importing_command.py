"""`dingban import` and what follows it: findings, reports, rehearsals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.integration.runtime.conftest import COORDINATOR, Installation
from tracker.database import create_engine_for, read_session
from tracker.models import Task
from tracker.queries.tasks import list_tasks

TABLES = Path(__file__).parents[3] / "runtime" / "demo" / "tables"
TABLE = (
    "云岭市2024年测试任务责任分解表\n\n"
    "序号\t攻坚任务\t牵头部门\t工作标准/成果\t完成时限\t盯办人\t责任人\t分管领导\n"
    "1\t开展岗位培训\t综合科\t1、培训通知；2、签到表。\t5月底前\t郭靖\t张三丰\t黄药师\n"
    "2\t完善管理制度\t综合科\t1、制度文本。\t9月30日前\t郭靖\t张三丰\t黄药师\n"
)


def write_table(installation: Installation, text: str = TABLE) -> Path:
    path = installation.folder / "分解表.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def tasks_of(installation: Installation) -> list[Task]:
    engine = create_engine_for(installation.url)
    with read_session(engine) as session:
        found = list(list_tasks(session))
    engine.dispose()
    return found


class TestImport:
    def test_a_dry_run_shows_what_was_read_and_writes_nothing(self, installation: Installation) -> None:
        page = installation.done("import", write_table(installation), "--dry-run")

        for said in ("2行", "3项成果", "认出的列", "字数", "新的人员：", "发现的问题"):
            assert said in page
        assert tasks_of(installation) == []

    def test_a_dry_run_without_a_table_is_refused_as_the_import_would_be(
        self, installation: Installation
    ) -> None:
        table = write_table(installation, "1\t做某事\t办公室\n2\t做另一事\t人事科\n")

        for arguments in ((), ("--dry-run",), ("--dry-run", "--json")):
            answer = installation.run("import", table, *arguments)
            assert (answer.exit_code, answer.stderr.count("没有找到责任分解表")) == (1, 1)
        assert json.loads(answer.stdout)["diagnostics"][0]["code"] == "no-table"
        assert tasks_of(installation) == []

    def test_a_dry_run_needs_no_database(self, tmp_path: Path) -> None:
        fresh = Installation(tmp_path)

        assert "2行" in fresh.done("import", write_table(fresh), "--dry-run")
        assert json.loads(fresh.done("import", write_table(fresh), "--dry-run", "--json"))["tables"]

    def test_it_is_written_in_draft_and_nobody_is_told(self, installation: Installation) -> None:
        said = json.loads(installation.done("import", write_table(installation), "--json"))

        assert len(said["created"]) == 2
        assert {task.state for task in tasks_of(installation)} == {"draft"}
        assert json.loads(installation.done("remind", "--json"))["letters"] == 0

    def test_the_same_file_again_changes_nothing(self, installation: Installation) -> None:
        table = write_table(installation)
        installation.done("import", table)

        again = json.loads(installation.done("import", table, "--json"))

        assert (again["created"], again["changed"], len(again["unchanged"])) == ([], [], 2)

    def test_a_corrected_file_is_shown_and_waits_for_a_yes(self, installation: Installation) -> None:
        installation.done("import", write_table(installation))
        corrected = write_table(installation, TABLE.replace("5月底前", "6月底前"))

        shown = json.loads(installation.done("import", corrected, "--diff", "--json"))
        asked = installation.run("import", corrected)
        applied = json.loads(installation.done("import", corrected, "--yes", "--json"))

        assert [each["field"] for each in shown["differences"]] == ["milestones"]
        assert asked.exit_code == 1
        assert "--yes" in asked.stderr
        assert len(applied["changed"]) == 1

    def test_it_is_named_by_its_title_or_as_it_is_told(self, installation: Installation) -> None:
        installation.done("import", write_table(installation))
        installation.done("import", write_table(installation), "--campaign", "另一项工作")
        installation.done("import", write_table(installation), "--campaign", 2)

        names = [
            each["name"] for each in json.loads(installation.done("campaign", "list", "--json"))["campaigns"]
        ]
        assert names == ["云岭市2024年测试任务", "另一项工作"]

    def test_a_file_without_a_table_is_refused_and_nothing_is_written(
        self, installation: Installation
    ) -> None:
        letter = installation.folder / "通知.txt"
        letter.write_text("关于召开会议的通知\n请各科室按时参加。\n", encoding="utf-8")

        answer = installation.run("import", letter)

        assert answer.exit_code == 1
        assert "没有找到责任分解表" in answer.stderr

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("空.docx", b""),
            ("坏.docx", b"PK\x03\x04 broken"),
            ("旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
            ("扫描.pdf", b"%PDF-1.4"),
            ("图.png", b"\x89PNG\r\n\x1a\n" + bytes(50)),
        ],
    )
    def test_a_file_that_cannot_be_read_ends_with_three_and_one_sentence(
        self, installation: Installation, name: str, content: bytes
    ) -> None:
        answer = installation.run("import", installation.write_file(name, content))

        assert answer.exit_code == 3
        assert len(answer.stderr.strip().splitlines()) == 1
        assert tasks_of(installation) == []

    def test_a_missing_year_is_asked_for_with_the_option_that_names_it(
        self, installation: Installation
    ) -> None:
        table = (
            "责任分解表\n\n序号\t任务内容\t牵头部门\t成果\t时间节点\t盯办人\t责任人\t分管领导\n"
            "1\t建成示范站所并通过验收\t综合科\t1、方案\t5月底前\t测试甲\t郭靖\t张三丰\n"
        )
        said = installation.done("import", installation.write_file("表.txt", table.encode()), "--dry-run")
        assert "不知是哪一年，请指明年份。（用“--year”指明）" in said

    def test_findings_are_settled_before_the_task_is_issued(self, installation: Installation) -> None:
        said = json.loads(installation.done("import", TABLES / "base.tsv", "--year", 2024, "--json"))
        task_id = next(each["task_id"] for each in said["findings"] if each["severity"] == "error")
        assert "导入问题未处理" in installation.run("task", "issue", task_id, "--as", COORDINATOR).stderr

        installation.done("person", "appoint", task_id, "黄蓉", "--role", "owner")
        installation.done("finding", "settle", "--task", task_id, "--note", "已补填责任人")

        found = json.loads(installation.done("finding", "list", "--task", task_id, "--json"))["findings"]
        assert found == []
        assert "已处理" in installation.done("finding", "list", "--task", task_id, "--all")

    def test_two_spellings_become_one_person(self, installation: Installation) -> None:
        installation.done("import", TABLES / "base.tsv", "--year", 2024)

        installation.done("person", "merge", "黃蓉", "--into", "黄蓉")

        assert "黃蓉" not in installation.done("person", "list")

    def test_settling_nothing_is_refused(self, installation: Installation) -> None:
        assert installation.run("finding", "settle", "--note", "无").exit_code == 1


class TestReport:
    def test_writes_three_files(self, office: Installation) -> None:
        said = json.loads(office.done("report", "weekly", "--out", office.folder / "通报", "--json"))

        assert said["week"] == "2024-W26"
        assert sorted(Path(file).suffix for file in said["files"]) == [".docx", ".html", ".xlsx"]
        assert all(Path(file).stat().st_size > 0 for file in said["files"])

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (["--week", "2024-W27", "--scope", "leader:黄药师"], 0),
            (["--week", "2024-W20", "--scope", "unit:综合科"], 0),
            (["--week", "2024-W28"], 1),
            (["--week", "第20周"], 2),
            (["--scope", "team:1"], 2),
            (["--scope", "leader:王重阳"], 1),
            (["--as-sent"], 1),
        ],
    )
    def test_week_and_scope(self, office: Installation, arguments: list[str], code: int) -> None:
        assert office.run("report", "weekly", "--out", office.folder / "通报", *arguments).exit_code == code


class TestRehearse:
    def test_writes_table_data_and_map_and_sends_nothing(self, office: Installation) -> None:
        office.done("task", "issue", 1, "--as", COORDINATOR)
        out = office.folder / "演练"

        page = office.done("rehearse", "--from", "2024-07-04", "--to", "2024-07-31", "--out", out)

        assert "什么也没有发出" in page
        files = {path.suffix: path for path in out.iterdir()}
        notices = json.loads(files[".json"].read_text(encoding="utf-8"))["notices"]
        sheet = load_workbook(files[".xlsx"]).active
        assert sheet is not None
        assert sheet.max_row == len(notices) + 1 > 1
        assert "<svg" in files[".html"].read_text(encoding="utf-8")
        assert not (office.folder / "outbox").exists()
        assert json.loads(office.done("remind", "--json"))["letters"] > 0

    def test_days_in_the_wrong_order_are_wrong_usage(self, office: Installation) -> None:
        answer = office.run("rehearse", "--from", "2024-08-01", "--to", "2024-07-01", "--out", office.folder)

        assert answer.exit_code == 2
