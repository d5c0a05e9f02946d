"""我的工作台: what needs the person today."""

from __future__ import annotations

import re
from datetime import date, timedelta

from sqlmodel import Session

from tests.console import Console
from tests.factories import (
    NOON,
    create_campaign,
    create_deliverable,
    create_evidence,
    create_extension,
    create_instruction,
    create_milestone,
    create_person,
    create_task,
)
from tracker.identity import id_of
from tracker.models import (
    CampaignRole,
    EvidenceState,
    ImportFinding,
    Person,
    ResponsibilityTable,
    Severity,
)
from web.pages.workbench import LINES_SHOWN, MOST_SHOWN
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.roles import Role
from workflows.task import TaskState


class TestWorkbench:
    def test_it_asks_who_is_there(self, console: Console) -> None:
        answer = console.anonymous().get("/")

        assert (answer.status_code, answer.headers["location"]) == (303, "/login")

    def test_an_owner_sees_what_waits_to_be_accepted(self, console: Console) -> None:
        create_task(console.session, state=TaskState.ISSUED, title="更新执法装备台账")

        page = console.as_("测试甲").get("/").text

        assert "更新执法装备台账" in page
        assert "签收" in page

    def test_nothing_to_do_is_said_kindly(self, console: Console) -> None:
        create_task(console.session)

        page = console.as_("测试甲").get("/").text

        assert "今天没有等您办的事" in page
        assert "今天没有要办的事" in page

    def test_who_has_no_part_yet_is_told_who_gives_it(self, console: Console) -> None:
        page = console.as_(create_person(console.session, "测试闲")).get("/").text

        assert "您还没有任务" in page
        assert "请管理员在“管理—专项工作”里指定您为协调员" in page
        create_task(console.session)
        assert "您还没有任务" not in console.as_("测试甲").get("/").text

    def test_what_was_done_names_its_task(self, console: Console) -> None:
        task = create_task(console.session, state=TaskState.ISSUED, title="更新执法装备台账")
        client = console.as_("测试甲")

        assert client.submit(f"/tasks/{task.id}/accept", {"back": "/"}).status_code == 303

        assert "“更新执法装备台账”已办理：签收。" in client.get("/").text

    def test_more_than_a_hundred_things_are_counted_and_left_to_the_ledger(self, console: Console) -> None:
        coordinator = _coordinator(console)
        for place in range(MOST_SHOWN + 3):
            create_task(console.session, state=TaskState.CLOSED, title=f"第{place}项")

        page = console.as_(coordinator).get("/").text

        assert page.count('class="work-card-title"') == MOST_SHOWN
        assert f"要办 {MOST_SHOWN + 3} 件" in page
        assert "还有 3 件，到任务列表查看" in page

    def test_a_coordinator_sees_what_has_still_to_be_issued_and_settled(self, console: Console) -> None:
        coordinator = _coordinator(console)
        create_task(console.session, state=TaskState.DRAFT)
        create_import_error(console.session)

        page = console.as_(coordinator).get("/").text

        assert "待下达 1 项" in page
        assert "导入错误待处理 1 处" in page

    def test_a_desk_without_cards_never_says_that_nothing_is_to_be_done_while_something_is(
        self, console: Console
    ) -> None:
        coordinator = _coordinator(console)
        late = create_task(console.session)
        create_milestone(console.session, late, due_on=date(2024, 2, 1))

        page = console.as_(coordinator).get("/").text
        assert "没有等您签办的事，但有任务逾期" in page
        assert "今天没有" not in page
        create_task(console.session, state=TaskState.DRAFT)
        page = console.as_(coordinator).get("/").text
        assert "没有等您签办的事，但有事项要您处理" in page
        assert "今天没有" not in page

    def test_a_coordinator_is_led_to_a_campaign_that_is_over_and_not_closed(self, console: Console) -> None:
        coordinator = _coordinator(console)
        campaign = create_campaign(console.session)
        campaign.ends_on = date(2024, 2, 29)
        console.session.add(campaign)
        create_task(console.session, state=TaskState.DRAFT)
        assert "还没有结束" not in console.as_(coordinator).get("/").text  # nothing was issued
        create_task(console.session)

        page = console.as_(coordinator).get("/").text

        assert "已于 2月29日（周四） 到期，还没有结束" in page
        assert f'href="/admin/campaigns/{campaign.id}"' in page
        console.at = NOON - timedelta(days=1)  # the last day itself
        assert "还没有结束" not in console.as_(coordinator).get("/").text

    def test_who_answers_for_what_others_let_slip_is_told_and_led_there(self, console: Console) -> None:
        coordinator = _coordinator(console)
        for _ in range(2):
            create_milestone(console.session, create_task(console.session), due_on=date(2024, 2, 1))
        create_milestone(console.session, create_task(console.session))  # not due yet
        leader = create_person(console.session, "测试丙")

        for person, words, role in (
            (leader, "您分管的任务有 2 项逾期", "leader"),
            (create_person(console.session, "测试乙"), "您盯办的任务有 2 项逾期", "expediter"),
            (coordinator, "您协调的任务有 2 项逾期", "coordinator"),
        ):
            client = console.as_(person)
            page = client.get("/").text
            (href,) = re.findall(rf'href="([^"]+)">{words}</a>', page)
            assert f"person={person.id}&amp;role={role}&amp;" in href
            assert "名下目前没有带时限的事项" not in page
            listed = client.get(href.replace("&amp;", "&")).text
            assert listed.count('class="row-title"') == 2

        assert "没有等您签办的事，但有任务逾期" in console.as_(leader).get("/").text
        assert "下一个时限是5月31日" in console.as_(leader).get("/").text

    def test_a_closed_task_counts_down_to_its_archiving_for_who_archives_it_alone(
        self, console: Console
    ) -> None:
        coordinator = _coordinator(console)
        task = create_task(console.session, state=TaskState.CLOSED)
        create_milestone(console.session, task, kind=MilestoneKind.ARCHIVE, due_on=date(2024, 2, 28))

        page = console.as_(coordinator).get("/").text
        assert "归档时限 2月28日" in page
        assert "逾期2天" in page
        assert "您协调的任务有" not in page
        for path, words in (("/tasks", "归档，逾期2天"), ("/board", "归档 2月28日")):
            assert words in console.as_(coordinator).get(path).text
            assert "逾期2天" not in console.as_("测试丙").get(path).text
        assert "您分管的任务有" not in console.as_("测试丙").get("/").text

    def test_what_is_overdue_is_said_above_the_cards_too_and_not_to_its_owner(self, console: Console) -> None:
        task = create_task(console.session)
        create_milestone(console.session, task, due_on=date(2024, 2, 1))
        create_task(console.session, state=TaskState.AWAITING_CLOSURE)

        page = console.as_("测试丙").get("/").text

        assert "您分管的任务有 1 项逾期" in page
        assert 'class="work-card-title"' in page
        assert "的任务有" not in console.as_("测试甲").get("/").text

    def test_a_day_off_is_said(self, console: Console) -> None:
        person = create_person(console.session, "测试闲")
        assert "休息日" not in console.as_(person).get("/").text

        console.at = NOON + timedelta(days=1)  # a Saturday

        assert "3月2日（周六）　休息日" in console.as_(person).get("/").text

    def test_nobody_else_is_shown_the_drafts(self, console: Console) -> None:
        create_task(console.session, state=TaskState.DRAFT)

        assert "待下达" not in console.as_("测试甲").get("/").text


def _coordinator(console: Console) -> Person:
    person = create_person(console.session, "测试总")
    campaign = create_campaign(console.session)
    console.session.add(
        CampaignRole(campaign_id=id_of(campaign), person_id=id_of(person), role=Role.COORDINATOR)
    )
    return person


def create_import_error(session: Session) -> None:
    """An error of the campaign's table that nobody has settled."""
    table = ResponsibilityTable(
        campaign_id=id_of(create_campaign(session)),
        title="测试任务分解表",
        source_name="测试.docx",
        source_sha256="0" * 64,
        imported_at=NOON,
        imported_by_id=id_of(create_person(session)),
    )
    session.add(table)
    session.flush()
    session.add(
        ImportFinding(
            table_id=id_of(table), code="missing-owner", severity=Severity.ERROR, message="没有责任人"
        )
    )


class TestCards:
    def test_a_reviewer_has_one_card_for_all_that_one_task_handed_in(self, console: Console) -> None:
        task = create_task(console.session, title="更新执法装备台账")
        for text in ("工作目录", "设备采购资料", "情况说明"):
            create_evidence(
                console.session, create_deliverable(console.session, task, text=text), name=f"{text}.pdf"
            )

        page = console.as_("测试乙").get("/").text

        assert page.count('class="work-card-title"') == 1
        assert "3 项成果待审核" in page
        assert all(f"{text}.pdf" in page for text in ("工作目录", "设备采购资料", "情况说明"))
        assert page.count(f'href="/tasks/{task.id}/review?back=/"') == 2  # the title, and its button

    def test_a_card_of_many_lines_says_how_many_more_there_are(self, console: Console) -> None:
        owner = create_person(console.session, "测试甲")
        task = create_task(
            console.session, state=TaskState.IN_REVIEW, title="更新执法装备台账", submitted_by_id=owner.id
        )
        for place in range(LINES_SHOWN + 2):
            create_evidence(console.session, create_deliverable(console.session, task), name=f"材料{place}")

        page = console.as_("测试乙").get("/").text

        assert f"任务、{LINES_SHOWN + 2} 项成果待审核" in page
        assert page.count('class="work-line-name"') == LINES_SHOWN
        assert "还有 2 项" in page

    def test_what_was_rejected_says_what_it_was_for_and_why(self, console: Console) -> None:
        deliverable = create_deliverable(console.session, create_task(console.session), text="工作目录")
        create_evidence(
            console.session,
            deliverable,
            name="目录.pdf",
            state=EvidenceState.REJECTED,
            review_reason="缺少签字盖章页",
            reviewed_by_id=create_person(console.session, "测试乙").id,
            reviewed_at=NOON,
        )

        page = console.as_("测试甲").get("/").text

        assert "1. 工作目录" in page
        assert "目录.pdf" in page
        assert "测试乙" in page
        assert "缺少签字盖章页" in page

    def test_a_report_that_waits_for_its_reviewer_shows_him_no_red_light(self, console: Console) -> None:
        task = create_task(console.session)
        create_milestone(
            console.session,
            task,
            due_on=date(2024, 2, 1),
            state=MilestoneState.REPORTED,
            reported_at=NOON - timedelta(days=40),
            reported_by_id=create_person(console.session, "测试甲").id,
        )

        page = console.as_("测试乙").get("/").text

        assert "待审核" in page
        assert "逾期" not in page

    def test_a_task_on_which_all_is_done_is_submitted_from_here(self, console: Console) -> None:
        task = create_task(console.session)
        create_milestone(console.session, task, state=MilestoneState.MET, met_at=NOON)
        client = console.as_("测试甲")

        assert f'action="/tasks/{task.id}/submit"' in client.get("/").text
        answer = client.submit(f"/tasks/{task.id}/submit", {"back": "/"})

        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        console.session.refresh(task)
        assert task.state is TaskState.IN_REVIEW

    def test_a_task_to_accept_says_that_it_is_late_itself(self, console: Console) -> None:
        task = create_task(console.session, state=TaskState.ISSUED, accept_by_on=date(2024, 3, 3))
        create_milestone(console.session, task, due_on=date(2024, 2, 1))

        page = console.as_("测试甲").get("/").text

        assert "任务已逾期29天" in page
        assert "签收时限 3月3日（周日）" in page
        assert "还有2天" in page

    def test_a_task_to_accept_that_is_not_late_names_its_day_alone(self, console: Console) -> None:
        task = create_task(console.session, state=TaskState.ISSUED, accept_by_on=date(2024, 3, 3))
        create_milestone(console.session, task)

        page = console.as_("测试甲").get("/").text

        assert "签收时限 3月3日（周日）" in page
        assert "任务已逾期" not in page

    def test_an_instruction_names_its_leader_and_stands_before_what_is_due(self, console: Console) -> None:
        task = create_task(console.session)
        create_milestone(console.session, task, text="形成台账", due_on=date(2024, 3, 5))
        late = create_task(console.session)
        create_milestone(console.session, late, text="完成清点", due_on=date(2024, 2, 1))
        create_instruction(console.session, task, text="请抓紧办理。")

        page = console.as_("测试甲").get("/").text

        places = [page.index(words) for words in ("完成清点", "测试丙批示：请抓紧办理。", "形成台账")]
        assert places == sorted(places)

    def test_a_request_for_more_time_shows_the_day_and_the_reason(self, console: Console) -> None:
        step = create_milestone(console.session, create_task(console.session))
        create_extension(console.session, step, reason="设备未到货")

        page = console.as_("测试丙").get("/").text

        assert "申请由 5月31日（周五） 延至 <b>6月30日（周日）</b>：设备未到货" in page
