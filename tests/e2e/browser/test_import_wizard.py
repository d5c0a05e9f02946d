"""A responsibility table from its file to issued tasks, in a browser: at a desk, on a phone, and without scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from tests.e2e.browser.driving import DESK, PHONE, Driver, turn
from tests.factories import COORDINATOR, create_campaign
from tracker.models import ImportFinding, Person, Task
from tracker.queries.people import find_alias
from workflows.task import TaskState

TABLE = Path(__file__).resolve().parents[3] / "runtime" / "demo" / "tables" / "drill.tsv"


def next_step(page: Page, label: str) -> None:
    page.get_by_role("button", name=f"下一步：{label}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"导入：{label}")


def begin(driver: Driver, *, size: tuple[int, int], has_scripts: bool = True) -> Page:
    """The coordinator's page, with the table uploaded."""
    create_campaign(driver.console.session, "别的专项")
    page = driver.open(COORDINATOR, size=size, has_scripts=has_scripts)
    page.goto(f"{driver.console.url}/imports")
    page.get_by_label("把文件拖到这里，或点击选择").set_input_files(TABLE)
    page.get_by_role("button", name="上传并识别").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("导入：识别结果")
    return page


def edit_owner(page: Page, name: str, *, has_scripts: bool = True) -> None:
    """Fill in a person where the table names an office."""
    page.get_by_label("修改第40项的责任人").click()
    if not has_scripts:
        page.get_by_role("link", name="打开修改页").locator("visible=true").click()
    page.get_by_role("textbox", name="责任人").fill(name)
    page.get_by_role("button", name="保存并重新读取").click()


def sound(driver: Driver, page: Page) -> list[str]:
    """What is wrong with the page: in light where the story is told at a desk, in dark on a phone.

    What a fixed bar happens to cover just now is scrolled free by whoever wants it.
    """
    size = page.viewport_size
    turn(page, "dark" if size is not None and size["width"] == PHONE[0] else "light")
    found = [line for line in driver.axe(page) if "partially obscured" not in line]
    return [*found, *driver.misfits(page)]


def numbers_of_tasks(session: Session, state: TaskState) -> list[str | None]:
    """The 序号 of the tasks in a state. The lock is given back: the console writes on the same database."""
    found = list(session.exec(select(Task.seq).where(Task.state == state)).all())
    session.rollback()
    return found


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_table_is_settled_written_and_issued(driver: Driver, size: tuple[int, int]) -> None:
    session = driver.console.session
    page = begin(driver, size=size)
    findings = sound(driver, page)

    # its one error is put right where it stands
    next_step(page, "逐行核对")
    findings += sound(driver, page)
    page.get_by_role("link", name="错误", exact=True).click()
    expect(page.get_by_text("是单位或职务而不是人")).to_be_visible()
    edit_owner(page, "郭靖")
    expect(page.get_by_text("手工改为“郭靖”")).to_be_visible()
    expect(page.get_by_text("错误 0")).to_be_visible()
    findings += sound(driver, page)

    # two spellings are said to be one person
    next_step(page, "人员单位")
    findings += sound(driver, page)
    row = page.locator("#person-黃蓉")
    row.get_by_role("combobox").select_option(label="就是黄蓉（同一份文件里的写法）")
    row.get_by_role("button", name="确认").click()
    expect(page.get_by_text("0 个待确认")).to_be_visible()

    # it is written, and nobody is told
    next_step(page, "核对写入")
    findings += sound(driver, page)
    page.get_by_role("button", name="写入草稿").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("导入：下达")
    assert len(numbers_of_tasks(session, TaskState.DRAFT)) == 41
    findings += sound(driver, page)

    # what lacks nothing is issued
    page.get_by_label("已核对，按此下达").check()
    page.get_by_role("button", name="下达所选").click()
    expect(page.locator("#messages")).to_contain_text("已下达31项任务")
    assert len(numbers_of_tasks(session, TaskState.ISSUED)) == 31
    expect(page.locator("#lacking")).not_to_contain_text("责任人填的是")
    alias = find_alias(session, "黃蓉")
    assert alias is not None
    assert session.get_one(Person, alias.person_id).name == "黄蓉"
    edited = session.exec(select(ImportFinding).where(ImportFinding.code == "edited-cell")).one()
    assert COORDINATOR in edited.message
    assert findings == [], "\n".join(findings)


def test_it_works_without_scripts(driver: Driver) -> None:
    page = begin(driver, size=DESK, has_scripts=False)
    next_step(page, "逐行核对")
    page.get_by_role("link", name="错误", exact=True).click()
    edit_owner(page, "郭靖", has_scripts=False)
    expect(page.get_by_text("已改“责任人”")).to_be_visible()
    next_step(page, "人员单位")
    row = page.locator("#person-黃蓉")
    row.get_by_role("combobox").select_option(label="就是黄蓉（同一份文件里的写法）")
    row.get_by_role("button", name="确认").click()
    next_step(page, "核对写入")
    page.get_by_role("button", name="写入草稿").click()
    page.get_by_label("已核对，按此下达").check()
    page.get_by_role("button", name="下达所选").click()
    expect(page.locator("#messages")).to_contain_text("已下达31项任务")
    assert len(numbers_of_tasks(driver.console.session, TaskState.ISSUED)) == 31


def test_an_import_is_taken_up_again_by_whoever_began_it_and_by_nobody_else(driver: Driver) -> None:
    page = begin(driver, size=DESK)
    next_step(page, "逐行核对")
    page.goto(f"{driver.console.url}/imports")
    page.get_by_role("link", name="继续").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("导入：逐行核对")
    address = page.url

    create_campaign(driver.console.session, "又一专项", coordinator=None)
    stranger = driver.open("测试戊")
    assert (answer := stranger.goto(address)) is not None
    assert answer.status in (403, 404)
    driver.expect_refusals(403, 404)


def test_a_cell_that_somebody_else_changed_is_not_overwritten_and_nothing_typed_is_lost(
    driver: Driver,
) -> None:
    page = begin(driver, size=DESK)
    next_step(page, "逐行核对")
    page.get_by_role("link", name="错误", exact=True).click()
    page.get_by_label("修改第40项的责任人").click()
    box = page.get_by_role("textbox", name="责任人")
    box.fill("杨过")

    # the same coordinator at another desk is faster
    other = driver.open(COORDINATOR)
    other.goto(page.url)
    edit_owner(other, "郭靖")
    expect(other.get_by_text("手工改为“郭靖”")).to_be_visible()

    page.get_by_role("button", name="保存并重新读取").click()
    expect(page.locator("#messages")).to_contain_text("刚刚被他人改为“郭靖”")
    expect(box).to_have_value("杨过")
    driver.expect_refusals(409)


def test_findings_are_gone_through_by_keyboard_alone(driver: Driver) -> None:
    page = begin(driver, size=DESK)
    next_step(page, "逐行核对")
    page.get_by_role("link", name="错误", exact=True).click()
    expect(page.get_by_text("是单位或职务而不是人")).to_be_visible()

    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator(".finding.is-focus")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="责任人")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("郭靖")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("手工改为“郭靖”")).to_be_visible()
    expect(page.get_by_text("错误 0")).to_be_visible()
    expect(page.locator("#row-map .mark-red")).to_have_count(0)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_table_whose_headings_nobody_knows_is_rescued(
    driver: Driver, size: tuple[int, int], tmp_path: Path
) -> None:
    unknown = tmp_path / "重点事项.txt"
    rows = (
        "甲栏\t乙栏\t丙栏\t丁栏",
        "1\t建成示范站所\t郭靖\t5月底前",
        "2\t更新执法装备\t杨过\t9月30日前",
    )
    unknown.write_text("\n".join(["2024年重点事项一览", *rows]), encoding="utf-8")
    create_campaign(driver.console.session, "别的专项")
    page = driver.open(COORDINATOR, size=size)
    page.goto(f"{driver.console.url}/imports")
    page.get_by_label("把文件拖到这里，或点击选择").set_input_files(unknown)
    page.get_by_role("button", name="上传并识别").click()

    expect(page.get_by_text("略过：没有认出表头")).to_be_visible()
    findings = sound(driver, page)
    page.get_by_role("radio", name="第 1 行").check()
    page.get_by_role("button", name="按此表头读取").click()
    for heading, field in (
        ("甲栏", "序号"),
        ("乙栏", "任务内容"),
        ("丙栏", "责任人"),
        ("丁栏", "时间节点（完成时限）"),
    ):
        page.get_by_role("combobox", name=heading).select_option(label=field)
    page.get_by_role("button", name="按此重新读取").click()
    expect(page.get_by_text("2 行", exact=False).first).to_be_visible()
    findings += sound(driver, page)
    next_step(page, "逐行核对")
    expect(page.get_by_text("5月底前 → 2024-05-31")).to_be_visible()
    assert findings == [], "\n".join(findings)


def test_either_side_of_a_corrected_cell_is_taken(driver: Driver, tmp_path: Path) -> None:
    page = begin(driver, size=DESK)
    next_step(page, "逐行核对")
    page.get_by_role("link", name="错误", exact=True).click()
    edit_owner(page, "郭靖")
    expect(page.get_by_text("手工改为“郭靖”")).to_be_visible()

    second = tmp_path / "更正.tsv"
    lines = TABLE.read_text(encoding="utf-8").split("\n")
    changed = [
        line.replace("各科室、各大队负责人", "段誉") if line.startswith("40\t") else line for line in lines
    ]
    assert changed != lines
    second.write_text("\n".join(changed), encoding="utf-8")
    page.goto(f"{driver.console.url}/imports")
    page.get_by_label("把文件拖到这里，或点击选择").set_input_files(second)
    page.get_by_role("button", name="上传并识别").click()
    expect(page.locator("#messages")).to_contain_text("请选择1处")

    next_step(page, "逐行核对")
    card = page.locator(".import-carried")
    expect(card).to_contain_text("上次改为")
    findings = sound(driver, page)
    card.get_by_role("button", name="采用上次的").click()
    expect(page.locator("#messages")).to_contain_text("已采用上次的改动")
    expect(page.locator(".import-carried")).to_contain_text("已采用")
    page.locator(".import-carried").get_by_role("button", name="采用新文件的").click()
    expect(page.locator("#messages")).to_contain_text("已采用新文件的文字")
    assert findings == [], "\n".join(findings)
