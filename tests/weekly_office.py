"""An invented office in the middle of its year, for reports: late, done, extended, suspended, silent and well."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from tests import factories
from tracker.clock import office_moment
from tracker.identity import id_of
from tracker.models import Deduction, Milestone, Task
from workflows.extension import ExtensionState
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.task import TaskState

MONDAY_MORNING = datetime(2024, 6, 3, 0, 40, tzinfo=UTC)  # 08:40 at the office, after week 22
_OWNERS = ("张三丰", "李寻欢", "郭大路", "花满楼", "陆小凤", "王语嫣")
_DUTIES = (
    ("执法装备配备", "完成执法装备清点并形成台账", "完成缺口装备采购", "组织装备使用培训"),
    ("重点企业巡查", "制定重点企业巡查名单", "完成上半年巡查", "报送巡查情况报告"),
    ("案卷质量评查", "印发评查通知", "完成首轮案卷互评", "形成评查通报"),
    ("执法人员练兵", "报送参训人员名单", "完成线上学习和测试", "组织现场比武"),
    ("在线监测核查", "完成监测点位核对", "报送异常数据核查情况", "完成设备比对"),
    ("信访问题化解", "梳理历年信访问题清单", "完成重点信访件回访", "报送化解情况"),
)
_UNITS = ("综合协调科", "执法一大队", "执法二大队", "法制审核科", "监测监控科", "信访和应急管理办公室")


def build_office(session: Session) -> list[Task]:
    """Eighteen tasks of six units, three milestones each, and one of every case that a report tells of."""
    root = factories.create_unit(session, "云岭市生态环境综合执法支队")
    units = [factories.create_unit(session, name, parent=root) for name in _UNITS]
    leaders = [factories.create_person(session, name, title="副支队长") for name in ("赵半山", "陈家洛")]
    expediters = [factories.create_person(session, name) for name in ("石破天", "苗若兰")]
    campaign = factories.create_campaign(session, "2024年执法大练兵", kind="大练兵")
    tasks = []
    for place in range(18):
        unit, duty = place % 6, _DUTIES[place % 6]
        owner = factories.create_person(session, _OWNERS[unit], unit_id=units[unit].id)
        tasks.append(
            factories.create_task(
                session,
                campaign=campaign,
                title=duty[0] + ("", "（第二批）", "（县区）")[place // 6],
                seq=str(place + 1),
                position=place,
                owner=owner,
                expediter=expediters[place % 2],
                leader=leaders[place % 2],
                lead_unit_id=units[unit].id,
                score={"kind": "points", "max": (3.0, 2.0, 1.5)[place // 6], "rules": []},
            )
        )
        _add_steps(session, tasks[-1], place, duty[1:])
    _tell_stories(session, tasks)
    session.flush()
    return tasks


def _add_steps(session: Session, task: Task, place: int, texts: tuple[str, ...]) -> None:
    first = date(2024, 3, 8) + timedelta(days=5 * place)
    for number, text in enumerate(texts):
        due_on = first + timedelta(days=42 * number)
        fields: dict[str, Any] = {"text": text, "due_on": due_on}
        done_on = due_on + timedelta(days=(-6, -1, 0, 4, -3)[(place + number) % 5])
        if done_on < date(2024, 6, 3) and (place + 2 * number) % 7 != 3:
            moment = office_moment(done_on, 15)
            fields |= {
                "state": MilestoneState.MET,
                "reported_at": moment,
                "met_at": moment + timedelta(hours=20),
            }
        factories.create_milestone(session, task, **fields)


def _tell_stories(session: Session, tasks: list[Task]) -> None:
    for place in (0, 1, 4):
        _close(session, tasks[place], office_moment(date(2024, 5, 29 + place % 3), 16))
    tasks[5].state, tasks[5].interrupted_state = TaskState.SUSPENDED, TaskState.ACTIVE
    tasks[17].state, tasks[17].accepted_at = TaskState.ISSUED, None
    tasks[17].issued_at, tasks[17].accept_by_on = office_moment(date(2024, 5, 27), 10), date(2024, 5, 29)
    _extend(session, tasks[8])
    factories.create_milestone(
        session,
        tasks[2],
        text="常态化开展案卷网上抽查",
        kind=MilestoneKind.STANDING,
        due_on=None,
        reported_at=office_moment(date(2024, 4, 12), 11),
    )
    factories.create_milestone(
        session, tasks[9], text="长期坚持每日线上练习", kind=MilestoneKind.STANDING, due_on=None
    )
    factories.create_instruction(
        session,
        tasks[3],
        text="请说明名单迟报的原因，并于周五前报齐。",
        given_at=office_moment(date(2024, 5, 30), 9),
    )
    deductions = factories.create_task(
        session,
        title="执法不规范扣分",
        seq="19",
        position=19,
        score={"kind": "deduct", "max": 2.0, "rules": []},
    )
    deductions.lead_unit_id = tasks[3].lead_unit_id
    for task, points in ((deductions, 0.4), (tasks[0], 0.5)):
        session.add(
            Deduction(
                task_id=id_of(task),
                on=date(2024, 5, 20),
                points=points,
                note="文书不规范",
                recorded_at=office_moment(date(2024, 5, 21), 10),
            )
        )


def _steps_of(session: Session, task: Task) -> Sequence[Milestone]:
    return session.exec(
        select(Milestone).where(Milestone.task_id == task.id).order_by(col(Milestone.number))
    ).all()


def _close(session: Session, task: Task, at: datetime) -> None:
    """Every open step is met two days before the task is closed."""
    task.state, task.closed_at = TaskState.CLOSED, at
    for step in _steps_of(session, task):
        if step.state is not MilestoneState.MET:
            step.state = MilestoneState.MET
            step.reported_at, step.met_at = at - timedelta(days=3), at - timedelta(days=2)


def _extend(session: Session, task: Task) -> None:
    """The last step was granted a month; for the one before, a month is asked for too late."""
    earlier, last = _steps_of(session, task)[1:3]
    assert last.due_on
    assert earlier.due_on
    before, last.due_on = last.due_on, last.due_on + timedelta(days=30)
    asked_at = office_moment(date(2024, 5, 28), 10)
    factories.create_extension(
        session,
        last,
        state=ExtensionState.GRANTED,
        from_due_on=before,
        to_due_on=last.due_on,
        reason="外部专家档期调整",
        requested_at=asked_at,
        decided_at=asked_at + timedelta(days=1),
    )
    earlier.due_on = earlier.first_due_on = date(2024, 5, 24)
    earlier.state, earlier.reported_at, earlier.met_at, earlier.was_overdue = (
        MilestoneState.PENDING,
        None,
        None,
        True,
    )
    factories.create_extension(
        session,
        earlier,
        to_due_on=date(2024, 6, 24),
        reason="县区材料没有报齐",
        is_late=True,
        requested_at=asked_at,
    )
