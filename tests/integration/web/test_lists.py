"""The list of tasks, its workbook, what is done to many rows, views; the board, the month and the year."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlmodel import select

from tests.console import Client, Console
from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    OWNER,
    create_campaign,
    create_milestone,
    create_person,
    create_task,
    create_unit,
)
from tracker.identity import id_of
from tracker.models import AuditEvent, SavedView, Task
from tracker.queries.people import list_parts
from workflows.milestone import MilestoneKind
from workflows.roles import Role
from workflows.task import TASK_WORKFLOW, TaskState

TITLE_LINK = re.compile(r'class="row-title" href="/tasks/(\d+)"')


def coordinator(console: Console) -> Client:
    return console.as_(COORDINATOR)


def shown(client: Client, address: str) -> list[int]:
    """The tasks that a list shows, in its order."""
    answer = client.get(address)
    assert answer.status_code == 200
    return [int(number) for number in TITLE_LINK.findall(answer.text)]


class TestList:
    def test_the_address_says_what_is_shown(self, console: Console) -> None:
        session = console.session
        team = create_unit(session, "综合执法队")
        found = create_task(session, lead_unit_id=team.id, title="装备清点", state=TaskState.ISSUED)
        create_milestone(session, found, due_on=date(2024, 2, 1))
        other = create_task(
            session, title="队伍训练", requirement="全员参加", owner=create_person(session, "张三丰")
        )
        client = coordinator(console)
        assert shown(client, "/tasks") == [found.id, other.id]
        for query in (
            "q=执法",
            "q=执法 装备",
            f"unit={team.id}",
            "state=issued",
            "light=red",
            "week=2024-W05",
            "from=2024-02-01&to=2024-02-01",
            "overdue=1",
            f"person={OWNER}",
            "state=issued&state=closed",
        ):
            assert shown(client, f"/tasks?{query}") == [found.id], query
        assert shown(client, "/tasks?person=张三丰&role=owner") == [other.id]
        assert shown(client, "/tasks?person=张三丰&role=leader") == []
        assert shown(client, f"/tasks?campaign={found.campaign_id}&sort=due") == [found.id, other.id]

    def test_set_filters_are_named_and_each_can_be_taken_away(self, console: Console) -> None:
        create_task(console.session)
        page = coordinator(console).get("/tasks?q=装备&state=active&sort=due").text
        assert "含“装备”" in page
        assert 'href="/tasks?state=active&amp;sort=due"' in page
        assert 'href="/tasks?q=%E8%A3%85%E5%A4%87&amp;sort=due"' in page

    @pytest.mark.parametrize(
        ("query", "sentence"),
        [
            ("campaign=x", "没有这项专项工作"),
            ("unit=99999999999", "没有这个单位"),
            ("person=令狐冲", "令狐冲"),
            ("state=weird", "没有这个状态"),
            ("light=pink", "没有这种灯"),
            ("week=2024-W99", "周次应写成"),
            ("from=2024-13-01", "日期应写成"),
            (f"q={'长' * 101}", "最多100个字"),
        ],
    )
    def test_what_cannot_be_used_narrows_nothing_and_is_told(
        self, console: Console, query: str, sentence: str
    ) -> None:
        task = create_task(console.session)
        client = coordinator(console)
        assert shown(client, f"/tasks?{query}") == [task.id]
        assert sentence in client.get(f"/tasks?{query}").text

    def test_nothing_but_what_may_be_seen(self, console: Console) -> None:
        create_task(console.session)
        stranger = create_person(console.session, "令狐冲", unit_id=None)
        mine = create_task(console.session, owner=stranger, title="自己的任务", requirement="按期完成")
        assert shown(console.as_(stranger), "/tasks") == [mine.id]
        assert shown(console.as_(stranger), "/tasks?q=装备") == []
        administrator = create_person(console.session, "测试辛", unit_id=None, is_administrator=True)
        assert "还没有您能看到的任务" in console.as_(administrator).get("/tasks").text

    def test_pages_lead_to_each_other(self, console: Console) -> None:
        tasks = [create_task(console.session, position=number) for number in range(60)]
        client = coordinator(console)
        assert shown(client, "/tasks?state=active") == [task.id for task in tasks[:50]]
        first = client.get("/tasks?state=active").text
        assert 'href="/tasks?state=active&amp;page=2"' in first
        assert "第 1–50 项，共 60 项" in first
        assert shown(client, "/tasks?state=active&page=2") == [task.id for task in tasks[50:]]
        assert "这一页没有任务" in client.get("/tasks?page=9").text

    def test_what_people_typed_is_shown_as_they_typed_it(self, console: Console) -> None:
        create_task(console.session, title="<script>alert(1)</script>", group='" onclick="x')
        page = coordinator(console).get('/tasks?q=<script>&person="><wbr>').text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert '"><wbr>' not in page

    def test_whoever_can_do_nothing_to_many_rows_is_not_offered_it(self, console: Console) -> None:
        create_task(console.session)
        assert "/tasks/bulk" not in console.as_(OWNER).get("/tasks").text
        assert 'value="urge"' in console.as_(EXPEDITER).get("/tasks").text
        assert 'value="issue"' not in console.as_(EXPEDITER).get("/tasks").text
        assert 'value="issue"' in coordinator(console).get("/tasks").text


class TestWorkbook:
    def rows(self, client: Client, address: str) -> list[list[Any]]:
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("application/vnd.openxmlformats")
        return list(CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python())

    def test_it_holds_every_page_of_what_the_list_shows(self, console: Console) -> None:
        for number in range(60):
            create_task(console.session, position=number, title=f"任务{number}")
        create_task(console.session, state=TaskState.DRAFT, title="草稿里的任务")
        rows = self.rows(coordinator(console), "/tasks.xlsx?state=active")
        assert [row[2] for row in rows[3:]] == [f"任务{number}" for number in range(60)]
        assert "办理中" in str(rows[1])

    def test_days_are_days_and_text_is_never_a_formula(self, console: Console) -> None:
        task = create_task(console.session, title='=HYPERLINK("http://x")', group="-1+1")
        create_milestone(console.session, task, due_on=date(2024, 2, 29))
        head, row = self.rows(coordinator(console), "/tasks.xlsx")[2:]
        cells = dict(zip(head, row, strict=True))
        assert cells["任务"] == '=HYPERLINK("http://x")'
        assert cells["评审项目"] == "-1+1"
        assert (cells["最近时限"], cells["剩余天数"], cells["灯"]) == (date(2024, 2, 29), -1, "红灯")
        assert (cells["责任人"], cells["分管领导"]) == (OWNER, LEADER)

    def test_the_day_of_the_archiving_is_told_to_who_archives(self, console: Console) -> None:
        task = create_task(console.session, state=TaskState.CLOSED)
        create_milestone(
            console.session, task, kind=MilestoneKind.ARCHIVE, due_on=date(2024, 10, 15), text="归档"
        )

        def due_of(client: Client) -> Any:
            head, row = self.rows(client, "/tasks.xlsx")[2:]
            return dict(zip(head, row, strict=True))["最近时限"]

        assert due_of(coordinator(console)) == date(2024, 10, 15)
        assert due_of(console.as_(OWNER)) == ""

    def test_only_what_may_be_seen_and_no_file_is_left_behind(
        self, console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        create_task(console.session)
        stranger = create_person(console.session, "令狐冲", unit_id=None)
        folder = tmp_path / "temporary"
        folder.mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(folder))
        assert len(self.rows(console.as_(stranger), "/tasks.xlsx")) == 3
        assert list(folder.iterdir()) == []


class TestBulk:
    def act(self, client: Client, act: str, *tasks: Task, **fields: Any) -> Any:
        return client.submit("/tasks/bulk", {"act": act, "task": [task.id for task in tasks], **fields})

    def test_each_row_says_what_became_of_it(self, console: Console) -> None:
        done = create_task(console.session, title="装备清点")
        refused = create_task(console.session, title="队伍训练", state=TaskState.DRAFT)
        answer = self.act(coordinator(console), "urge", done, refused, text="请抓紧", back="/tasks?q=x")
        assert answer.status_code == 200
        assert "办成 1 项，未办成 1 项" in answer.text
        assert "只能催办已经下达、尚未销号的任务" in answer.text
        assert 'href="/tasks?q=x"' in answer.text
        console.session.rollback()
        (event,) = console.session.exec(select(AuditEvent).where(AuditEvent.kind == "task.urge")).all()
        assert event.task_id == done.id

    def test_issuing_and_handing_on(self, console: Console) -> None:
        task = create_task(console.session, state=TaskState.DRAFT)
        create_milestone(console.session, task)
        successor = create_person(console.session, "张三丰")
        client = coordinator(console)
        assert "办成 1 项" in self.act(client, "issue", task).text
        assert "办成 1 项" in self.act(client, "reassign", task, role="owner", person="张三丰").text
        console.session.rollback()
        console.session.refresh(task)
        assert task.state is TaskState.ISSUED
        owners = list_parts(console.session, id_of(task), Role.OWNER)
        assert [part.person_id for part in owners] == [successor.id]

    def test_hidden_tasks_are_refused_without_a_word_of_what_they_are(self, console: Console) -> None:
        hidden = create_task(console.session, title="看不见的任务")
        stranger = create_person(console.session, "令狐冲", unit_id=None)
        answer = self.act(console.as_(stranger), "urge", hidden, text="请抓紧")
        assert "看不见的任务" not in answer.text
        assert f"没有编号为{hidden.id}的任务" in answer.text

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"act": "urge"}, "请先在列表中勾选"),
            ({"act": "urge", "task": 1}, "请填写“催办的话”"),
            ({"act": "delete", "task": 1}, "请在“办理事项”中选择一项"),
            (
                {"act": "reassign", "task": 1, "role": "coordinator", "person": "张三丰"},
                "请在“换哪个角色”中选择一项",
            ),
            ({"act": "reassign", "task": 1, "role": "owner"}, "请填写“由谁接手”"),
        ],
    )
    def test_what_is_missing_is_asked_for(
        self, console: Console, fields: dict[str, Any], sentence: str
    ) -> None:
        create_task(console.session)
        answer = coordinator(console).submit("/tasks/bulk", fields)
        assert answer.status_code == 422
        assert sentence in answer.text

    def test_a_way_back_leads_to_no_other_site(self, console: Console) -> None:
        task = create_task(console.session)
        answer = self.act(
            coordinator(console), "urge", task, text="请抓紧", back="https://elsewhere.example/"
        )
        assert "elsewhere" not in answer.text


class TestViews:
    def test_a_filter_is_kept_shown_and_forgotten(self, console: Console) -> None:
        create_task(console.session)
        client = console.as_(OWNER)
        answer = client.submit("/views", {"name": "急件", "query": "light=red&q=装备"})
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            "/tasks?light=red&q=%E8%A3%85%E5%A4%87",
        )
        page = client.get("/tasks").text
        assert "急件" in page
        assert "急件" not in console.as_(EXPEDITER).get("/tasks").text
        console.session.rollback()
        (view,) = console.session.exec(select(SavedView)).all()
        assert console.as_(EXPEDITER).submit(f"/views/{view.id}/delete").status_code == 404
        assert client.submit(f"/views/{view.id}/delete", {"back": "/tasks"}).status_code == 303
        assert "急件" not in client.get("/tasks").text


class TestBoard:
    def test_every_column_says_how_many_and_where_all_of_them_are(self, console: Console) -> None:
        for number in range(25):
            create_task(console.session, title=f"任务{number}")
        create_task(console.session, title="另一项", state=TaskState.ISSUED)
        page = coordinator(console).get("/board").text
        assert page.count('class="kanban-card') == 21
        assert 'href="/tasks?state=active&amp;sort=due"' in page
        assert "查看全部 25 项" in page

    def test_what_has_no_column_is_counted_and_led_to(self, console: Console) -> None:
        assert "另有" not in coordinator(console).get("/board").text
        create_task(console.session, state=TaskState.ARCHIVED, title="甲")
        create_task(console.session, state=TaskState.CANCELLED, title="乙")
        page = coordinator(console).get("/board").text
        for state in (TaskState.ARCHIVED, TaskState.CANCELLED):
            label = TASK_WORKFLOW.state_labels[state]
            assert f'<a href="/tasks?state={state.value}">{label} 1 项</a>' in page
        assert "另有" not in coordinator(console).get("/board?q=无此任务").text

    def test_a_day_of_another_year_bears_its_year(self, console: Console) -> None:
        for day in (date(2023, 5, 31), date(2024, 2, 1)):
            create_milestone(console.session, create_task(console.session), due_on=day)
        page = coordinator(console).get("/board").text
        assert "<span>2023年5月31日</span>" in page
        assert "<span>2月1日</span>" in page

    def test_drafts_are_for_those_who_prepare_them(self, console: Console) -> None:
        create_task(console.session, state=TaskState.DRAFT)
        assert "state=draft" in coordinator(console).get("/board").text
        assert "state=draft" not in console.as_(OWNER).get("/board").text

    def test_a_phone_is_shown_one_column_and_can_ask_for_another(self, console: Console) -> None:
        create_task(console.session)
        create_task(console.session, title="另一项", state=TaskState.ISSUED)
        client = coordinator(console)

        for asked, shown in (("", "active"), ("column=issued", "issued"), ("column=nonsense", "active")):
            page = client.get(f"/board?{asked}").text
            assert page.count("is-chosen") == 1
            assert f'is-chosen" aria-labelledby="column-{shown}"' in page
        assert 'href="/board?q=%E5%8F%A6&amp;column=issued"' in client.get("/board?q=另").text


class TestMonth:
    def test_days_off_make_up_days_and_what_is_due(self, console: Console) -> None:
        task = create_task(console.session, seq="9", title="装备清点")
        for number in range(6):
            create_milestone(console.session, task, due_on=date(2024, 5, 31), number=number + 1)
        page = coordinator(console).get("/month?month=2024-05").text
        assert "2024年5月" in page
        assert "本月到期 6 项节点" in page
        assert page.count("9 装备清点") == 4
        assert 'href="/tasks?from=2024-05-31&amp;to=2024-05-31"' in page
        assert 'href="/month?month=2024-04"' in page

    def test_a_month_without_any_leads_to_the_nearest_that_have_some(self, console: Console) -> None:
        assert "最近的在" not in coordinator(console).get("/month").text
        for day in (date(2022, 5, 1), date(2022, 5, 31), date(2024, 4, 1), date(2024, 9, 30)):
            create_milestone(console.session, create_task(console.session), due_on=day)
        create_milestone(
            console.session, create_task(console.session, state=TaskState.DRAFT), due_on=date(2024, 2, 1)
        )
        page = coordinator(console).get("/month").text
        assert "本月没有到期的节点" in page
        assert (
            '最近的在<a href="/month?month=2022-05">2022年5月</a>、<a href="/month?month=2024-04">2024年4月</a>。'
            in page
        )
        assert "最近的在" not in coordinator(console).get("/month?month=2024-04").text

    @pytest.mark.parametrize("month", ["", "2024-13", "0001-01", "x", "2024-05-01"])
    def test_a_month_that_is_none_is_this_one(self, console: Console, month: str) -> None:
        assert "2024年3月" in coordinator(console).get(f"/month?month={month}").text

    def test_the_filter_goes_along_from_month_to_month(self, console: Console) -> None:
        campaign = create_campaign(console.session)
        page = coordinator(console).get(f"/month?campaign={campaign.id}&month=2024-05").text
        assert f'href="/month?campaign={campaign.id}&amp;month=2024-06"' in page


class TestYear:
    def test_a_row_for_each_task_says_its_marks_in_words(self, console: Console) -> None:
        task = create_task(console.session, title="装备清点")
        create_milestone(console.session, task, due_on=date(2024, 2, 29), text="出台方案")
        create_milestone(console.session, task, start_on=date(2024, 8, 1), due_on=date(2024, 9, 30))
        create_task(console.session, title="没有时限的任务")
        page = coordinator(console).get("/year?year=2024").text
        assert 'aria-label="2月29日红灯，出台方案；9月30日绿灯，完成装备清点并形成台账"' in page
        assert page.count('class="gantt-bar') == 1
        assert "没有时限的任务" not in page

    def test_grey_marks_of_a_suspended_task_are_in_the_legend(self, console: Console) -> None:
        create_milestone(console.session, create_task(console.session, state=TaskState.ACTIVE))
        assert "灰灯（不计时）" not in coordinator(console).get("/year?year=2024").text
        create_milestone(console.session, create_task(console.session, state=TaskState.SUSPENDED))
        assert "灰灯（不计时）" in coordinator(console).get("/year?year=2024").text

    def test_a_year_without_any_says_so(self, console: Console) -> None:
        create_task(console.session)
        page = coordinator(console).get("/year?year=2031").text
        assert "2031年没有带时限的任务" in page
        assert "换一年" in page
        create_milestone(console.session, create_task(console.session), due_on=date(2024, 5, 31))
        page = coordinator(console).get("/year?year=2031").text
        assert '最近的在<a href="/year?year=2024">2024年</a>。' in page
        assert "换一年" not in page
        assert "2024年甘特图" in coordinator(console).get("/year?year=99999").text
