"""The step of names in a browser: a word for several units is said to stand for some, a near name is answered by one click."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.driving import DESK, PHONE, Driver
from tests.e2e.browser.test_import_wizard import sound
from tests.factories import COORDINATOR, create_campaign

ROWS = (
    "2024年测试大比武责任分解表",
    "",
    "序号\t任务内容\t牵头部门\t责任部门\t成果\t时间节点\t盯办人\t责任人\t分管领导",
    "1\t建成示范站所并通过验收\t监控中心\t各科室\t1、方案\t5月底前\t测试甲\t郭靖\t张三丰",
    "2\t更新全部执法装备并建立台账\t各大队\t在线监控中心\t1、清单\t9月30日前\t测试甲\t郭靖\t张三丰",
)


@pytest.mark.parametrize(("size", "has_scripts"), [(DESK, True), (PHONE, True), (DESK, False)])
def test_units_are_named_for_a_word(
    driver: Driver, size: tuple[int, int], has_scripts: bool, tmp_path: Path
) -> None:
    table = tmp_path / "表.txt"
    table.write_text("\n".join(ROWS), encoding="utf-8")
    create_campaign(driver.console.session, "别的专项")
    page = driver.open(COORDINATOR, size=size, has_scripts=has_scripts)
    page.goto(f"{driver.console.url}/imports")
    page.locator("input[type=file]").set_input_files(table)
    page.get_by_role("button", name="上传并识别").click()
    page.get_by_role("button", name="下一步：逐行核对").click()
    page.get_by_role("button", name="下一步：人员单位").click()
    word = page.locator("[id='unit-各大队']")
    word.get_by_text("代表哪些单位：没有指明").click()
    findings = sound(driver, page) if has_scripts else []

    word.get_by_role("checkbox", name="在线监控中心").check()
    word.get_by_label("第 2 项由哪个单位负责").select_option(label="监控中心")
    word.get_by_role("button", name="保存").click()
    expect(word.get_by_text("代表：在线监控中心")).to_be_visible()

    near = page.locator("li[id='unit-在线监控中心']")
    near.get_by_role("button", name="就是监控中心").click()
    expect(near.get_by_text("已确认")).to_be_visible()
    findings += sound(driver, page) if has_scripts else []
    assert findings == [], "\n".join(findings)
