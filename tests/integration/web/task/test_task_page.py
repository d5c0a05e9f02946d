"""任务详情: what the page tells, to whom, and which acts it offers."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import event

from tests.console import Console
from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    NOON,
    OWNER,
    actor_of,
    create_campaign,
    create_deliverable,
    create_evidence,
    create_extension,
    create_instruction,
    create_milestone,
    create_part,
    create_person,
    create_task,
    create_unit,
)
from tracker.identity import id_of
from tracker.models import (
    CampaignRole,
    EvidenceState,
    ImportFinding,
    ResponsibilityTable,
    Severity,
    Task,
    TaskUnit,
)
from tracker.services.auditing import record
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.roles import Role
from workflows.task import TaskState


def create_full_task(console: Console) -> Task:
    """A task with something of everything that the page shows."""
    session = console.session
    table = ResponsibilityTable(
        campaign_id=id_of(create_campaign(session)),
        title="测试责任分解表",
        source_name="测试表.docx",
        source_sha256="0" * 64,
        imported_at=NOON,
    )
    session.add(table)
    session.flush()
    task = create_task(
        session,
        seq="9",
        sub=2,
        group="装备建设（7分）",
        table_id=table.id,
        basis="全国评审标准第三条",
        score={"kind": "points", "max": 2.0, "rules": [{"condition": "配齐的得2分"}]},
        source={"file": "测试表.docx", "where": "第1个表格第4行", "cells": {"owner": "第1个表格第4行第11列"}},
    )
    step = create_milestone(session, task, first_due_on=date(2024, 4, 30))
    create_extension(session, step)
    create_evidence(session, create_deliverable(session, task), state=EvidenceState.REJECTED)
    create_instruction(session, task)
    session.add(
        TaskUnit(task_id=id_of(task), unit_id=id_of(create_unit(session, "测试二科")), progress="已完成一半")
    )
    session.add(
        ImportFinding(
            table_id=id_of(table),
            task_id=task.id,
            code="vague-deadline",
            severity=Severity.ERROR,
            message="时限不明",
        )
    )
    session.commit()
    return task


class TestShowTask:
    def test_it_tells_everything_about_the_task(self, console: Console) -> None:
        task = create_full_task(console)

        page = console.as_(OWNER).get(f"/tasks/{task.id}").text

        for words in (
            "9.2",
            "装备建设（7分）",
            "全国评审标准第三条",
            "得分项，满分2分",
            "配齐的得2分",
            "测试责任分解表",
            "测试表.docx",
            "第1个表格第4行第11列",
            "5月31日（周五）",
            "原定 4月30日（周二）",
            "设备到货推迟",
            "没有加盖公章",
            "请抓紧办理，按期报结果。",
            "已完成一半",
            "时限不明",
            COORDINATOR,
        ):
            assert words in page, words

    def test_what_a_person_may_not_see_is_not_there(self, console: Console) -> None:
        task = create_full_task(console)
        stranger = create_person(
            console.session, "测试外", unit_id=create_unit(console.session, "测试九科").id
        )
        client = console.as_(stranger)

        hidden, missing = client.get(f"/tasks/{task.id}"), client.get("/tasks/999999")

        assert hidden.status_code == missing.status_code == 404
        assert re.sub(r"\d+", "N", hidden.text) == re.sub(r"\d+", "N", missing.text)

    def test_refused_acts_say_every_reason(self, console: Console) -> None:
        task = create_full_task(console)

        page = console.as_(OWNER).get(f"/tasks/{task.id}").text

        assert "缺少第1项成果“该项工作情况说明”的佐证材料（未提交或已被退回）" in page
        assert "第1个节点“完成装备清点并形成台账”未完成" in page
        assert f'action="/tasks/{task.id}/submit"' not in page

    def test_allowed_acts_are_buttons(self, console: Console) -> None:
        task = create_task(console.session, state=TaskState.ISSUED)

        page = console.as_(OWNER).get(f"/tasks/{task.id}").text

        assert f'action="/tasks/{task.id}/accept"' in page
        assert f'action="/tasks/{task.id}/decline"' in page

    def test_a_coordinator_is_offered_to_record_what_the_leader_decided(self, console: Console) -> None:
        task = create_task(console.session, state=TaskState.AWAITING_CLOSURE)

        page = console.as_(COORDINATOR).get(f"/tasks/{task.id}").text

        assert "代录：销号" in page
        assert f'name="recorded_for" value="{create_person(console.session, LEADER).id}"' in page

    def test_what_may_not_be_seen_and_what_is_not_there_are_answered_alike(self, console: Console) -> None:
        hidden = create_task(console.session)
        client = console.as_(create_person(console.session, "测试壬", unit_id=None))

        for number in (hidden.id, 999):
            answer = client.get(f"/tasks/{number}")
            assert answer.status_code == 404
            assert f"没有编号为{number}的任务，或者您没有查看权限，请核对后重试。" in answer.text

    def test_it_says_by_whom_and_why_the_task_came_back(self, console: Console) -> None:
        task = create_task(console.session)
        for kind, reason in (("task.send_back", "清单缺页"), ("task.reject", "数字不符"), ("task.urge", "")):
            record(
                console.session,
                kind=kind,
                actor=actor_of(create_person(console.session, EXPEDITER)),
                at=NOON,
                subject="task",
                subject_id=task.id,
                task_id=task.id,
                data={"reason": reason},
            )
        console.session.commit()

        page = console.as_(OWNER).get(f"/tasks/{task.id}").text
        acts = page.split('id="acts"')[1].split("</section>")[0]

        assert f"{EXPEDITER}驳回：</b>数字不符<" in acts
        assert "清单缺页" not in acts

        task.state = TaskState.IN_REVIEW
        console.session.add(task)
        console.session.commit()
        page = console.as_(OWNER).get(f"/tasks/{task.id}").text
        assert "数字不符" not in page.split('id="acts"')[1].split("</section>")[0]

    def test_closing_asks_before_it_is_done(self, console: Console) -> None:
        task = create_task(console.session, state=TaskState.AWAITING_CLOSURE)

        page = console.as_(LEADER).get(f"/tasks/{task.id}").text

        assert "确认销号" in page
        assert '<button class="btn btn-primary" type="submit">销号' not in page

    def test_an_auditor_reads_and_is_offered_nothing(self, console: Console) -> None:
        task = create_full_task(console)
        auditor = create_person(console.session, "测试纪检", unit_id=None)
        console.session.add(
            CampaignRole(campaign_id=task.campaign_id, person_id=id_of(auditor), role=Role.AUDITOR)
        )

        page = console.as_(auditor).get(f"/tasks/{task.id}").text

        assert f'action="/tasks/{task.id}' not in page

    @pytest.mark.parametrize("who", [OWNER, EXPEDITER, LEADER, COORDINATOR])
    def test_every_part_finds_a_page_without_error(self, console: Console, who: str) -> None:
        task = create_full_task(console)
        for state in TaskState:
            task.state = state
            console.session.add(task)
            console.session.commit()
            assert console.as_(who).get(f"/tasks/{task.id}").status_code == 200, state

    def test_a_shared_list_says_with_which_task(self, console: Console) -> None:
        holder = create_full_task(console)
        sharer = create_task(
            console.session,
            title="人员培训",
            deliverables_from_id=holder.id,
            milestones_from_id=holder.id,
        )
        client = console.as_(OWNER)

        assert f'<a href="/tasks/{sharer.id}"> 人员培训</a>' in client.get(f"/tasks/{holder.id}").text
        page = client.get(f"/tasks/{sharer.id}").text
        assert f'<a href="/tasks/{holder.id}">9 装备配备</a>' in page
        assert "完成装备清点并形成台账" in page

    def test_occurrences_far_ahead_are_folded_until_they_are_asked_for(self, console: Console) -> None:
        task = create_task(console.session)
        series = create_milestone(
            console.session, task, kind=MilestoneKind.SERIES, due_on=None, recurrence="FREQ=MONTHLY", number=1
        )
        far = create_milestone(
            console.session,
            task,
            number=1,
            series_id=series.id,
            occurs_on=date(2024, 9, 30),
            due_on=date(2024, 9, 30),
        )
        client = console.as_(OWNER)
        report = f'action="/tasks/{task.id}/milestones/{far.id}/report"'

        assert report not in client.get(f"/tasks/{task.id}").text
        assert report in client.get(f"/tasks/{task.id}?step={far.id}").text

    def test_no_number_of_steps_or_files_asks_for_more_statements(self, console: Console) -> None:
        task = create_full_task(console)
        client = console.as_(OWNER)
        few = count_statements(console, lambda: client.get(f"/tasks/{task.id}"))
        for _ in range(20):
            step = create_milestone(console.session, task, state=MilestoneState.REPORTED)
            create_extension(console.session, step)
            create_evidence(console.session, create_deliverable(console.session, task))
        console.session.commit()

        many = count_statements(console, lambda: client.get(f"/tasks/{task.id}"))

        assert many == few <= 24


class TestHistory:
    def test_the_newest_thirty_are_shown_and_the_rest_on_demand(self, console: Console) -> None:
        task = create_task(console.session)
        actor = actor_of(create_person(console.session, EXPEDITER))
        for number in range(1, 41):
            record(
                console.session,
                kind="task.urge",
                actor=actor,
                at=NOON,
                subject="task",
                subject_id=task.id,
                task_id=task.id,
                data={"text": f"第{number}次催办"},
            )
        client = console.as_(OWNER)

        page = client.get(f"/tasks/{task.id}").text
        rest = client.get(f"/tasks/{task.id}/history/11", headers={"HX-Request": "true"}).text

        assert "第40次催办" in page
        assert "第11次催办" in page
        assert "第10次催办" not in page
        assert f"/tasks/{task.id}/history/11" in page
        assert "第10次催办" in rest
        assert "第1次催办" in rest
        assert "<html" not in rest
        assert "<html" in client.get(f"/tasks/{task.id}/history/11").text


def count_statements(console: Console, ask: object) -> int:
    assert callable(ask)
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    event.listen(console.engine, "before_cursor_execute", note)
    try:
        assert ask().status_code == 200
    finally:
        event.remove(console.engine, "before_cursor_execute", note)
    return len(found)


class TestWhatIsNeverDone:
    """What can never be done to a row of its kind is not shown as something that cannot be done now."""

    def test_a_series_says_how_many_occurrences_are_left_and_offers_no_report(self, console: Console) -> None:
        task = create_task(console.session)
        series = create_milestone(
            console.session, task, kind=MilestoneKind.SERIES, due_on=None, recurrence="FREQ=MONTHLY"
        )
        for month, state in ((3, MilestoneState.PENDING), (2, MilestoneState.MET)):
            create_milestone(
                console.session,
                task,
                series_id=series.id,
                occurs_on=date(2024, month, 5),
                due_on=date(2024, month, 5),
                state=state,
                met_at=NOON if state is MilestoneState.MET else None,
            )

        page = console.as_(OWNER).get(f"/tasks/{task.id}").text
        box = page.split(f'id="milestone-{series.id}"')[1].split("</li>")[0]

        assert "共 2 期，1 期未完成" in box
        assert "暂不能办理" not in box
        assert "报告" not in box

    def test_a_step_that_archiving_meets_offers_no_report(self, console: Console) -> None:
        task = create_task(console.session)
        step = create_milestone(console.session, task, kind=MilestoneKind.ARCHIVE)

        page = console.as_(OWNER).get(f"/tasks/{task.id}").text
        box = page.split(f'id="milestone-{step.id}"')[1].split("</li>")[0]

        assert "归档" in box
        assert "报告完成" not in box

    def test_of_forty_people_in_one_part_most_are_folded(self, console: Console) -> None:
        task = create_task(console.session)
        for place in range(39):
            person = create_person(console.session, f"测试众{place:02d}")
            create_part(console.session, task, person, Role.OWNER, position=place + 1)

        page = console.as_(OWNER).get(f"/tasks/{task.id}").text

        assert "另有 32 人" in page
        assert "测试众38" in page
        assert "等40人" in console.as_(OWNER).get("/tasks").text


class TestHandingInRefused:
    def refusals(self, console: Console, task: Task) -> list[str]:
        box = (
            console.as_(OWNER)
            .get(f"/tasks/{task.id}")
            .text.split('id="deliverables"')[1]
            .split("</section>")[0]
        )
        return re.findall(r"<summary>.*?<span>提交材料</span>.*?</details>", box, re.DOTALL)

    def test_the_same_reasons_for_all_are_said_once_above_the_list(self, console: Console) -> None:
        task = create_task(console.session, state=TaskState.ISSUED)
        for number in range(1, 4):
            create_deliverable(console.session, task, number=number, text=f"第{number}份说明")
        console.session.commit()

        (said,) = self.refusals(console, task)

        assert "各项成果所属任务现在是“待签收”，“办理中”时才能提交材料" in said

    def test_of_one_deliverable_they_stand_with_it(self, console: Console) -> None:
        task = create_task(console.session, state=TaskState.ISSUED)
        create_deliverable(console.session, task)
        console.session.commit()
        assert len(self.refusals(console, task)) == 1


class TestNamesOfActs:
    def test_an_act_on_a_step_or_a_deliverable_says_which_one(self, console: Console) -> None:
        """Whoever hears a page goes from button to button: 申请延期 five times over says nothing."""
        task = create_task(console.session, state=TaskState.ACTIVE)
        create_milestone(console.session, task, text="完成清点")
        create_deliverable(console.session, task, text="情况说明")
        console.session.commit()

        page = console.as_(OWNER).get(f"/tasks/{task.id}").text

        labels = re.findall(r'<summary class="btn [^"]*" aria-label="([^"]*)"', page)
        assert {"报告完成：完成清点", "申请延期：完成清点", "提交材料：情况说明"} <= set(labels)
