"""导入向导, the step of names: words for several units, names that nearly agree, and what the form refuses."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from tests.console import ORIGIN, Client, Console
from tests.factories import COORDINATOR, create_campaign
from tracker.models import ImportSession, Unit
from web.import_wizard.collectives import MOST_BOXES

TABLE = (
    "2024年测试大比武责任分解表\n\n"
    "序号\t任务内容\t牵头部门\t责任部门\t成果\t时间节点\t盯办人\t责任人\t分管领导\n"
    "1\t建成示范站所并通过验收\t监控中心\t各科室\t1、方案\t5月底前\t测试甲\t郭靖\t张三丰\n"
    "2\t更新全部执法装备并建立台账\t各大队\t在线监控中心\t1、清单\t9月30日前\t测试甲\t郭靖\t张三丰\n"
)


@pytest.fixture
def client(console: Console) -> Client:
    create_campaign(console.session, "别的专项")
    return console.as_(COORDINATOR)


@pytest.fixture
def base(client: Client) -> str:
    data = {"csrf": client.csrf or ""}
    answer = client.post(
        "/imports", data=data, files={"file": ("表.txt", TABLE.encode())}, headers={"Origin": ORIGIN}
    )
    return str(answer.headers["location"]).removesuffix("/columns")


def decide(client: Client, base: str, name: str, choice: str, **fields: Any) -> Any:
    return client.submit(f"{base}/names", {"kind": "unit", "name": name, "choice": choice, **fields})


def decided(console: Console, name: str) -> dict[str, Any]:
    (run,) = console.look(select(ImportSession))
    return next(each for each in run.names if each["name"] == name)


class TestWordsForSeveralUnits:
    def test_are_offered_with_the_units_that_they_may_stand_for(self, client: Client, base: str) -> None:
        page = client.get(f"{base}/names").text

        assert "单位的统称" in page
        assert 'value="as-监控中心"' in page
        assert "第 2 项由哪个单位负责" in page
        assert "第 1 项由哪个单位负责" not in page

    def test_what_is_ticked_is_kept_and_shown(self, console: Console, client: Client, base: str) -> None:
        assert (
            decide(client, base, "各大队", "collective", member="as-监控中心", lead="as-监控中心").status_code
            == 303
        )

        assert decided(console, "各大队")["lead"] == {"id": None, "name": "监控中心"}
        assert "代表：监控中心" in client.get(f"{base}/names").text
        assert "没有一个负责的单位" not in client.get(f"{base}/rows").text

    def test_a_unit_that_is_not_offered_is_refused(self, client: Client, base: str) -> None:
        answer = decide(client, base, "各大队", "collective", member="id-999999")

        assert answer.status_code == 422
        assert "请刷新页面后重选" in answer.text

    def test_of_many_units_the_names_are_typed(self, console: Console, client: Client, base: str) -> None:
        console.session.add_all(Unit(name=f"第{number}组") for number in range(MOST_BOXES // 2))
        console.session.commit()
        page = client.get(f"{base}/names").text
        assert 'type="checkbox" name="member"' not in page

        answer = decide(client, base, "各科室", "collective", members="第3组、监控中心")

        assert answer.status_code == 303
        assert [each["name"] for each in decided(console, "各科室")["members"]] == ["第3组", "监控中心"]
        assert decide(client, base, "各科室", "collective", members="没有这个组").status_code == 404

    def test_a_name_that_was_not_recognised_may_be_called_one(self, client: Client, base: str) -> None:
        decide(client, base, "在线监控中心", "collective")

        page = client.get(f"{base}/names").text
        assert 'id="unit-在线监控中心"' in page
        assert "撤回这个决定" in page


class TestNamesThatNearlyAgree:
    def test_are_asked_about_and_answered_by_one_click(
        self, console: Console, client: Client, base: str
    ) -> None:
        assert "是否就是“监控中心”？" in client.get(f"{base}/names").text

        decide(client, base, "在线监控中心", "as-监控中心")

        assert "就是监控中心" in client.get(f"{base}/names").text
        assert decided(console, "在线监控中心")["other"] == "监控中心"
        page = client.get(f"{base}/differences").text
        assert "在线监控中心" not in page.partition("新建单位")[2].partition("手工改动")[0]

    def test_said_to_be_apart_they_are_not_asked_about_again(self, client: Client, base: str) -> None:
        decide(client, base, "在线监控中心", "new")

        assert "监控中心”？" not in client.get(f"{base}/names").text
        assert "“在线监控中心”是否就是" not in client.get(f"{base}/differences").text

    def test_are_asked_about_once_and_named_before_writing_where_nobody_answered(
        self, client: Client, base: str
    ) -> None:
        assert client.get(f"{base}/names").text.count("监控中心”？") == 1

        page = client.get(f"{base}/differences").text
        assert "没有认定、将分别新建的：" in page
        assert "“在线监控中心”是否就是“监控中心”" in page
