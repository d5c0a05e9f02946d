"""One task in the middle of its life, as the page of a task shows it: made by the services, so that its history is true."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO
from itertools import count

from sqlmodel import Session, select

from benchmarks.office import AT, expediter_of, leader_of, owner_of
from benchmarks.registers import COORDINATOR
from tracker.evidence_store import EvidenceStore
from tracker.identity import id_of
from tracker.models import Deliverable, Milestone, ResponsibilityTable, Task, TaskUnit
from tracker.services.auditing import Actor
from tracker.services.comments import write_comment
from tracker.services.evidence import accept_evidence, hand_in_content, hand_in_link, reject_evidence
from tracker.services.extensions import grant_extension, request_extension
from tracker.services.instructions import acknowledge_instruction, give_instruction, urge_task
from tracker.services.milestones import confirm_milestone, report_milestone
from workflows.milestone import MilestoneKind

STEPS = ("编制装备配备方案", "清点现有装备", "完成采购", "组织装备培训", "开展装备核查", "完成档案归档并上报")
PAPERS = ("该项情况简介", "装备配备方案", "设备采购资料", "培训签到表和照片", "装备台账")


def fill_busy_task(session: Session, store: EvidenceStore, task_id: int) -> None:
    """Give an active task six milestones, five deliverables and what happened to them. The caller commits."""
    task = session.get_one(Task, task_id)
    _describe(session, task)
    steps, papers = _steps(session, task), _papers(session, task)
    moments = _working_hours()
    _work_off(session, task, steps, moments)
    _hand_in(session, store, papers, task, moments)
    _talk(session, task, moments)


def _describe(session: Session, task: Task) -> None:
    table = ResponsibilityTable(
        campaign_id=task.campaign_id,
        title="2024年测试专项责任分解表",
        year=2024,
        source_name="测试专项.docx",
        source_sha256="0" * 64,
        columns={},
        imported_at=AT,
    )
    session.add(table)
    session.flush()
    task.table_id = table.id
    task.group = "机构规范化建设（7分）"
    task.requirement = "按标准配齐执法装备，逐件登记，建立台账，专人保管，定期维护。" * 4
    task.basis = "执法装备按照配备标准达到百分之九十以上得3分，达到百分之八十以上得2分，否则不得分。"
    task.score = {"kind": "points", "max": 3.0, "rules": [{"condition": "达到百分之九十以上得3分"}]}
    cells = {
        "seq": "第5行第1列",
        "requirement": "第5行第3列",
        "owner": "第5行第6列",
        "milestones": "第5行第8列",
    }
    task.source = {"file": "测试专项.docx", "where": "第1个表格第5行", "cells": cells}
    session.add_all([task, *(TaskUnit(task_id=id_of(task), unit_id=unit, position=unit) for unit in (2, 3))])


def _steps(session: Session, task: Task) -> list[Milestone]:
    found = list(session.exec(select(Milestone).where(Milestone.task_id == task.id)).all())
    made = [
        Milestone(task_id=id_of(task), number=number, text="", span="年底前", due_on=date(2024, 12, 31))
        for number in range(len(found) + 1, len(STEPS) + 1)
    ]
    for step, text in zip([*found, *made], STEPS, strict=True):
        step.text = text
        step.first_due_on = step.due_on
    made[-1].kind = MilestoneKind.ARCHIVE
    session.add_all([*found, *made])
    session.flush()
    return [*found, *made]


def _papers(session: Session, task: Task) -> list[Deliverable]:
    papers = [
        Deliverable(task_id=id_of(task), number=number, text=text) for number, text in enumerate(PAPERS, 1)
    ]
    session.add_all(papers)
    session.flush()
    return papers


def _working_hours() -> Iterator[datetime]:
    """A day apart, the last month long."""
    return (AT - timedelta(days=40 - day) for day in count())


def _work_off(session: Session, task: Task, steps: list[Milestone], moments: Iterator[datetime]) -> None:
    """Two steps are met, one waits for its review, one was given a later day."""
    owner, expediter, leader = owner_of(id_of(task)), expediter_of(id_of(task)), leader_of(id_of(task))
    for step in steps[:3]:
        report_milestone(
            session, id_of(step), note=f"{step.text}，已按要求办结。", actor=owner, at=next(moments)
        )
    for step in steps[:2]:
        confirm_milestone(session, id_of(step), actor=expediter, at=next(moments))
    late = steps[3]
    wanted = (late.due_on or AT.date()) + timedelta(days=20)
    reason = "培训教室正在维修，请求顺延。"
    asked = request_extension(
        session, id_of(late), to_due_on=wanted, reason=reason, actor=owner, at=next(moments)
    )
    grant_extension(session, id_of(asked), actor=leader, at=next(moments), reason="同意")


def _hand_in(
    session: Session, store: EvidenceStore, papers: list[Deliverable], task: Task, moments: Iterator[datetime]
) -> None:
    """Of five deliverables one has two versions, one is accepted, one is a link, one waits, and one is missing."""
    owner, expediter = owner_of(id_of(task)), expediter_of(id_of(task))
    for paper, edition in ((papers[0], 1), (papers[1], 1), (papers[0], 2), (papers[2], 1)):
        content = f"{paper.text}，第{edition}稿".encode()
        name = f"{paper.text}.txt"
        stored = store.add(BytesIO(content), name=name)
        handed_in = hand_in_content(
            session, [id_of(paper)], stored, name=name, actor=owner, at=next(moments)
        )[0]
        if paper is papers[0] and edition == 1:
            reject_evidence(
                session, id_of(handed_in), reason="缺少盖章页。", actor=expediter, at=next(moments)
            )
        if paper is papers[1]:
            accept_evidence(session, id_of(handed_in), actor=expediter, at=next(moments))
    link = "https://oa.example.org/albums/17"
    hand_in_link(session, [id_of(papers[3])], link, name="培训照片", actor=owner, at=next(moments))


def _talk(session: Session, task: Task, moments: Iterator[datetime]) -> None:
    number = id_of(task)
    owner, leader, coordinator = owner_of(number), leader_of(number), Actor(COORDINATOR, f"测试{COORDINATOR}")
    urge_task(session, number, text="请尽快补齐培训资料。", actor=coordinator, at=next(moments))
    told = give_instruction(session, number, text="务必在月底前到位。", actor=leader, at=next(moments))
    acknowledge_instruction(session, id_of(told), actor=owner, at=next(moments))
    give_instruction(session, number, text="经费问题报办公室研究。", actor=leader, at=next(moments))
    write_comment(session, number, text="采购合同已经签订，下周到货。", actor=owner, at=next(moments))
    write_comment(session, number, text="收到，请同步更新台账。", actor=coordinator, at=next(moments))
