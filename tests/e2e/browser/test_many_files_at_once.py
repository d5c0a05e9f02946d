"""All that a task owes, handed in by one drop, and reviewed by one form."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from tests.e2e.browser.driving import DESK, PHONE, Driver
from tests.factories import EXPEDITER, OWNER, create_deliverable, create_task
from tracker.models import Deliverable, Evidence, EvidenceState

PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
NAMES = ("设备采购资料（定稿）.pdf", "1 本单位目录.pdf", "扫描件20240301.pdf")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_files_go_where_their_names_say_and_are_reviewed_together(
    driver: Driver, tmp_path: Path, size: tuple[int, int]
) -> None:
    # given a task that owes three things, and their files
    session = driver.console.session
    task = create_task(session, title="更新执法装备台账")
    for text in ("工作目录", "设备采购资料", "情况说明"):
        create_deliverable(session, task, text=text)
    session.commit()
    for place, name in enumerate(NAMES):
        (tmp_path / name).write_bytes(PDF + str(place).encode())

    # when the owner chooses all of them at once
    owner = driver.open(OWNER, size=size)
    owner.goto(f"{driver.console.url}/tasks/{task.id}/hand-in?back=/")
    owner.locator("#all-files").set_input_files([tmp_path / name for name in NAMES])

    # then words and numbers find their places, and what speaks of none is asked for
    second = owner.locator("[data-takes='2'] .chosen-name")
    expect(second).to_have_text(NAMES[0])
    expect(owner.locator("[data-takes='1'] .chosen-name")).to_have_text(NAMES[1])
    question = owner.get_by_label(f"“{NAMES[2]}”是哪一项成果的")
    question.select_option(label="3. 情况说明")
    expect(owner.locator("[data-takes='3'] .chosen-name")).to_have_text(NAMES[2])
    owner.get_by_role("button", name="提交全部文件").click()
    expect(owner.locator("#messages")).to_contain_text("等待审核")
    assert handed_in(driver) == {1: NAMES[1], 2: NAMES[0], 3: NAMES[2]}

    # and the reviewer accepts all of them on one page, but for one that he sends back with a reason
    expediter = driver.open(EXPEDITER, size=size)
    expediter.get_by_role("link", name="去审核").click()
    expediter.get_by_role("button", name="都已看过，全部选通过").click()
    expediter.locator(".verdict > label", has_text="退回").last.click()
    expediter.get_by_label("退回理由").last.fill("缺少盖章页")
    expediter.get_by_role("button", name="提交审核意见").click()
    expect(expediter.locator("#messages")).to_contain_text("通过 2 项，退回 1 项")
    session.expire_all()
    states = [row.state for row in session.exec(select(Evidence)).all()]
    assert sorted(states) == [EvidenceState.ACCEPTED, EvidenceState.ACCEPTED, EvidenceState.REJECTED]


def handed_in(driver: Driver) -> dict[int, str]:
    """What is there for each deliverable, by number."""
    session = driver.console.session
    numbers = {each.id: each.number for each in session.exec(select(Deliverable)).all()}
    found = {numbers[row.deliverable_id]: row.name for row in session.exec(select(Evidence)).all()}
    session.commit()
    return found
