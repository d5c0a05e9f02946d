"""Every act that the page of a task offers: whether the visitor may do it now, and everything that it lacks.

The rules are those of the acts themselves; here they are asked all at once, about rows that were read once. Where a
coordinator may not act himself but may record what a leader decided on paper (代录), the act says for whom.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from sqlmodel import Session

from tracker.identity import id_of
from tracker.models import Evidence, EvidenceState, Extension, Milestone, Severity
from tracker.queries.facts import Lists, deliverable_facts, milestone_facts
from tracker.queries.people import find_unit_id
from tracker.queries.sight import Sight
from tracker.queries.task_page import HandedIn, TaskRows
from tracker.services.acting import part_unmet
from tracker.services.auditing import Actor
from tracker.services.comments import comment_unmet, takes_part
from tracker.services.deductions import deducting_unmet
from tracker.services.evidence_duties import (
    accepting_unmet,
    handing_in_any_unmet,
    handing_in_unmet,
    rejecting_unmet,
)
from tracker.services.extensions import extension_unmet, requesting_unmet
from tracker.services.instructions import acknowledging_unmet, instructing_unmet, urging_unmet
from tracker.services.lifecycle import list_triggers_of
from tracker.services.milestones import milestone_unmet
from tracker.services.unit_progress import telling_unmet
from workflows.extension import EXTENSION_WORKFLOW, ExtensionState, ExtensionTrigger
from workflows.kernel import Unmet, Workflow
from workflows.milestone import MILESTONE_WORKFLOW, MilestoneKind, MilestoneState, MilestoneTrigger
from workflows.registry import workflow_named
from workflows.roles import Role
from workflows.task import TASK_WORKFLOW, TaskState

# What is asked for in the same step, in the form of the act.
_GIVEN_IN_THE_FORM = frozenset({"missing-reason", "missing-text"})
# Archiving is done to the task, and what was done before the program came is recorded on a page of its own.
_ELSEWHERE = (MilestoneTrigger.ARCHIVE, MilestoneTrigger.BACKFILL, MilestoneTrigger.TAKE_BACK)


class Act(NamedTuple):
    """One act. Allowed where nothing is `unmet`; `recorded_for` are the leaders for whom it may be entered (代录)."""

    name: str
    label: str
    unmet: tuple[Unmet, ...] = ()
    needs_reason: bool = False
    recorded_for: tuple[Actor, ...] = ()

    @property
    def is_allowed(self) -> bool:
        return not self.unmet

    @property
    def is_others_part(self) -> bool:
        """Refused for nothing but the part that the visitor plays."""
        return bool(self.unmet) and all(condition.code == "wrong-role" for condition in self.unmet)

    @property
    def leaders(self) -> list[tuple[int | None, str]]:
        """Those for whom it may be recorded, by id and name."""
        return [(actor.person_id, actor.name) for actor in self.recorded_for]

    @property
    def reasons(self) -> list[str]:
        return [condition.message for condition in self.unmet]


@dataclass(frozen=True)
class Possibilities:
    """The acts on a task, and on what hangs on it, by the id of the row that is acted on."""

    triggers: Sequence[Act]
    milestones: Mapping[int, Sequence[Act]]
    extensions: Mapping[int, Sequence[Act]]
    hand_in: Mapping[int, Act]
    hand_in_any: Act
    reviews: Mapping[int, Sequence[Act]]
    acknowledge: Mapping[int, Act]
    tell: Mapping[int, Act]
    instruct: Act
    urge: Act
    deduct: Act
    comment: Act
    build_package: Act
    settle: Act


def list_possibilities(
    session: Session,
    rows: TaskRows,
    *,
    actor: Actor,
    sight: Sight,
    today: date,
    has_package: bool = False,
) -> Possibilities:
    """Ask every rule about what was read. `rows` are those of a task that the actor, whose sight it is, may see.

    `has_package`: a closing package lies ready. It is read over again when it is brought to 归档, and not before.
    """
    task, parts = rows.task, rows.parts
    asker = _Asker(rows, actor, today)
    settle = part_unmet(parts, actor, {Role.COORDINATOR}, "处理导入问题")
    return Possibilities(
        triggers=_triggers(session, asker, has_package=has_package),
        milestones={id_of(each): _milestone_acts(asker, each) for each in rows.milestones},
        extensions=_extension_acts(asker),
        hand_in={
            id_of(each): Act(
                "hand_in", "提交材料", tuple(handing_in_unmet(rows.served_by_deliverables, each, actor))
            )
            for each in rows.deliverables
        },
        hand_in_any=Act(
            "hand_in", "提交材料", tuple(handing_in_any_unmet(rows.served_by_deliverables, actor))
        ),
        reviews=_reviews(asker),
        acknowledge={
            id_of(each): Act("acknowledge", "签阅", tuple(acknowledging_unmet(each, parts, actor)))
            for each in rows.instructions
            if each.acknowledged_at is None
        },
        tell=_tellings(session, rows, actor),
        instruct=asker.ask("instruct", "批示", lambda actor: instructing_unmet(task, parts, actor)),
        urge=Act("urge", "催办", tuple(urging_unmet(task, parts, actor))),
        deduct=Act("deduct", "登记扣分", tuple(deducting_unmet(task, parts, actor))),
        comment=_commenting(session, rows, actor, sight),
        build_package=_packing(rows, actor),
        settle=Act("settle", "处理导入问题", tuple(settle)),
    )


class _Asker:
    """Asks a rule for the visitor, and where he lacks something, for each leader whose word he may record."""

    def __init__(self, rows: TaskRows, actor: Actor, today: date) -> None:
        self.rows = rows
        self.actor = actor
        self.today = today
        self.of_steps: dict[tuple[MilestoneState, MilestoneKind, int | None], list[Act]] = {}
        self.recorded = (
            []
            if actor.person_id not in rows.parts.coordinators
            else [
                Actor(leader, rows.names[leader], actor.person_id, actor.name)
                for leader in rows.parts.leaders
                if leader != actor.person_id
            ]
        )

    def ask(
        self,
        name: str,
        label: str,
        unmet_of: Callable[[Actor], Sequence[Unmet]],
        *,
        needs_reason: bool = False,
    ) -> Act:
        mine = _beside_the_form(unmet_of(self.actor))
        if not mine:
            return Act(name, label, (), needs_reason)
        leaders = tuple(each for each in self.recorded if not _beside_the_form(unmet_of(each)))
        return Act(name, label, () if leaders else mine, needs_reason, leaders)

    def ask_rule(
        self, workflow: Workflow, trigger: StrEnum, unmet_of: Callable[[Actor], Sequence[Unmet]]
    ) -> Act:
        needs_reason = workflow.rule(trigger).needs_reason
        return self.ask(trigger.value, workflow.trigger_labels[trigger], unmet_of, needs_reason=needs_reason)


def _beside_the_form(unmet: Sequence[Unmet]) -> tuple[Unmet, ...]:
    return tuple(condition for condition in unmet if condition.code not in _GIVEN_IN_THE_FORM)


def _triggers(session: Session, asker: _Asker, *, has_package: bool) -> list[Act]:
    task = asker.rows.task
    workflow = workflow_named(task.workflow)
    actors = [asker.actor, *asker.recorded]
    found = list_triggers_of(session, task, actors, parts=asker.rows.parts, lists=_lists_of(asker.rows))
    said = {actor.person_id: each for actor, each in zip(actors, found, strict=True)}

    def unmet_of(actor: Actor, trigger: StrEnum) -> list[Unmet]:
        unmet = said[actor.person_id][trigger]
        return [each for each in unmet if not (has_package and each.code == "no-package")]

    def act(trigger: StrEnum) -> Act:
        return asker.ask_rule(workflow, trigger, lambda actor: unmet_of(actor, trigger))

    return [act(trigger) for trigger in found[0]]


def _lists_of(rows: TaskRows) -> Lists:
    """What the rules ask about the lists of the task, which the page has read."""
    return Lists(
        tuple(
            deliverable_facts(each, [file.state for file in newest_versions(rows.evidence_of(each))])
            for each in rows.deliverables
        ),
        milestone_facts(rows.milestones),
        tuple(
            each.message
            for each in rows.doubts
            if each.severity is Severity.ERROR and each.settled_at is None
        ),
    )


def _milestone_acts(asker: _Asker, milestone: Milestone) -> list[Act]:
    """What people may do about a step where it is."""
    served = asker.rows.served_by_milestones

    def act(trigger: MilestoneTrigger) -> Act:
        return asker.ask_rule(
            MILESTONE_WORKFLOW,
            trigger,
            lambda actor: milestone_unmet(milestone, served, trigger, actor=actor),
        )

    # what the rules look at of a step: steps that agree in it have the same acts
    alike = (milestone.state, milestone.kind, milestone.reported_by_id)
    acts = asker.of_steps.get(alike)
    if acts is None:
        acts = asker.of_steps[alike] = [
            act(MilestoneTrigger(rule.trigger))
            for rule in MILESTONE_WORKFLOW.rules_from(milestone.state)
            if rule.trigger not in _ELSEWHERE
        ]
    if not acts or milestone.due_on is None:
        return acts
    earlier = asker.rows.extensions_of(milestone)
    unmet = requesting_unmet(
        milestone, served, all_of_milestone=earlier, actor=asker.actor, today=asker.today
    )
    return [*acts, Act("extend", "申请延期", tuple(unmet), needs_reason=True)]


def _extension_acts(asker: _Asker) -> dict[int, list[Act]]:
    """Answers to the requests that wait for one."""
    milestones = {each.id: each for each in asker.rows.milestones}
    return {
        id_of(each): _answers(asker, each, milestones[each.milestone_id])
        for each in asker.rows.extensions
        if each.state is ExtensionState.REQUESTED
    }


def _answers(asker: _Asker, extension: Extension, milestone: Milestone) -> list[Act]:
    """What may be answered to one request; consent only where it is asked for."""
    others = asker.rows.extensions_of(milestone)
    served = asker.rows.served_by_milestones

    def act(trigger: ExtensionTrigger) -> Act:
        return asker.ask_rule(
            EXTENSION_WORKFLOW,
            trigger,
            lambda actor: extension_unmet(
                extension, milestone, served, trigger, all_of_milestone=others, actor=actor, today=asker.today
            ),
        )

    is_second = any(each.state is ExtensionState.GRANTED for each in others)
    needs_consent = is_second and extension.consented_at is None
    consent = [ExtensionTrigger.CONSENT] if needs_consent else []
    return [act(trigger) for trigger in (*consent, ExtensionTrigger.GRANT, ExtensionTrigger.REFUSE)]


def _reviews(asker: _Asker) -> dict[int, list[Act]]:
    """Accepting and rejecting the newest version of each name."""
    served, actor = asker.rows.served_by_deliverables, asker.actor
    found = {}
    for evidence in newest_versions(asker.rows.evidence):
        acts = [
            Act(
                "reject",
                "退回",
                _beside_the_form(rejecting_unmet(served, evidence, evidence, actor, "")),
                True,
            )
        ]
        if evidence.state is not EvidenceState.ACCEPTED:
            accept = accepting_unmet(served, evidence, evidence, actor)
            acts.insert(0, Act("accept", "审核通过", tuple(accept)))
        if evidence.state is not EvidenceState.REJECTED:
            found[id_of(evidence)] = acts
    return found


def newest_versions(handed_in: Sequence[HandedIn]) -> list[Evidence]:
    """The newest version of each name for each deliverable and occurrence."""
    newest: dict[tuple[int, int | None, str], Evidence] = {}
    for each in handed_in:
        key = (each.evidence.deliverable_id, each.evidence.milestone_id, each.evidence.name)
        if key not in newest or newest[key].version < each.evidence.version:
            newest[key] = each.evidence
    return list(newest.values())


def _tellings(session: Session, rows: TaskRows, actor: Actor) -> dict[int, Act]:
    """What keeps the actor from telling how each assisting unit gets on."""
    if not rows.units or actor.person_id is None:
        return {}
    own = find_unit_id(session, actor.person_id)
    return {
        unit.unit_id: Act(
            "tell",
            "报送进展",
            tuple(telling_unmet(rows.task, rows.parts, actor, unit.name, is_of_unit=unit.unit_id == own)),
        )
        for unit in rows.units
    }


def _commenting(session: Session, rows: TaskRows, actor: Actor, sight: Sight) -> Act:
    """Whoever sees the task may write, unless he sees it as an auditor alone."""
    sees_it_otherwise = rows.task.campaign_id not in sight.audited or takes_part(session, rows.task, sight)
    return Act("comment", "留言", tuple(comment_unmet(rows.task, actor, takes_part=sees_it_otherwise)))


def _packing(rows: TaskRows, actor: Actor) -> Act:
    unmet = part_unmet(rows.parts, actor, {Role.COORDINATOR}, "生成归档材料包")
    if rows.task.closed_at is None or rows.task.state not in (TaskState.CLOSED, TaskState.ARCHIVED):
        state = TASK_WORKFLOW.state_labels[rows.task.state]
        unmet.append(Unmet("wrong-state", f"任务现在是“{state}”，“已销号”之后才能生成材料包"))
    return Act("build_package", "生成归档材料包", tuple(unmet))
