"""From a Word table to the archive: what an office does in a year, by command, on either engine."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from typer.testing import CliRunner

from runtime.cli.root import app

HEADINGS = ["序号", "攻坚任务", "牵头部门", "工作标准/成果", "完成时限", "盯办人", "责任人", "分管领导"]
ROWS = [
    [
        "1",
        "开展岗位培训",
        "综合科",
        "1、培训通知；2、签到表。",
        "1.5月底前，印发通知；2.10月15日前，完成档案归档并上报。",
        "郭靖",
        "张三丰",
        "黄药师",
    ],
    [
        "2",
        "整改检查问题",
        "法规科",
        "1、整改报告。",
        "检查结束之日起20个工作日内，报送整改报告。",
        "黄蓉",
        "张三丰",
        "黄药师",
    ],
    ["3", "每月报送信息", "综合科", "1、信息稿。", "每月25日前，报送信息。", "郭靖", "张三丰", "黄药师"],
]


@pytest.fixture
def dingban(empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Call the command on a day, as an office would; it must succeed, and what it printed is returned."""
    for name in [name for name in os.environ if name.startswith("DINGBAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DINGBAN_DATABASE_URL", empty_database_url)

    def run(day: str, *arguments: object) -> str:
        ended = CliRunner().invoke(app, [*map(str, arguments), "--now", f"2024-{day}"])
        assert ended.exit_code == 0, f"{day} {arguments}: {ended.stderr}"
        return str(ended.stdout)

    return run


def write_table(path: Path) -> Path:
    document = Document()
    document.add_paragraph("云岭市2024年重点工作责任分解表")
    table = document.add_table(rows=1, cols=len(HEADINGS))
    for cells, texts in [(table.rows[0].cells, HEADINGS), *((table.add_row().cells, row) for row in ROWS)]:
        for cell, text in zip(cells, texts, strict=True):
            cell.text = text
    document.save(str(path))
    return path


@pytest.mark.postgresql
def test_a_table_becomes_tasks_reminders_a_report_and_an_archive(
    dingban: Callable[..., str], tmp_path: Path
) -> None:
    def shown(day: str, task: int) -> dict[str, Any]:
        page: dict[str, Any] = json.loads(dingban(day, "task", "show", task, "--json"))
        return page

    # the coordinator sets up the office, imports the table and issues it
    dingban("01-08", "init", "--administrator", "穆念慈", "--email", "mu@example.org")
    created = json.loads(dingban("01-10", "import", write_table(tmp_path / "分解表.docx"), "--json"))[
        "created"
    ]
    for name in ("张三丰", "郭靖", "黄蓉", "黄药师"):
        dingban("01-10", "person", "change", name, "--email", f"{name.encode().hex()}@example.org")
    for finding in json.loads(dingban("01-10", "finding", "list", "--json"))["findings"]:
        dingban("01-11", "finding", "settle", finding["id"], "--note", "已核对")
    dingban("01-15", "task", "issue", *created, "--as", "穆念慈")
    dingban("01-16", "task", "accept", *created, "--as", "张三丰")
    first, second, third = created

    # a recurring duty rolls out, a relative one waits for its event
    occurrences = [each for each in shown("01-16", third)["milestones"] if each["kind"] == "step"]
    assert len(occurrences) == 12
    dingban("03-01", "event", "record", "检查结束", "--campaign", 1, "--on", "2024-03-01")
    due = [each["due_on"] for each in shown("03-01", second)["milestones"] if each["kind"] == "step"]
    assert due == ["2024-03-29"]

    # three days before the due day a reminder goes out, once
    assert json.loads(dingban("05-28", "remind", "--json"))["letters"] > 0
    assert json.loads(dingban("05-28", "remind", "--json"))["letters"] == 0
    assert list((tmp_path / "var" / "outbox").rglob("*.eml"))

    # the first task is reported in time, its evidence reviewed, and it is closed and archived
    step = shown("05-30", first)["milestones"][0]["id"]
    dingban("05-30", "milestone", "report", step, "--note", "已印发", "--as", "张三丰")
    dingban("05-31", "milestone", "confirm", step, "--as", "郭靖")
    paper = tmp_path / "培训通知.txt"
    paper.write_text("关于开展岗位培训的通知", encoding="utf-8")
    dingban("06-03", "evidence", "add", first, "1,2", paper, "--as", "张三丰")
    dingban("06-03", "task", "submit", first, "--as", "张三丰")
    for deliverable in shown("06-04", first)["deliverables"]:
        dingban("06-04", "evidence", "accept", deliverable["evidence"][0]["id"], "--as", "郭靖")
    dingban("06-04", "task", "approve", first, "--as", "郭靖")
    dingban("06-05", "task", "close", first, "--as", "黄药师")
    package = tmp_path / "任务.zip"
    dingban("06-06", "archive", first, "--out", package)
    dingban("06-06", "task", "archive", first, "--package", package, "--as", "穆念慈")

    page = shown("06-07", first)
    assert page["state"] == "archived"
    assert {each["light"] for each in page["milestones"]} == {"blue"}
    assert shown("06-07", second)["light"] == "red"

    # on Monday the leader gets the report; nothing was altered
    assert "逾期" in dingban("06-11", "report", "weekly", "--out", tmp_path / "通报")
    dingban("06-11", "audit", "verify")
    dingban("06-11", "evidence", "verify")
