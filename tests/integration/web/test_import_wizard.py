"""导入向导 by HTTP: what is refused and how it is said, what is kept, who may, and the real documents."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from sqlmodel import select

from tests.console import ORIGIN, Client, Console
from tests.factories import COORDINATOR, NOON, create_campaign, create_person
from tracker.models import ImportFinding, ImportSession, Person, Task
from web.desk import MESSAGE_COOKIE
from web.house import Demo
from workflows.task import TaskState

TABLE = (
    "2024年测试大比武责任分解表\n\n"
    "序号\t任务内容\t牵头部门\t责任部门\t成果\t时间节点\t盯办人\t责任人\t分管领导\n"
    "1\t建成示范站所并通过验收\t综合科\t—\t1、方案；2、总结\t5月底前\t测试甲\t郭靖\t张三丰\n"
    "2\t更新全部执法装备并建立台账\t装备科\t—\t1、清单\t9月30日前\t测试甲\t各科室负责人\t张三丰\n"
)


@pytest.fixture
def client(console: Console) -> Client:
    """The coordinator of some campaign."""
    create_campaign(console.session, "别的专项")
    return console.as_(COORDINATOR)


def upload(client: Client, content: bytes | str = TABLE, name: str = "表.txt", **fields: str) -> Any:
    data = content.encode() if isinstance(content, str) else content
    fields.setdefault("csrf", client.csrf or "")
    return client.post("/imports", data=fields, files={"file": (name, data)}, headers={"Origin": ORIGIN})


def begun(client: Client, content: str = TABLE) -> str:
    """The address of an import that was begun."""
    answer = upload(client, content)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).removesuffix("/columns")


def message_of(client: Client) -> str:
    """What the last answer will say on the next page."""
    return unquote(client.cookies.get(MESSAGE_COOKIE) or "")


def parked(console: Console) -> list[str]:
    folder = console.house.parked_dir
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []


class TestUpload:
    def test_shows_what_was_recognised_and_where_every_character_went(self, client: Client) -> None:
        page = client.get(f"{begun(client)}/columns").text
        assert "2024年测试大比武责任分解表" in page
        assert "文字核对" in page
        assert re.search(r'<option value="owner" selected>责任人', page)

    def test_a_classified_file_is_refused_in_words_and_not_kept(
        self, console: Console, client: Client
    ) -> None:
        answer = upload(client, f"机密★5年\n\n{TABLE}")
        assert answer.status_code == 422
        assert "涉密文件不得导入本系统" in answer.text
        assert parked(console) == []

    @pytest.mark.parametrize(
        ("content", "name", "said"),
        [
            (b"%PDF-1.7 ...", "a.pdf", "PDF"),
            (b"", "empty.docx", "empty.docx"),
            (b"\x00\x01\x02\x03" * 500, "noise.docx", "noise.docx"),
            (b"PK\x03\x04broken", "broken.xlsx", "broken.xlsx"),
        ],
    )
    def test_an_unreadable_file_is_refused_in_one_sentence(
        self, console: Console, client: Client, content: bytes, name: str, said: str
    ) -> None:
        answer = upload(client, content, name)
        assert answer.status_code == 422
        assert said in answer.text
        assert "Traceback" not in answer.text
        assert parked(console) == []

    def test_a_name_with_a_folder_is_only_a_name(self, console: Console, client: Client) -> None:
        assert upload(client, name="..\\..\\etc\\表.txt").status_code == 303
        assert console.session.exec(select(ImportSession)).one().source_name == "表.txt"

    def test_a_forged_form_is_refused_and_nothing_kept(self, console: Console, client: Client) -> None:
        assert upload(client, csrf="guess").status_code == 403
        assert parked(console) == []

    def test_nothing_chosen_is_said(self, client: Client) -> None:
        answer = client.post(
            "/imports", data={"csrf": client.csrf or ""}, files={"other": b""}, headers={"Origin": ORIGIN}
        )
        assert answer.status_code == 422
        assert "请选择要上传的文件" in answer.text

    def test_whoever_may_not_import_sends_no_file(self, console: Console) -> None:
        assert upload(console.as_("测试甲")).status_code == 403
        assert upload(console.anonymous()).status_code in (303, 401)
        assert parked(console) == []


class TestYears:
    def test_where_the_file_names_none_the_field_is_asked_for_and_named(self, client: Client) -> None:
        base = begun(client, TABLE.replace("2024年", ""))
        field = re.search(
            r'<label class="field-label" for="field-year">.*?>\n<input[^>]*>', self.page(client, base)
        )
        assert field is not None
        assert "选填" not in field.group()
        assert " required" in field.group()
        rows = client.get(f"{base}/rows").text
        assert "不知是哪一年，请指明年份。" in rows
        assert f'href="{base}/columns#field-year">在“识别结果”的“年份”里填写</a>' in rows
        assert "命令行" not in rows
        assert "第一步“识别结果”的“年份”" in client.get(f"{base}/differences").text

        place = {"campaign": "", "campaign_name": "测试大比武", "year": "2024"}
        assert client.submit(f"{base}/place", place).status_code == 303
        assert "不知是哪一年" not in client.get(f"{base}/rows").text

    def test_where_the_file_names_one_it_may_stay_empty(self, client: Client) -> None:
        page = self.page(client, begun(client))
        assert re.search(r'for="field-year">年份 <span class="field-optional">', page)

    @staticmethod
    def page(client: Client, base: str) -> str:
        return client.get(f"{base}/columns").text


class TestOtherPeoplesImports:
    def test_are_not_there(self, console: Console, client: Client) -> None:
        base = begun(client)
        create_campaign(console.session, "戊的专项", coordinator=create_person(console.session, "测试戊"))
        other = console.as_("测试戊")
        for step in ("", "/columns", "/rows", "/names", "/differences", "/issuing"):
            assert other.get(base + step).status_code == 404
        for act in ("/commit", "/cells", "/discard", "/issue", "/notes", "/place", "/names"):
            assert other.submit(base + act, {"version": "1"}).status_code == 404
        assert "表.txt" not in other.get("/imports").text


class TestRows:
    def edit(self, client: Client, base: str, text: str, *, is_htmx: bool = False) -> Any:
        page = client.get(f"{base}/rows?severity=error").text
        found = re.search(r'hx-get="([^"]+/cells/[^"?]+/7)\?[^"]*"', page)
        assert found
        form = client.get(found[1]).text
        row, seen = (re.search(f'name="{name}" value="([^"]+)"', form) for name in ("row", "seen"))
        assert row
        assert seen
        return client.submit(
            f"{base}/cells?severity=error",
            {"row": row[1], "column": "7", "seen": seen[1], "text": text},
            is_htmx=is_htmx,
        )

    def test_findings_stand_in_the_cell_that_they_concern(self, client: Client) -> None:
        page = client.get(f"{begun(client)}/rows").text
        cell = page.split("<dt>责任人")[2].split("</dd>")[0]
        assert "是单位或职务而不是人" in cell

    def test_an_edit_in_place_answers_with_the_row_alone(self, client: Client) -> None:
        answer = self.edit(client, begun(client), "杨过", is_htmx=True)
        assert answer.status_code == 200
        assert "手工改为“杨过”" in answer.text
        assert "<html" not in answer.text
        assert answer.text.count("<article") == 1

    def test_a_filter_shows_what_it_says(self, client: Client) -> None:
        base = begun(client)
        assert "第 2 项" in client.get(f"{base}/rows?severity=error").text
        assert "第 1 项" not in client.get(f"{base}/rows?severity=error").text

    def test_an_edit_in_place_counts_the_errors_below_anew(self, client: Client) -> None:
        base = begun(client)
        assert "还有 1 处错误" in client.get(f"{base}/rows?severity=error").text
        answer = self.edit(client, base, "杨过", is_htmx=True).text
        note = re.search(r'<span[^>]*id="next-note" hx-swap-oob="true">([^<]*)</span>', answer)
        assert note
        assert note[1] == "没有错误了"
        assert "没有待处理的错误" in answer

    @pytest.mark.parametrize("asked", ["severity=warning", "severity=none", "code=role-is-unit", "table=0"])
    def test_the_count_says_of_what_it_is(self, client: Client, asked: str) -> None:
        page = client.get(f"{begun(client)}/rows?{asked}").text
        position = re.search(r'aria-label="逐处查看"><span[^>]*>([^<]*)<', page)
        assert position
        of = {
            "severity=warning": "提醒",
            "severity=none": "没有待处理的问题",
            "code=role-is-unit": "这种问题共1处",
            "table=0": "本表共",
        }
        assert of[asked] in position[1]

    def test_a_kind_of_findings_leaves_the_severity_chosen(self, client: Client) -> None:
        page = client.get(f"{begun(client)}/rows?severity=error&code=role-is-unit").text
        assert re.findall(r'aria-current="true">([^<]*)</a>', page.split("按严重程度")[1]) == ["错误"]

    def test_all_findings_of_a_kind_are_settled_at_once(self, console: Console, client: Client) -> None:
        base = begun(client)
        client.submit(f"{base}/notes?code=role-is-unit", {"note": "由各科室自报"})
        client.submit(f"{base}/commit", {"version": str(self.version(console) + 1)})
        found = console.session.exec(select(ImportFinding).where(ImportFinding.code == "role-is-unit")).one()
        assert found.settlement == "由各科室自报"

    def version(self, console: Console) -> int:
        version = console.session.exec(select(ImportSession.version)).one()
        console.session.rollback()
        return version

    def test_from_upload_to_issued_tasks(self, console: Console, client: Client) -> None:
        base = begun(client)
        self.edit(client, base, "杨过")
        assert client.submit(f"{base}/commit", {"version": str(self.version(console) + 1)}).status_code == 303
        page = client.get(f"{base}/issuing").text
        tasks = re.findall(r'name="task" value="(\d+)"', page)
        assert "责任人、盯办人都没有邮箱" in page
        answer = client.submit(f"{base}/issue", {"task": tasks})
        assert answer.status_code == 303
        assert message_of(client) == (
            "已下达2项任务。责任人、盯办人都没有邮箱，收不到邮件，请到“管理—人员”中补填。"
        )
        states = console.session.exec(select(Task.state)).all()
        assert list(states) == [TaskState.ISSUED, TaskState.ISSUED]

    def test_leads_to_what_may_have_been_done_before_the_program_came(
        self, console: Console, client: Client
    ) -> None:
        base = begun(client)
        client.submit(f"{base}/commit", {"version": str(self.version(console) + 1)})
        assert "补录" not in client.get(f"{base}/issuing").text
        console.at = NOON + timedelta(days=120)  # 5月底 is over
        page = client.get(f"{base}/issuing").text
        assert "1 个节点已过时限" in page
        assert re.search(rf'href="/campaigns/\d+/before\?back={base}/issuing"', page)

    def test_asks_for_a_tick_where_a_step_will_be_red_at_once(self, console: Console, client: Client) -> None:
        base = begun(client)
        self.edit(client, base, "杨过")
        client.submit(f"{base}/commit", {"version": str(self.version(console) + 1)})
        calm = client.get(f"{base}/issuing").text
        assert "责任人：郭靖　最近时限：2024-05-31" in calm
        assert 'name="confirmed"' not in calm

        console.at = NOON + timedelta(days=120)  # 5月底 is over
        page = client.get(f"{base}/issuing").text
        assert "可以下达的2项任务，其中1项有1个节点已过时限，下达后显示红灯" in page
        assert "1 个节点已过时限</span>" in page
        tasks = re.findall(r'name="task" value="(\d+)"', page)
        answer = client.submit(f"{base}/issue", {"task": tasks})
        assert answer.status_code == 422
        assert "已核对，按此下达" in answer.text
        assert set(console.session.exec(select(Task.state)).all()) == {TaskState.DRAFT}
        console.session.rollback()
        assert client.submit(f"{base}/issue", {"task": tasks, "confirmed": "1"}).status_code == 303
        assert set(console.session.exec(select(Task.state)).all()) == {TaskState.ISSUED}

    def test_asks_for_no_tick_where_only_what_is_still_ahead_is_issued(
        self, console: Console, client: Client
    ) -> None:
        base = begun(client)
        self.edit(client, base, "杨过")
        client.submit(f"{base}/commit", {"version": str(self.version(console) + 1)})
        console.at = NOON + timedelta(days=120)
        second = re.findall(r'name="task" value="(\d+)"', client.get(f"{base}/issuing").text)[1]
        assert client.submit(f"{base}/issue", {"task": [second]}).status_code == 303

    def test_says_who_gets_no_mail_and_when_it_goes_out(self, console: Console, client: Client) -> None:
        base = begun(client)
        self.edit(client, base, "杨过")
        client.submit(f"{base}/commit", {"version": str(self.version(console) + 1)})
        person = console.session.exec(select(Person).where(Person.name == "郭靖")).one()
        person.email = "guojing@example.com"
        console.session.commit()
        assert "会收到邮件；其中2人没有邮箱，收不到" in client.get(f"{base}/issuing").text

        console.at = NOON + timedelta(hours=7)  # Friday evening
        tasks = re.findall(r'name="task" value="(\d+)"', client.get(f"{base}/issuing").text)
        client.submit(f"{base}/issue", {"task": tasks})
        assert "（现在不是工作时间，3月4日8:30起发出）；其中2人没有邮箱" in message_of(client)

    def test_a_demo_says_that_no_mail_goes_out(self, console: Console, client: Client) -> None:
        console.house = replace(console.house, demo=Demo(list, "", lambda moment: None))
        base = begun(client)
        self.edit(client, base, "杨过")
        client.submit(f"{base}/commit", {"version": str(self.version(console) + 1)})
        person = console.session.exec(select(Person).where(Person.name == "郭靖")).one()
        person.email = "guojing@example.com"
        console.session.commit()
        page = client.get(f"{base}/issuing").text
        assert "会收到邮件；其中2人没有邮箱，收不到，请到“管理—人员”中补填。演示环境不会真的发出。" in page

    def test_says_who_cannot_sign_in_and_who_opens_accounts(self, console: Console, client: Client) -> None:
        create_person(console.session, "测试庚", is_administrator=True)
        console.session.commit()
        base = begun(client)
        self.edit(client, base, "杨过")
        client.submit(f"{base}/commit", {"version": str(self.version(console) + 1)})
        page = client.get(f"{base}/issuing").text
        assert "责任人、盯办人中3人没有账号，不能登录签收、办理，请管理员（测试庚）开通。" in page
        assert 'href="/admin/people?lacks=account"' in page
        assert 'href="/admin/accounts"' not in page

        console.as_("郭靖")  # has one now
        assert "中2人没有账号" in client.get(f"{base}/issuing").text
        person = console.session.exec(select(Person).where(Person.name == COORDINATOR)).one()
        person.is_administrator = True
        console.session.commit()
        page = client.get(f"{base}/issuing").text
        assert "中2人没有账号，不能登录签收、办理。" in page
        assert "去开通账号" in page

        for name in ("杨过", "测试甲"):
            console.as_(name)
        assert "没有账号" not in client.get(f"{base}/issuing").text

    def test_tasks_of_others_cannot_be_slipped_in(self, console: Console, client: Client) -> None:
        base = begun(client)
        client.submit(f"{base}/commit", {"version": str(self.version(console) + 1)})
        answer = client.submit(f"{base}/issue", {"task": ["999"]}, is_htmx=True)
        assert answer.status_code == 422
        assert "不属于这次导入" in answer.text


@pytest.mark.seeds
class TestRealDocuments:
    def test_each_is_read_through_the_wizard(self, seeds: Path, client: Client) -> None:
        for file in sorted(seeds.iterdir()):
            answer = upload(client, file.read_bytes(), file.name)
            assert answer.status_code == 303, file.name
            base = answer.headers["location"].removesuffix("/columns")
            for step in ("columns", "rows", "names", "differences"):
                page = client.get(f"{base}/{step}")
                assert page.status_code == 200, (file.name, step)
                assert len(page.content) < 300_000, (file.name, step)
