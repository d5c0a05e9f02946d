"""Every line of the task table: it fires for the right people, and is refused for each thing that is missing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from workflows.kernel import GuardsUnmet, Rule, TransitionNotAllowed, explain, fire
from workflows.roles import Role
from workflows.task import (
    OPEN_STATES,
    TASK_WORKFLOW,
    DeliverableFacts,
    MilestoneFacts,
    TaskFacts,
    TaskState,
    TaskTrigger,
)

# Facts with which every line may be fired, but for the role.
SATISFIED = TaskFacts(
    reason="情况有变",
    deliverables=(DeliverableFacts(1, "工作目录", is_handed_in=True, is_accepted=True),),
    milestones=(
        MilestoneFacts(1, "出台方案", is_done=True),
        MilestoneFacts(2, "常态化开展", is_standing=True),
        MilestoneFacts(3, "完成归档", is_archiving=True),
    ),
    is_package_verified=True,
    interrupted_state=TaskState.ACTIVE,
)
REFERENCE = {
    ("issue", "draft", "issued", "coordinator"),
    ("accept", "issued", "active", "owner"),
    ("decline", "issued", "draft", "owner"),
    ("submit", "active", "in_review", "owner"),
    ("send_back", "in_review", "active", "reviewer"),
    ("approve", "in_review", "awaiting_closure", "reviewer"),
    ("reject", "awaiting_closure", "active", "leader"),
    ("close", "awaiting_closure", "closed", "leader"),
    ("archive", "closed", "archived", "coordinator"),
    ("reopen", "closed", "active", "leader"),
    *(("suspend", state, "suspended", "leader") for state in OPEN_STATES),
    *(("resume", "suspended", state, "leader") for state in OPEN_STATES),
    *(
        ("cancel", state, "cancelled", role)
        for state in TaskState
        if state not in (TaskState.ARCHIVED, TaskState.CANCELLED)
        for role in ("leader", "coordinator")
    ),
}
LINES = [(rule, source) for rule in TASK_WORKFLOW.rules for source in rule.sources]
LINE_NAMES = [f"{rule.trigger}-from-{source}" for rule, source in LINES]
UNMET: list[tuple[TaskTrigger, dict[str, Any], str, str]] = [
    (TaskTrigger.ISSUE, {"has_owner": False}, "missing-person", "没有责任人，请先指定责任人"),
    (TaskTrigger.ISSUE, {"has_expediter": False}, "missing-person", "没有盯办人，请先指定盯办人"),
    (TaskTrigger.ISSUE, {"has_leader": False}, "missing-person", "没有分管领导，请先指定分管领导"),
    (
        TaskTrigger.ISSUE,
        {"milestones": (), "deliverables": ()},
        "nothing-to-do",
        "没有时间节点，也没有成果，请至少补充一项",
    ),
    (
        TaskTrigger.ISSUE,
        {"open_import_errors": ("第3行缺少责任人",)},
        "open-import-error",
        "导入问题未处理：第3行缺少责任人",
    ),
    (
        TaskTrigger.SUBMIT,
        {"deliverables": (DeliverableFacts(3, "设备采购资料"),)},
        "missing-evidence",
        "缺少第3项成果“设备采购资料”的佐证材料（未提交或已被退回）",
    ),
    (
        TaskTrigger.SUBMIT,
        {"milestones": (MilestoneFacts(1, "出台方案"),)},
        "open-milestone",
        "第1个节点“出台方案”未完成，须报告完成并经确认，或由分管领导豁免",
    ),
    (
        TaskTrigger.SUBMIT,
        {"milestones": (MilestoneFacts(1, "出台方案", is_reported=True),)},
        "open-milestone",
        "第1个节点“出台方案”已报告，尚待审核确认",
    ),
    *(
        (
            trigger,
            {"deliverables": (DeliverableFacts(1, "工作目录", is_handed_in=True),)},
            "unaccepted-evidence",
            "第1项成果“工作目录”的佐证材料尚未审核通过",
        )
        for trigger in (TaskTrigger.APPROVE, TaskTrigger.CLOSE)
    ),
    *(
        (trigger, {"actor_submitted": True}, "own-work", "提交人不能审核自己提交的材料")
        for trigger in (TaskTrigger.APPROVE, TaskTrigger.SEND_BACK)
    ),
    *(
        (trigger, {"has_reviewer": False}, "no-reviewer", "请另外指定一名不是责任人的盯办人或者协调员")
        for trigger in (TaskTrigger.APPROVE, TaskTrigger.SEND_BACK)
    ),
    (TaskTrigger.CLOSE, {"actor_reviewed": True}, "own-review", "审核人不能销号"),
    (TaskTrigger.CLOSE, {"has_closer": False}, "no-closer", "请另外指定一名没有参与审核的分管领导"),
    (TaskTrigger.ARCHIVE, {"is_package_verified": False}, "no-package", "请先生成归档材料包"),
    (TaskTrigger.RESUME, {"interrupted_state": None}, "no-interruption", "没有中止前的状态记录"),
]


def facts_for(rule: Rule, **changes: Any) -> TaskFacts:
    return replace(SATISFIED, **{"actor_roles": rule.roles, **changes})


def test_the_table_is_the_reference_line_by_line() -> None:
    declared = {
        (rule.trigger.value, source.value, dest.value, role.value)
        for rule in TASK_WORKFLOW.rules
        for source in rule.sources
        for dest in rule.dests
        for role in rule.roles
    }
    assert declared == REFERENCE


class TestFire:
    @pytest.mark.parametrize(("rule", "source"), LINES, ids=LINE_NAMES)
    def test_each_line_fires_for_each_of_its_roles(self, rule: Rule, source: TaskState) -> None:
        for role in rule.roles:
            facts = facts_for(rule, actor_roles=frozenset({role}))
            dest = TaskState.ACTIVE if len(rule.dests) > 1 else rule.dests[0]
            assert explain(TASK_WORKFLOW, source, rule.trigger, facts) == []
            assert fire(TASK_WORKFLOW, source, rule.trigger, facts) is dest

    @pytest.mark.parametrize(("rule", "source"), LINES, ids=LINE_NAMES)
    def test_no_line_fires_for_anybody_else(self, rule: Rule, source: TaskState) -> None:
        facts = facts_for(rule, actor_roles=frozenset(set(Role) - rule.roles))
        with pytest.raises(GuardsUnmet) as refusal:
            fire(TASK_WORKFLOW, source, rule.trigger, facts)
        assert [condition.code for condition in refusal.value.unmet] == ["wrong-role"]

    @pytest.mark.parametrize("rule", TASK_WORKFLOW.rules, ids=lambda rule: str(rule.trigger))
    def test_no_line_fires_from_a_state_that_it_does_not_name(self, rule: Rule) -> None:
        for state in set(TaskState) - set(rule.sources):
            with pytest.raises(TransitionNotAllowed) as refusal:
                fire(TASK_WORKFLOW, state, rule.trigger, facts_for(rule))
            assert [condition.code for condition in refusal.value.unmet] == ["wrong-state"]

    @pytest.mark.parametrize(
        "rule",
        [rule for rule in TASK_WORKFLOW.rules if rule.needs_reason],
        ids=lambda rule: str(rule.trigger),
    )
    @pytest.mark.parametrize("reason", [None, "", "  "])
    def test_what_needs_a_reason_is_refused_without_one(self, rule: Rule, reason: str | None) -> None:
        with pytest.raises(GuardsUnmet, match="须写明理由"):
            fire(TASK_WORKFLOW, rule.sources[0], rule.trigger, facts_for(rule, reason=reason))

    def test_a_reason_is_asked_for_exactly_where_the_reference_does(self) -> None:
        asked = {rule.trigger.value for rule in TASK_WORKFLOW.rules if rule.needs_reason}
        assert asked == {"decline", "send_back", "reject", "reopen", "suspend", "resume", "cancel"}

    @pytest.mark.parametrize(("trigger", "changes", "code", "sentence"), UNMET)
    def test_each_unmet_condition_is_refused_with_what_would_satisfy_it(
        self, trigger: TaskTrigger, changes: dict[str, Any], code: str, sentence: str
    ) -> None:
        rule = TASK_WORKFLOW.rule(trigger)
        with pytest.raises(GuardsUnmet) as refusal:
            fire(TASK_WORKFLOW, rule.sources[0], trigger, facts_for(rule, **changes))
        assert [condition.code for condition in refusal.value.unmet] == [code]
        assert sentence in str(refusal.value)

    def test_every_guard_of_the_table_is_tried_above(self) -> None:
        guarded = {rule.trigger for rule in TASK_WORKFLOW.rules if rule.guards}
        assert guarded == {trigger for trigger, *_ in UNMET}

    @pytest.mark.parametrize("interrupted", OPEN_STATES)
    def test_resuming_leads_back_to_where_it_was_interrupted(self, interrupted: TaskState) -> None:
        rule = TASK_WORKFLOW.rule(TaskTrigger.RESUME)
        facts = facts_for(rule, interrupted_state=interrupted)
        assert fire(TASK_WORKFLOW, TaskState.SUSPENDED, TaskTrigger.RESUME, facts) is interrupted


class TestExplain:
    def test_a_refusal_lists_everything_at_once(self) -> None:
        facts = TaskFacts(
            has_owner=False,
            has_expediter=False,
            has_leader=False,
            open_import_errors=("第1行没有时限", "第2行没有成果"),
        )
        unmet = explain(TASK_WORKFLOW, TaskState.ACTIVE, TaskTrigger.ISSUE, facts)
        assert [condition.code for condition in unmet] == [
            "wrong-state",
            "wrong-role",
            "missing-person",
            "missing-person",
            "missing-person",
            "nothing-to-do",
            "open-import-error",
            "open-import-error",
        ]
        assert all(condition.message for condition in unmet)

    def test_optional_deliverables_are_never_asked_for(self) -> None:
        optional = (DeliverableFacts(1, "其他材料", is_required=False),)
        for trigger in (TaskTrigger.SUBMIT, TaskTrigger.APPROVE, TaskTrigger.CLOSE):
            rule = TASK_WORKFLOW.rule(trigger)
            facts = facts_for(rule, deliverables=optional)
            assert explain(TASK_WORKFLOW, rule.sources[0], trigger, facts) == []
