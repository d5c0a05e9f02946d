"""The kernel itself, separation of duties, standing duties, and the diagrams drawn from the rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import duties
from workflows.diagrams import WORKFLOWS, mermaid
from workflows.kernel import GuardsUnmet, TransitionNotAllowed, WorkflowError, explain, fire
from workflows.roles import ROLE_LABELS, Role
from workflows.standing import STANDING_WORKFLOW, StandingTrigger
from workflows.task import (
    TASK_WORKFLOW,
    DeliverableFacts,
    MilestoneFacts,
    TaskFacts,
    TaskState,
    TaskTrigger,
)

FACTS = st.builds(
    TaskFacts,
    actor_roles=st.frozensets(st.sampled_from(Role)),
    reason=st.sampled_from([None, "", "有理由"]),
    has_owner=st.booleans(),
    has_leader=st.booleans(),
    has_reviewer=st.booleans(),
    has_closer=st.booleans(),
    actor_submitted=st.booleans(),
    actor_reviewed=st.booleans(),
    is_package_verified=st.booleans(),
    interrupted_state=st.sampled_from([None, *TaskState]),
    deliverables=st.lists(
        st.builds(
            DeliverableFacts, st.integers(1, 3), st.just("目录"), st.booleans(), st.booleans(), st.booleans()
        ),
        max_size=2,
    ).map(tuple),
    milestones=st.lists(
        st.builds(MilestoneFacts, st.integers(1, 3), st.just("方案"), st.booleans()), max_size=2
    ).map(tuple),
)


@given(state=st.sampled_from(TaskState), trigger=st.sampled_from(TaskTrigger), facts=FACTS)
def test_explaining_and_firing_never_disagree(
    state: TaskState, trigger: TaskTrigger, facts: TaskFacts
) -> None:
    unmet = explain(TASK_WORKFLOW, state, trigger, facts)
    if unmet:
        with pytest.raises(WorkflowError) as refusal:
            fire(TASK_WORKFLOW, state, trigger, facts)
        assert list(refusal.value.unmet) == unmet
    else:
        assert fire(TASK_WORKFLOW, state, trigger, facts) in TASK_WORKFLOW.rule(trigger).dests


@given(state=st.sampled_from(TaskState), trigger=st.sampled_from(TaskTrigger), facts=FACTS)
def test_a_closed_task_always_had_accepted_evidence(
    state: TaskState, trigger: TaskTrigger, facts: TaskFacts
) -> None:
    try:
        dest = fire(TASK_WORKFLOW, state, trigger, facts)
    except WorkflowError:
        return
    if dest is TaskState.CLOSED:
        assert all(each.is_accepted for each in facts.deliverables if each.is_required)


def test_every_machine_says_everything_in_chinese() -> None:
    for workflow in [*WORKFLOWS.values(), STANDING_WORKFLOW]:
        assert set(workflow.state_labels) == set(workflow.states)
        assert {rule.trigger for rule in workflow.rules} == set(workflow.trigger_labels)
    assert set(ROLE_LABELS) == set(Role)


def test_a_diagram_has_one_arrow_for_each_line() -> None:
    for workflow in WORKFLOWS.values():
        lines = sum(len(rule.sources) * len(rule.dests) for rule in workflow.rules)
        assert mermaid(workflow).count(" --> ") == lines + 1  # and the one into the initial state


def test_refused_moves_leave_no_trace_in_the_shared_machine() -> None:
    before = len(TASK_WORKFLOW._machine.models)
    for _ in range(3):
        with pytest.raises(GuardsUnmet):
            fire(TASK_WORKFLOW, TaskState.ISSUED, TaskTrigger.ACCEPT, TaskFacts())
    assert len(TASK_WORKFLOW._machine.models) == before


class TestDuties:
    def test_the_expediter_reviews(self) -> None:
        assert duties.reviewers(owners=[1], expediters=[2], coordinators=[3]) == {2}

    def test_the_coordinator_reviews_where_expediter_and_owner_are_one(self) -> None:
        assert duties.reviewers(owners=[1], expediters=[1], coordinators=[3]) == {3}

    def test_nobody_is_left_where_the_coordinator_is_the_owner_too(self) -> None:
        assert duties.reviewers(owners=[1], expediters=[1], coordinators=[1]) == frozenset()

    def test_whoever_reviewed_does_not_close(self) -> None:
        assert duties.closers(leaders=[2, 4], reviewed_by=2) == {4}

    @given(
        owners=st.sets(st.integers(1, 4)),
        expediters=st.sets(st.integers(1, 4)),
        coordinators=st.sets(st.integers(1, 4)),
        submitted_by=st.none() | st.integers(1, 4),
    )
    def test_no_reviewer_is_an_owner_or_whoever_submitted(
        self,
        owners: set[int],
        expediters: set[int],
        coordinators: set[int],
        submitted_by: int | None,
    ) -> None:
        found = duties.reviewers(
            owners=owners, expediters=expediters, coordinators=coordinators, submitted_by=submitted_by
        )
        assert not found & {*owners, submitted_by}
        assert found <= expediters | coordinators


class TestStandingDuties:
    STANDING = (MilestoneFacts(1, "常态化巡查", is_standing=True),)
    COORDINATOR = frozenset({Role.COORDINATOR})

    def conclude(self, state: TaskState = TaskState.ACTIVE, **facts: object) -> object:
        known = TaskFacts(**{"actor_roles": self.COORDINATOR, "milestones": self.STANDING, **facts})  # type: ignore[arg-type]
        return fire(STANDING_WORKFLOW, state, StandingTrigger.CONCLUDE, known)

    def test_a_standing_duty_under_way_closes_with_its_campaign(self) -> None:
        assert self.conclude() is TaskState.CLOSED

    def test_not_without_accepted_evidence(self) -> None:
        with pytest.raises(GuardsUnmet, match="尚未审核通过"):
            self.conclude(deliverables=(DeliverableFacts(1, "台账", is_handed_in=True),))

    def test_not_while_a_dated_step_is_open(self) -> None:
        with pytest.raises(GuardsUnmet, match="未完成"):
            self.conclude(milestones=(*self.STANDING, MilestoneFacts(2, "出台方案")))

    def test_a_task_without_standing_duties_takes_the_usual_way(self) -> None:
        with pytest.raises(GuardsUnmet, match="没有常态化节点"):
            self.conclude(milestones=(MilestoneFacts(1, "出台方案", is_done=True),))

    @pytest.mark.parametrize("state", sorted(set(TaskState) - {TaskState.ACTIVE}))
    def test_only_what_is_under_way_ends_so(self, state: TaskState) -> None:
        with pytest.raises(TransitionNotAllowed):
            self.conclude(state)
