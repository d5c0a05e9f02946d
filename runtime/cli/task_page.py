"""The page of one task as people read it at a terminal."""

from __future__ import annotations

from typing import Any

from runtime.cli.output import office_time, print_table, say
from tracker.lights import BACKFILLED, LIGHT_LABELS, Light, light_name
from workflows.extension import EXTENSION_WORKFLOW, ExtensionState
from workflows.milestone import MILESTONE_WORKFLOW, MilestoneKind, MilestoneState
from workflows.roles import ROLE_LABELS, Role
from workflows.task import TaskState

EVIDENCE_LABELS = {"submitted": "待审核", "accepted": "已通过", "rejected": "已退回", "superseded": "旧版"}
SEVERITY_LABELS = {"error": "错误", "warning": "提醒", "info": "说明"}
KIND_LABELS = {
    MilestoneKind.ARCHIVE: "（归档）",
    MilestoneKind.STANDING: "（常态化）",
    MilestoneKind.SERIES: "（总项）",
}


def print_task_page(page: dict[str, Any]) -> None:
    """Print what `views.task_page` gathered."""
    say(f"任务{page['id']}　{page['label'] or ''}　{page['title']}")
    mark = f"（{BACKFILLED}）" if page["is_backfilled"] else ""
    light = f"{LIGHT_LABELS[Light(page['light'])]}{mark}"
    say(f"状态：{page['state_label']}　灯：{light}　专项工作：{page['campaign']}")
    if page["group"]:
        say(f"分组：{page['group']}")
    say(f"要求：{page['requirement']}")
    for role, names in page["people"].items():
        say(f"{ROLE_LABELS[Role(role)]}：{'、'.join(names) or '（没有指定）'}")
    if page["lead_unit"]:
        say(f"牵头单位：{page['lead_unit']}")
    _print_units(page["units"])
    if page["accept_by_on"] and page["state"] == TaskState.ISSUED:
        say(f"签收期限：{page['accept_by_on']}")
    _print_milestones(page)
    _print_deliverables(page)
    _print_notes(page)
    _print_timeline(page["timeline"])


def _print_units(units: list[dict[str, Any]]) -> None:
    """The units that assist in one line, and what each has told of its progress in a line of its own."""
    if units:
        say(f"责任单位：{'、'.join(each['name'] for each in units)}")
    for each in units:
        if each["progress"]:
            say(f"  {each['name']}进展（{office_time(each['progress_at'])}）：{each['progress']}")


def _print_milestones(page: dict[str, Any]) -> None:
    say()
    holder = page["shared"]["milestones"]
    say(f"时间节点（与任务{holder}共用）：" if holder else "时间节点：")
    print_table(
        ["编号", "节点", "时限", "状态", "灯"],
        [
            (
                each["id"],
                f"{each['number']}. {each['text']}{KIND_LABELS.get(MilestoneKind(each['kind']), '')}",
                _due_in_words(each),
                MILESTONE_WORKFLOW.state_labels[MilestoneState(each["state"])],
                light_name(Light(each["light"]), is_backfilled=each["done_on"] is not None),
            )
            for each in page["milestones"]
        ],
    )
    for milestone in page["milestones"]:
        if milestone["done_on"]:
            say(
                f"  补录（节点{milestone['id']}）：{milestone['done_on']}完成，依据：{milestone['done_basis']}"
            )
        for each in milestone["extensions"]:
            label = EXTENSION_WORKFLOW.state_labels[ExtensionState(each["state"])]
            say(
                f"  延期申请{each['id']}（节点{milestone['id']}）：{each['from_due_on']} → {each['to_due_on']}，{label}"
            )


def _due_in_words(milestone: dict[str, Any]) -> str | None:
    if milestone["due_on"] is None:
        return f"待“{milestone['waits_for']}”" if milestone["waits_for"] else milestone["span"]
    moved = milestone["first_due_on"] and milestone["first_due_on"] != milestone["due_on"]
    first = f"（原 {milestone['first_due_on']}）" if moved else ""
    return f"{milestone['due_on']}{first}{'（暂定）' if milestone['is_provisional'] else ''}"


def _print_deliverables(page: dict[str, Any]) -> None:
    say()
    holder = page["shared"]["deliverables"]
    say(f"成果（与任务{holder}共用）：" if holder else "成果：")
    for each in page["deliverables"]:
        say(f"  {each['number']}. {each['text']}{'' if each['is_required'] else '（可选）'}")
        for evidence in each["evidence"]:
            label = EVIDENCE_LABELS[evidence["state"]]
            reason = f"：{evidence['review_reason']}" if evidence["review_reason"] else ""
            say(
                f"     材料{evidence['id']}　{evidence['name']}　第{evidence['version']}版　"
                f"{evidence['submitted_by']}　{label}{reason}"
            )


def _print_notes(page: dict[str, Any]) -> None:
    for each in page["instructions"]:
        answer = "已回应" if each["acknowledged_at"] else "尚未回应"
        say(f"批示{each['id']}（{office_time(each['given_at'])}，{answer}）：{each['text']}")
    for each in page["deductions"]:
        say(f"扣分（{each['on']}）：{each['points']:g}分，{each['note']}")
    for each in page["findings"]:
        settled = "已处理" if each["settled"] else "未处理"
        say(f"导入问题{each['id']}（{SEVERITY_LABELS[each['severity']]}，{settled}）：{each['message']}")


def _print_timeline(events: list[dict[str, Any]]) -> None:
    say()
    say("办理过程：")
    for event in events:
        recorder = f"（{event['recorded_by']}代录）" if event["recorded_by"] else ""
        say(
            f"  {office_time(event['at'])}　{event['actor']}{recorder}　{event['label']}{_particulars(event['data'])}"
        )


def _particulars(data: dict[str, Any]) -> str:
    """What tells one event from the next of its kind: the piece of evidence, and the reason given."""
    evidence = (
        f"（第{data['deliverable']}项“{data['name']}”第{data['version']}版）"
        if {"deliverable", "name", "version"} <= data.keys()
        else ""
    )
    return evidence + (f"：{data['reason']}" if data.get("reason") else "")
