"""Two working days without a mouse: every stop of the Tab key can be seen, and each act ends where one can go on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.browser.driving import Driver
from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    OWNER,
    create_campaign,
    create_deliverable,
    create_evidence,
    create_milestone,
    create_person,
    create_task,
)
from tracker.identity import id_of
from tracker.services.accounts import create_account, set_password
from tracker.services.auditing import SYSTEM
from workflows.milestone import MilestoneState
from workflows.task import TaskState

PASSWORD = "雨前龙井三两三钱三分银子"
TABLE = Path(__file__).resolve().parents[3] / "runtime" / "demo" / "tables" / "drill.tsv"
FOCUSED = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
  const labels = at.labels ? [...at.labels].map((label) => label.textContent).join(" ") : "";
  return {
    kind: at.tagName.toLowerCase(),
    name: (at.getAttribute("aria-label") || labels || at.textContent || "").replace(/\\s+/g, " ").trim(),
    place: at.closest("[id]")?.id || "",
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < window.innerHeight && style.visibility === "visible",
    ringed: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none",
  };
}"""


def tab_to(page: Page, name: str, *, kind: str = "", inside: str = "", within: int = 150) -> None:
    """Press Tab until what bears this name has the focus; every stop on the way is seen and marked."""
    for _ in range(within):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        # where a page begins: the heading that a new page puts first, or what is told of the act before it
        if at["kind"] in ("body", "h1") or at["place"] == "messages":
            continue
        assert at["seen"], f"the focus went out of sight: {at}"
        assert at["ringed"], f"the focus is not marked: {at}"
        is_inside = not inside or page.evaluate(
            "(place) => document.activeElement.closest(place) !== null", inside
        )
        if at["name"].startswith(name) and kind in ("", at["kind"]) and is_inside:
            return
    raise AssertionError(f"{name} was not reached within {within} presses of Tab")


def press(page: Page, name: str, *, kind: str = "", inside: str = "", within: int = 150) -> None:
    tab_to(page, name, kind=kind, inside=inside, within=within)
    page.keyboard.press("Enter")


def type_into(page: Page, label: str, text: str, *, inside: str = "") -> None:
    tab_to(page, label, inside=inside)
    page.keyboard.insert_text(text)


def choose_file(page: Page, label: str, file: Path, *, inside: str = "") -> None:
    """The browser's own window to choose a file is opened by keyboard."""
    with page.expect_file_chooser() as chooser:
        tab_to(page, label, kind="input", inside=inside)
        page.keyboard.press("Enter")
    chooser.value.set_files(file)


def test_an_owner_signs_in_accepts_reports_and_hands_in(driver: Driver, tmp_path: Path) -> None:
    # given somebody with an account, a task that waits for him, and a paper
    session = driver.console.session
    task = create_task(session, state=TaskState.ISSUED, title="更新执法装备台账")
    create_milestone(session, task)
    create_deliverable(session, task)
    at = datetime.now(UTC)
    account, _ = create_account(
        session, person_id=id_of(create_person(session)), login_name="jia", actor=SYSTEM, at=at
    )
    set_password(session, id_of(account), password=PASSWORD, at=at, actor=SYSTEM)
    session.commit()
    paper = tmp_path / "台账.txt"
    paper.write_text("执法记录仪 12 台\n", encoding="utf-8")

    # when he signs in: the first field waits for him
    page = driver.open(None)
    page.keyboard.insert_text("jia")
    type_into(page, "密码", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("我的工作台")

    # and accepts: the answer has the focus, so that it is read out
    press(page, "签收", kind="button")
    expect(page.locator("#messages")).to_be_focused()
    expect(page.locator("#messages")).to_contain_text("签收")

    # and goes to the task by the list, past the navigation: the heading of the new page has the focus
    page.keyboard.press("Control+Home")
    press(page, "任务列表", kind="a")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    press(page, "更新执法装备台账", kind="a")
    expect(page.get_by_role("heading", level=1, name="更新执法装备台账")).to_be_focused()

    # and reports
    press(page, "报告完成", kind="summary")
    type_into(page, "完成情况", "装备已清点，台账已建立。")
    press(page, "确认报告完成", kind="button")
    expect(page.locator("#milestones").get_by_text("装备已清点，台账已建立。")).to_be_visible()
    expect(page.locator("#messages")).to_be_focused()

    # and hands the paper in
    choose_file(page, "把文件拖到这里", paper, inside="#deliverables")
    press(page, "提交文件", kind="button")

    # then it is there
    expect(page.locator("#deliverables").get_by_text("台账.txt").first).to_be_visible()


def test_a_coordinator_filters_urges_and_mends_a_table(driver: Driver) -> None:
    # given two tasks
    session = driver.console.session
    for title in ("更新执法装备台账", "组织业务培训"):
        create_task(session, title=title)
    create_campaign(session, "别的专项")
    session.commit()
    page = driver.open(COORDINATOR)

    # when the coordinator filters the list by words, skipping the navigation
    page.goto(driver.console.url + "/tasks")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    type_into(page, "文字", "更新", inside="#content")
    page.keyboard.press("Enter")
    expect(page.get_by_text("组织业务培训")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_focused()

    # and urges what is left
    tab_to(page, "选择 更新执法装备台账")
    page.keyboard.press("Space")
    press(page, "催办", kind="summary")
    type_into(page, "催办的话", "请按时报告。")
    press(page, "催办所选任务", kind="button")
    expect(page.get_by_role("heading", level=1)).to_have_text("催办结果")

    # and takes a table in, whose error is put right in its cell
    page.goto(driver.console.url + "/imports")
    choose_file(page, "把文件拖到这里", TABLE)
    press(page, "上传并识别", kind="button")
    expect(page.get_by_role("heading", level=1)).to_have_text("导入：识别结果")
    press(page, "下一步：逐行核对", kind="button", within=400)
    expect(page.get_by_role("heading", level=1)).to_have_text("导入：逐行核对")
    press(page, "错误", kind="a")
    expect(page.get_by_text("是单位或职务而不是人")).to_be_visible()
    press(page, "修改第40项的责任人", within=400)
    expect(page.get_by_role("textbox", name="责任人")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("郭靖")
    press(page, "保存并重新读取", kind="button")

    # then the cell says so
    expect(page.get_by_text("手工改为“郭靖”")).to_be_visible()
    expect(page.get_by_text("错误 0")).to_be_visible()


def test_menus_close_by_escape_and_give_the_focus_back(driver: Driver) -> None:
    page = driver.open(OWNER)
    press(page, f"{OWNER[-1]}{OWNER}", kind="summary")
    expect(page.get_by_role("link", name="我的设置")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="我的设置")).to_be_hidden()
    assert page.evaluate(FOCUSED)["kind"] == "summary"


def test_an_expediter_reviews_and_a_leader_closes(driver: Driver) -> None:
    # given a task in review, whose paper waits
    session = driver.console.session
    task = create_task(session, state=TaskState.IN_REVIEW, title="更新执法装备台账")
    create_milestone(session, task, state=MilestoneState.MET)
    create_evidence(session, create_deliverable(session, task))
    session.commit()

    # when the expediter accepts the paper, then the task: each answer has the focus
    page = driver.open(EXPEDITER, path=f"/tasks/{task.id}")
    press(page, "审核通过", kind="button", inside="#deliverables")
    expect(page.locator("#deliverables").get_by_text("已通过").first).to_be_visible()
    expect(page.locator("#messages")).to_be_focused()
    press(page, "审核通过", kind="button", inside="#acts")
    expect(page.locator(".task-head .badge-state")).to_have_text("待销号")
    expect(page.locator("#messages")).to_be_focused()

    # and the leader comes from his desk, thinks better of a rejection, reads why something is refused, and closes
    page = driver.open(LEADER)
    press(page, "去销号", kind="a")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    press(page, "驳回", kind="summary", inside="#acts")
    expect(page.locator("#act-reject-reason")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#act-reject-reason")).to_be_hidden()
    page.keyboard.press("Control+Home")
    press(page, "销号", kind="summary", inside="#acts")
    press(page, "确认销号", kind="button", inside="#acts")

    # then it is closed
    expect(page.locator(".task-head .badge-state")).to_have_text("已销号")
    expect(page.locator("#messages")).to_be_focused()
