"""The kernel that every workflow runs on: a declaration of rules, and two ways of asking it.

A workflow declares its rules; each names a trigger, where it starts and leads, who may fire it, and its
guards. A guard is a plain function from facts to the conditions that are not met. `explain` evaluates all of
them; `fire` moves through a `transitions` machine whose one condition calls the very same functions, so that
screen, API and engine cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol

from transitions import Machine

from workflows.roles import ROLE_LABELS, Role


class Facts(Protocol):
    """What every workflow's facts must tell; each adds its own. Counted by the caller, never asked for here."""

    @property
    def actor_roles(self) -> frozenset[Role]: ...
    @property
    def reason(self) -> str | None: ...


@dataclass(frozen=True)
class Unmet:
    """One condition that is not met: a code for programs, and a sentence that says what would satisfy it."""

    code: str
    message: str


Guard = Callable[[Any], Sequence[Unmet]]


@dataclass(frozen=True)
class Rule:
    """One line of a workflow's table.

    Several `dests` mean that work goes back to where it was interrupted (`facts.interrupted_state`). In a workflow
    with words of its own, `stands_for` names the trigger of the task's table whose effects, notices and figures
    the rule shares; without it a rule only moves the step.
    """

    trigger: StrEnum
    sources: tuple[StrEnum, ...]
    dests: tuple[StrEnum, ...]
    roles: frozenset[Role]
    guards: tuple[Guard, ...] = ()
    needs_reason: bool = False
    stands_for: StrEnum | None = None


@dataclass(frozen=True)
class Workflow:
    """A state machine as data: what a new kind of campaign adds to the kernel.

    `life` says, for each state of a workflow with words of its own, which state of the task's table it is a step
    of: reminders, evidence, reports and closing go by that one.
    """

    name: str
    title: str
    noun: str
    states: type[StrEnum]
    initial: StrEnum
    rules: tuple[Rule, ...]
    state_labels: Mapping[StrEnum, str]
    trigger_labels: Mapping[StrEnum, str]
    open_states: frozenset[StrEnum] = field(default=frozenset())
    life: Mapping[StrEnum, StrEnum] = field(default_factory=dict)

    def rule(self, trigger: StrEnum) -> Rule:
        """Raises NoSuchTrigger."""
        try:
            return self._rules[trigger]
        except KeyError as error:
            raise NoSuchTrigger(self, trigger) from error

    def life_of(self, state: StrEnum) -> StrEnum:
        return self.life.get(state, state)

    def rules_from(self, state: StrEnum) -> list[Rule]:
        return [rule for rule in self.rules if state in rule.sources]

    @cached_property
    def _rules(self) -> dict[StrEnum, Rule]:
        return {rule.trigger: rule for rule in self.rules}

    @cached_property
    def _machine(self) -> Machine:
        # auto_transitions would add to_closed(), which no rule guards.
        return Machine(
            model=None,
            states=self.states,
            transitions=[line for rule in self.rules for line in _transitions_of(rule)],
            initial=self.initial,
            auto_transitions=False,
            send_event=True,
        )


class WorkflowError(Exception):
    """The root of every refusal of a workflow. Carries `unmet`: everything that stands in the way."""

    def __init__(self, workflow: Workflow, trigger: StrEnum, unmet: Sequence[Unmet]) -> None:
        self.workflow = workflow
        self.trigger = trigger
        self.unmet = tuple(unmet)
        reasons = "；".join(condition.message for condition in self.unmet)
        super().__init__(f"不能{workflow.trigger_labels[trigger]}：{reasons}。")


class NoSuchTrigger(Exception):
    """The workflow has no rule for this trigger at all."""

    def __init__(self, workflow: Workflow, trigger: StrEnum) -> None:
        self.workflow = workflow
        self.trigger = trigger
        known = "、".join(workflow.trigger_labels.values())
        super().__init__(f"{workflow.title}没有“{trigger}”这个环节，可以办理的环节是：{known}。")


class TransitionNotAllowed(WorkflowError):
    """The trigger does not start in this state."""


class GuardsUnmet(WorkflowError):
    """The trigger starts here, but not everything it demands is there."""


def explain(workflow: Workflow, state: StrEnum, trigger: StrEnum, facts: Facts) -> list[Unmet]:
    """Return every condition that `trigger` still lacks in `state`; an empty list means that it may be fired."""
    rule = workflow.rule(trigger)
    return [*_state_unmet(workflow, rule, state), *_rule_unmet(workflow, rule, facts)]


def fire(workflow: Workflow, state: StrEnum, trigger: StrEnum, facts: Facts) -> StrEnum:
    """Return the state that `trigger` leads to.

    Raises TransitionNotAllowed or GuardsUnmet, either with everything that is unmet.
    """
    rule = workflow.rule(trigger)
    if state not in rule.sources:
        raise TransitionNotAllowed(workflow, trigger, explain(workflow, state, trigger, facts))
    run = _Run(state, facts, workflow, rule)
    # the event itself is asked: `add_model` would first bind every trigger to the run, at ten times the cost of a move
    moved = workflow._machine.events[trigger.value].trigger(run)
    if not moved:  # a refused condition is a quiet False, never an exception
        raise GuardsUnmet(workflow, trigger, run.unmet)
    return run.state


class _Run:
    """The plain object that the machine moves: it reads and sets `state`, and asks what its conditions name."""

    def __init__(self, state: StrEnum, facts: Facts, workflow: Workflow, rule: Rule) -> None:
        self.state = state
        self.facts = facts
        self.workflow = workflow
        self.rule = rule
        self.unmet: list[Unmet] = []

    def nothing_is_unmet(self, _event: object) -> bool:
        self.unmet = _rule_unmet(self.workflow, self.rule, self.facts)
        return not self.unmet


def _transitions_of(rule: Rule) -> list[dict[str, Any]]:
    return [
        {
            "trigger": rule.trigger.value,
            "source": source,
            "dest": dest,
            # what is unmet comes first: a way back that is not known must still say why
            "conditions": ["nothing_is_unmet", *_way_back(rule, dest)],
        }
        for source in rule.sources
        for dest in rule.dests
    ]


def _way_back(rule: Rule, dest: StrEnum) -> list[Callable[[Any], bool]]:
    """Where a rule has several ends, only the state that was interrupted is the way back."""
    if len(rule.dests) == 1:
        return []
    return [lambda event: bool(event.model.facts.interrupted_state is dest)]


def _state_unmet(workflow: Workflow, rule: Rule, state: StrEnum) -> list[Unmet]:
    if state in rule.sources:
        return []
    wanted = "、".join(f"“{workflow.state_labels[source]}”" for source in rule.sources)
    now = workflow.state_labels[state]
    label = workflow.trigger_labels[rule.trigger]
    return [Unmet("wrong-state", f"{workflow.noun}现在是“{now}”，只有{wanted}的才能{label}")]


def _rule_unmet(workflow: Workflow, rule: Rule, facts: Facts) -> list[Unmet]:
    unmet: list[Unmet] = []
    if not facts.actor_roles & rule.roles:
        who = "或".join(ROLE_LABELS[role] for role in sorted(rule.roles))
        unmet.append(Unmet("wrong-role", f"{workflow.trigger_labels[rule.trigger]}须由{who}办理"))
    if rule.needs_reason and not (facts.reason or "").strip():
        unmet.append(Unmet("missing-reason", f"{workflow.trigger_labels[rule.trigger]}须写明理由"))
    for guard in rule.guards:
        unmet.extend(guard(facts))
    return unmet
