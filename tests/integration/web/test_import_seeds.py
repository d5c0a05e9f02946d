"""The real documents through the wizard as a coordinator takes them, form by form, until their tasks are issued."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from tests.console import Client, Console
from tests.factories import COORDINATOR, create_campaign
from tests.integration.web.test_import_wizard import TABLE, upload
from tracker.importers.columns import Field
from tracker.models import ImportSession, Task
from workflows.task import TaskState

PEOPLE = {
    (Field.EXPEDITER, "盯办人"): "测试甲",
    (Field.OWNER, "责任人"): "测试乙",
    (Field.LEADER, "分管领导"): "测试丙",
}
# file: tasks, all of which can be issued once the coordinator has filled in who and what
EXPECTED = {
    "benxi-2025-double-random-plan.txt": 9,
    "lvliang-2021-enforcement-inspection-plan.txt": 3,
    "panjin-2019-three-systems-plan.txt": 1,
    "panjin-2024-drill-responsibility-table.docx": 51,
    "panjin-2024-drill-responsibility-table.xlsx": 51,
    "panjin-2024-drill-responsibility-tables.txt": 76,
    "panjin-2025-enforcement-inspection-plan.txt": 15,
}


class Walk:
    """One import, step by step, by what its pages offer."""

    def __init__(self, console: Console, client: Client, content: bytes, name: str) -> None:
        self.console, self.client = console, client
        answer = upload(client, content, name)
        assert answer.status_code == 303, answer.text
        self.base = str(answer.headers["location"]).removesuffix("/columns")

    def page(self, step: str) -> str:
        answer = self.client.get(f"{self.base}/{step}")
        assert answer.status_code == 200
        return str(answer.text)

    def submit(self, act: str, **fields: Any) -> None:
        answer = self.client.submit(f"{self.base}/{act}", fields)
        assert answer.status_code == 303, answer.text

    def say_where(self, year: int) -> None:
        name = re.search(r'name="campaign_name"[^>]*value="([^"]*)"', self.page("columns"))
        self.submit(
            "place", campaign="", campaign_name=(name[1] if name else "") or "督办工作", year=str(year)
        )

    def add_missing_columns(self) -> None:
        """补一列, for each table and each of the roles and lists that it does not print."""
        for field in (Field.EXPEDITER, Field.OWNER, Field.LEADER, Field.DELIVERABLES):
            page = self.page("columns")
            for form in re.findall(
                r'<form class="card-body" method="post" action="[^"]*/columns".*?</form>', page, re.S
            ):
                if f'<option value="{field}">' not in form.partition('name="add"')[2]:
                    continue
                chosen = {
                    name: (re.search(r'value="([^"]*)" selected', body) or ["", ""])[1]
                    for name, body in re.findall(r'name="(column-\d+)">(.*?)</select>', form, re.S)
                }
                number = re.search(r'name="table" value="(-?\d+)"', form)
                assert number
                self.submit("columns", table=number[1], add=str(field), **chosen)

    def fill(self, field: Field, heading: str, text: str) -> None:
        """整列填写空格, in every table that has such a column; tasks read from prose have our own headings."""
        columns = self.page("columns")
        for form in re.findall(r'action="[^"]*/fill".*?</form>', self.page("rows"), re.S):
            number = re.search(r'name="table" value="(-?\d+)"', form)
            assert number
            taken = rf'id="t{number[1]}-column-(\d+)"(?:(?!</select>).)*value="{field}" selected'
            column = re.search(taken, columns, re.S) or re.search(rf'value="(\d+)">{heading}<', form)
            if column:
                self.submit("fill", table=number[1], column=column[1], text=text)

    def put_right(self, code: str, text: str) -> None:
        """改, in every cell with a finding of a kind."""
        cells = r'class="import-cell.*?hx-get="([^"?]+/cells/(r\w+)/(\d+))'
        for body in re.findall(r'<div class="import-cell.*?</dd>', self.page(f"rows?code={code}"), re.S):
            found = re.search(cells, body, re.S)
            if found and "请填写姓名" in body:
                form = self.client.get(found[1]).text
                seen = re.search('name="seen" value="([^"]+)"', form)
                assert seen
                self.submit("cells", row=found[2], column=found[3], seen=seen[1], text=text)

    def confirm_names(self) -> None:
        """Two spellings are said to be one person."""
        while asked := re.search(
            r'<li class="name-row" id="person-([^"]+)"(?:(?!</li>).)*请选择是谁(?:(?!</li>).)*value="(as-[^"]+)"',
            self.page("names"),
            re.S,
        ):
            self.submit("names", kind="person", name=asked[1], choice=asked[2])

    def settle(self) -> None:
        """全部标为已核对, for every kind of finding that is left."""
        kinds = re.findall(
            r'<option value="([a-z-]+)">', self.page("rows?severity=error").partition('id="kind"')[2]
        )
        for code in kinds:
            self.submit(f"notes?code={code}", note="已核对，下达前请示确定")

    def write(self) -> None:
        version = self.console.session.exec(select(ImportSession.version)).one()
        self.console.session.rollback()
        self.submit("commit", version=str(version + 1))

    def issue(self) -> None:
        tasks = re.findall(r'name="task" value="(\d+)"', self.page("issuing"))
        self.submit("issue", task=tasks, confirmed="1")

    def states(self) -> list[TaskState]:
        found = [TaskState(state) for state in self.console.session.exec(select(Task.state)).all()]
        self.console.session.rollback()
        return found


@pytest.fixture
def client(console: Console) -> Client:
    create_campaign(console.session, "别的专项", year=2018)
    return console.as_(COORDINATOR)


def take_through(walk: Walk, year: int) -> None:
    walk.say_where(year)
    walk.add_missing_columns()
    for (field, heading), name in PEOPLE.items():
        walk.fill(field, heading, name)
    walk.fill(Field.DELIVERABLES, "成果", "1、办理情况报告")
    walk.put_right("role-is-unit", "测试乙")
    walk.confirm_names()
    walk.settle()
    walk.write()
    walk.issue()


@pytest.mark.seeds
class TestEachDocument:
    @pytest.mark.parametrize("name", sorted(EXPECTED))
    def test_becomes_issued_tasks(self, name: str, seeds: Path, console: Console, client: Client) -> None:
        walk = Walk(console, client, (seeds / name).read_bytes(), name)
        year = re.search(r"20\d\d", name)
        assert year
        take_through(walk, int(year[0]))
        states = walk.states()
        assert len(states) == EXPECTED[name]
        lacking = walk.page("issuing").partition('id="lacking"')[2]
        assert [state for state in states if state is not TaskState.ISSUED] == [], re.findall(
            "<li>([^<]+)", lacking
        )
        assert "这次导入已经办完" in walk.page("issuing")
        assert "放弃导入" not in walk.page("issuing")

    def test_every_document_is_known_here(self, seeds: Path) -> None:
        assert {file.name for file in seeds.iterdir()} == set(EXPECTED)


class TestLargeTable:
    def test_three_hundred_rows_are_taken_through_in_one_go(self, console: Console, client: Client) -> None:
        head, headings, first = TABLE.splitlines()[0], TABLE.splitlines()[2], TABLE.splitlines()[3]
        rows = [first.replace("1\t建成示范站所", f"{n}\t建成第{n}号示范站所", 1) for n in range(1, 301)]
        walk = Walk(console, client, "\n".join([head, "", headings, *rows]).encode(), "表.txt")
        page = walk.page("rows")
        assert len(page.encode()) < 300_000
        assert page.count("<article") < 300
        assert len(re.findall(r'class="mark-', page)) == 300
        walk.write()
        assert len(walk.page("issuing").encode()) < 300_000
        walk.issue()
        assert walk.states() == [TaskState.ISSUED] * 300
        assert len(walk.page("issuing").encode()) < 300_000
        assert len(walk.page("differences").encode()) < 300_000
