"""A file that comes again, or that nobody can read at first, as the console shows it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlmodel import select

from tests.console import Client, Console
from tests.factories import COORDINATOR, create_campaign
from tests.integration.web.test_import_wizard import TABLE, begun, message_of, upload
from tracker.models import ImportSession, Task

UNKNOWN = "2024年重点事项一览\n甲栏\t乙栏\t丙栏\t丁栏\n1\t建成示范站所\t郭靖\t5月底前\n2\t更新执法装备\t杨过\t9月30日前\n"
RENAMED = TABLE.replace("责任分解表", "任务分工（修订稿）")


@pytest.fixture
def client(console: Console) -> Client:
    create_campaign(console.session, "别的专项", year=2018)
    return console.as_(COORDINATOR)


def newest(console: Console) -> ImportSession:
    console.session.expire_all()
    run = console.session.exec(select(ImportSession).order_by("id")).all()[-1]
    console.session.expunge_all()
    console.session.rollback()  # gives the lock back: the console writes on the same database
    return run


def edit_owner(client: Client, base: str, text: str) -> None:
    page = client.get(f"{base}/rows").text
    found = re.findall(r'hx-get="([^"?]+/cells/(r\w+)/7)"', page)[1]
    seen = re.search('name="seen" value="([^"]+)"', client.get(found[0]).text)
    assert seen
    fields = {"row": found[1], "column": "7", "seen": seen[1], "text": text}
    assert client.submit(f"{base}/cells", fields).status_code == 303


def commit(console: Console, client: Client, base: str) -> Any:
    return client.submit(f"{base}/commit", {"version": str(newest(console).version + 1)})


@pytest.fixture
def written(console: Console, client: Client) -> str:
    """An import that was written, with one cell corrected."""
    base = begun(client)
    edit_owner(client, base, "黄蓉")
    assert commit(console, client, base).status_code == 303
    return base


@pytest.mark.usefixtures("written")
class TestCorrectedFile:
    def test_says_at_once_what_was_taken_up(self, client: Client) -> None:
        base = begun(client, TABLE.replace("5月底前", "6月底前"))
        assert "上次的改动：沿用1处" in client.get(f"{base}/columns").text
        assert "其中沿用上次 1 处" in client.get(f"{base}/differences").text

    def test_shows_both_sides_in_the_list_and_beside_the_cell(self, client: Client) -> None:
        page = client.get(f"{begun(client, TABLE.replace('各科室负责人', '周伯通'))}/rows").text
        card, rows = page.split('id="import-bar"')
        for part in (card, rows):
            assert re.search(r"上次改为</dt><dd[^>]*>黄蓉", part)
            assert re.search(r"新文件为</dt><dd[^>]*>周伯通", part)

    def test_a_year_taken_over_is_not_said_to_be_the_files(self, console: Console, client: Client) -> None:
        first = begun(client)
        place = {"campaign": str(newest(console).campaign_id), "campaign_name": "", "year": "2026"}
        assert client.submit(f"{first}/place", place).status_code == 303
        page = client.get(f"{begun(client)}/columns").text
        assert "文件标题写的是2024年，现按这里填的（或上次导入沿用的）2026年计算" in page
        assert "从文件认出" not in page

    def test_a_change_of_issued_tasks_is_not_called_a_draft(self, console: Console, client: Client) -> None:
        base = f"/imports/{newest(console).id}"
        tasks = re.findall(r'name="task" value="(\d+)"', client.get(f"{base}/issuing").text)
        assert client.submit(f"{base}/issue", {"task": tasks}).status_code == 303
        corrected = begun(client, TABLE.replace("5月底前", "6月底前"))
        assert "已下达的任务改动立即生效" in client.get(f"{corrected}/differences").text
        commit(console, client, corrected)
        said = message_of(client)
        assert said.startswith("已写入：任务更新1项")
        assert said.endswith("更新的任务中1项已下达，改动立即生效。")

    def test_each_side_is_one_click(self, console: Console, client: Client) -> None:
        base = begun(client, TABLE.replace("各科室负责人", "周伯通"))
        answer = client.submit(f"{base}/carried", {"item": "0", "choice": "mine"})
        assert answer.status_code == 303
        assert [each["text"] for each in newest(console).edits] == ["黄蓉"]
        client.submit(f"{base}/carried", {"item": "0", "choice": "file"})
        assert newest(console).edits == []

    def test_all_of_them_are_one_click(self, console: Console, client: Client) -> None:
        base = begun(client, TABLE.replace("各科室负责人", "周伯通"))
        client.submit(f"{base}/carried", {"all": "1", "choice": "mine"})
        assert [each["text"] for each in newest(console).edits] == ["黄蓉"]

    @pytest.mark.parametrize(
        "fields",
        [{"item": "7", "choice": "mine"}, {"item": "x", "choice": "file"}, {"item": "0", "choice": "kept"}],
    )
    def test_what_is_not_there_is_refused(self, client: Client, fields: dict[str, str]) -> None:
        base = begun(client, TABLE.replace("各科室负责人", "周伯通"))
        assert client.submit(f"{base}/carried", fields).status_code == 422

    def test_what_was_not_chosen_is_said_before_writing(self, client: Client) -> None:
        base = begun(client, TABLE.replace("各科室负责人", "周伯通"))
        assert "还有 1 处没有选择" in client.get(f"{base}/differences").text

    def test_under_another_title_makes_no_second_table(self, console: Console, client: Client) -> None:
        base = begun(client, RENAMED)
        assert "内容与已导入的这张表大体相同" in client.get(f"{base}/columns").text
        commit(console, client, base)
        assert len(console.session.exec(select(Task)).all()) == 2

    def test_is_a_new_table_where_the_coordinator_says_so(self, console: Console, client: Client) -> None:
        base = begun(client, RENAMED)
        client.submit(f"{base}/title", {"table": "0", "known": "", "title": "另一张表"})
        commit(console, client, base)
        assert len(console.session.exec(select(Task)).all()) == 4

    def test_is_the_correction_of_the_table_that_the_coordinator_names(
        self, console: Console, client: Client
    ) -> None:
        base = begun(client, RENAMED)
        client.submit(f"{base}/title", {"table": "0", "known": "", "title": "另一张表"})
        answer = client.submit(f"{base}/title", {"table": "0", "known": "0", "title": ""})
        assert answer.status_code == 303
        assert len(newest(console).edits) == 1
        assert client.submit(f"{base}/title", {"table": "0", "known": "9"}).status_code == 422


class TestPlace:
    def test_the_campaign_of_the_year_is_chosen_already(self, console: Console, client: Client) -> None:
        campaign = create_campaign(console.session, "测试大比武专项", year=2024)
        console.session.commit()
        page = client.get(f"{begun(client)}/columns").text
        assert f'<option value="{campaign.id}" selected>测试大比武专项' in page
        assert "与表名相近" in page

    def test_choosing_the_campaign_of_the_table_takes_up_what_was_decided_there(
        self, console: Console, client: Client, written: str
    ) -> None:
        home = newest(console).campaign_id
        base = begun(client, TABLE.replace("5月底前", "6月底前"))
        client.submit(f"{base}/place", {"campaign": "", "campaign_name": "又一项"})
        run = console.session.get_one(ImportSession, newest(console).id)
        run.edits, run.carried = [], []  # as if nobody had known then where it belongs
        console.session.commit()
        answer = client.submit(f"{base}/place", {"campaign": str(home), "campaign_name": ""})
        assert answer.status_code == 303
        assert [each["text"] for each in newest(console).edits] == ["黄蓉"]


class TestHeadings:
    def test_are_pointed_out_by_hand(self, console: Console, client: Client) -> None:
        base = str(upload(client, UNKNOWN).headers["location"]).removesuffix("/columns")
        page = client.get(f"{base}/columns").text
        assert "没有认出表头" in page
        place = re.findall(r'name="at" value="([^"]+)"', page)[0]
        client.submit(f"{base}/headings", {"table": "0", "at": place})
        fields = {"column-0": "seq", "column-1": "requirement", "column-2": "owner", "column-3": "milestones"}
        client.submit(f"{base}/columns", {"table": "0", "add": "", **fields})
        assert commit(console, client, base).status_code == 303
        assert len(console.session.exec(select(Task)).all()) == 2

    def test_may_be_none_at_all(self, client: Client) -> None:
        bare = UNKNOWN.replace("甲栏\t乙栏\t丙栏\t丁栏\n", "")
        base = str(upload(client, bare).headers["location"]).removesuffix("/columns")
        client.submit(f"{base}/headings", {"table": "0", "at": "-"})
        assert "第1列" in client.get(f"{base}/columns").text
        client.submit(f"{base}/headings", {"table": "0", "at": ""})
        assert "第1列" not in client.get(f"{base}/columns").text

    def test_a_row_of_another_table_is_refused(self, client: Client) -> None:
        base = str(upload(client, UNKNOWN).headers["location"]).removesuffix("/columns")
        assert client.submit(f"{base}/headings", {"table": "0", "at": "第9个表格第1行"}).status_code == 422
        assert client.submit(f"{base}/headings", {"table": "9", "at": "第1个表格第1行"}).status_code == 422


class TestFinished:
    def test_an_import_that_was_written_cannot_be_given_up(self, client: Client, written: str) -> None:
        for step in ("columns", "rows", "names", "differences", "issuing"):
            assert "放弃导入" not in client.get(f"{written}/{step}").text
        assert client.submit(f"{written}/discard").status_code == 409

    def test_an_import_that_is_done_says_what_it_did(self, client: Client, written: str) -> None:
        tasks = re.findall(r'name="task" value="(\d+)"', client.get(f"{written}/issuing").text)
        client.submit(f"{written}/issue", {"task": tasks})
        page = client.get(f"{written}/issuing").text
        assert "这次导入已经办完" in page
        assert COORDINATOR in page
        for task in tasks:
            assert f'href="/tasks/{task}"' in page
