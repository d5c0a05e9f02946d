"""The life of one task, as its events tell it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import reduce

from sqlmodel import Session, col, select

from tracker.clock import office_day
from tracker.identity import id_of
from tracker.models import AuditEvent, Task
from workflows.extension import EXTENSION_WORKFLOW
from workflows.kernel import Workflow
from workflows.milestone import MILESTONE_WORKFLOW
from workflows.task import TASK_WORKFLOW, TaskState


def _labels_of(subject: str, workflow: Workflow, prefix: str = "") -> dict[str, str]:
    return {f"{subject}.{trigger}": f"{prefix}{label}" for trigger, label in workflow.trigger_labels.items()}


EVENT_LABELS: dict[str, str] = {
    **_labels_of("task", TASK_WORKFLOW),
    **_labels_of("milestone", MILESTONE_WORKFLOW, "节点"),
    **_labels_of("extension", EXTENSION_WORKFLOW),
    "task.create": "录入任务",
    "task.change": "修改任务",
    "task.urge": "催办",
    "task.conclude": "随专项工作结束",
    "task.step": "推进一步",
    "milestone.recount": "按新公布的工作日历重新计算时限",
    "comment.write": "留言",
    "instruction.give": "批示",
    "instruction.acknowledge": "签阅批示",
    "evidence.hand_in": "提交佐证材料",
    "evidence.accept": "佐证材料审核通过",
    "evidence.reject": "退回佐证材料",
    "event.record": "登记事件",
    "deduction.record": "登记扣分",
    "import.commit": "导入责任分解表",
    "finding.settle": "处理导入问题",
    "package.build": "生成归档材料包",
    "task.roll_out": "按延长的工作期限生成节点",
    "report.send": "发送通报",
    "letter.retry": "重新投递通知",
    "unit.create": "新增单位",
    "unit.change": "修改单位",
    "unit.deactivate": "停用单位",
    "unit.reactivate": "启用单位",
    "unit.progress": "单位报送进展",
    "milestone.date": "确定节点时限",
    "person.create": "新增人员",
    "person.change": "修改人员",
    "person.alias": "确认姓名写法",
    "person.appoint": "指定人员",
    "person.dismiss": "免去人员",
    "person.reassign": "换人",
    "person.hand_over": "移交工作",
    "person.deactivate": "停用人员",
    "person.reactivate": "启用人员",
    "calendar.import": "导入工作日历",
    "campaign.create": "建立专项工作",
    "campaign.appoint": "指定专项工作人员",
    "campaign.change": "修改专项工作",
    "campaign.dismiss": "免去专项工作人员",
    "campaign.close": "结束专项工作",
    "account.create": "开通账号",
    "account.activate": "用一次性代码设置密码",
    "account.reset": "重置账号",
    "account.factor_enroll": "启用动态口令",
    "account.factor_codes": "更换恢复码",
    "account.factor_remove": "停用动态口令",
    "account.factor_reset": "重置动态口令",
    "account.lock": "锁定账号",
    "account.unlock": "解锁账号",
    "password.set": "设置密码",
    "password.change": "修改密码",
    "token.create": "签发接口令牌",
    "token.revoke": "作废接口令牌",
    "webhook.create": "新增事件推送",
    "webhook.change": "修改事件推送",
    "webhook.renew": "更换事件推送密钥",
    "webhook.remove": "删除事件推送",
    "webhook.retry": "重新推送事件",
}


def label_event(kind: str) -> str:
    """What an event is called in the office; its own name where the office has none."""
    return EVENT_LABELS.get(kind, kind)


def list_timeline(session: Session, task_id: int) -> Sequence[AuditEvent]:
    """Everything that happened to a task, the oldest first. `data` of each is JSON: from, to, reason, changed."""
    return session.exec(
        select(AuditEvent).where(AuditEvent.task_id == task_id).order_by(col(AuditEvent.id))
    ).all()


Pause = tuple[date, date]  # the office days of 中止 and 恢复


def list_interruptions_of_list(session: Session, tasks: Sequence[Task]) -> list[Pause]:
    """When all tasks that one list serves were suspended at once; drafts and cancelled ones are not asked.

    The oldest first. For one task these are its own interruptions.
    """
    counted = [task for task in tasks if task.state not in (TaskState.DRAFT, TaskState.CANCELLED)]
    if not counted:
        return []
    return reduce(_overlaps, (_pauses_of(session, task) for task in counted))


def _pauses_of(session: Session, task: Task) -> list[Pause]:
    return list_interruptions(session, id_of(task), until=date.max)


def _overlaps(first: Sequence[Pause], second: Sequence[Pause]) -> list[Pause]:
    both = ((max(a[0], b[0]), min(a[1], b[1])) for a in first for b in second)
    return sorted((begin, end) for begin, end in both if begin < end)


def list_interruptions(session: Session, task_id: int, *, until: date | None = None) -> list[Pause]:
    """When a task was suspended and resumed, the oldest first; with `until` also one that goes on, up to that day."""
    events = session.exec(
        select(AuditEvent)
        .where(AuditEvent.task_id == task_id, col(AuditEvent.kind).in_(("task.suspend", "task.resume")))
        .order_by(col(AuditEvent.id))
    ).all()
    pairs: list[Pause] = []
    suspended_on: date | None = None
    for event in events:
        day = office_day(event.at)
        if event.kind == "task.suspend":
            suspended_on = day
        elif suspended_on is not None:
            pairs.append((suspended_on, day))
            suspended_on = None
    if suspended_on is not None and until is not None:
        pairs.append((suspended_on, until))
    return pairs
