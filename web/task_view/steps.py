"""The steps of a task as its page shows them: light, words, acts, and whether they are folded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

from notifications.wording import left_words
from tracker.lights import (
    BACKFILLED,
    LIGHT_NAMES,
    Light,
    light_of,
    was_on_time,
)
from tracker.models import Extension, Milestone
from tracker.queries.task_page import TaskRows
from tracker.rules import OfficeRules
from tracker.services.possibilities import Act, Possibilities
from workflows.milestone import MILESTONE_WORKFLOW, OPEN_MILESTONES, MilestoneKind, MilestoneState
from workflows.task import STANDING_STILL

KIND_LABELS = {MilestoneKind.ARCHIVE: "归档", MilestoneKind.STANDING: "常态化", MilestoneKind.SERIES: "总项"}
# Where a step stands on the page: shown with its acts, or in one of the folds for what a series has behind and before it.
Place = Literal["shown", "done", "later"]
NEAR = timedelta(days=14)
_NEVER_DONE = frozenset({"archive-milestone", "series-milestone"})
MANY_STEPS = 20  # of one task, before those that are done or far are folded
NOT_COUNTED = "不计时"  # the task is not issued, suspended or cancelled


class StepView(NamedTuple):
    """A milestone as the page shows it."""

    row: Milestone
    light: Light
    light_text: str
    state_label: str
    kind_label: str | None
    is_open: bool
    acts: Sequence[Act]
    extensions: Sequence[Extension]
    place: Place = "shown"

    @property
    def was_moved(self) -> bool:
        return self.row.first_due_on is not None and self.row.first_due_on != self.row.due_on

    @property
    def allowed(self) -> list[Act]:
        return [act for act in self.acts if act.is_allowed]

    @property
    def refused(self) -> list[Act]:
        """What cannot be done now. What can never be done to a step of its kind is no matter of now."""
        if self.row.kind is MilestoneKind.SERIES:
            return []
        return [
            act
            for act in self.acts
            if not (act.is_allowed or any(condition.code in _NEVER_DONE for condition in act.unmet))
        ]


def step_view(
    milestone: Milestone,
    rows: TaskRows,
    acts: Possibilities,
    today: date,
    rules: OfficeRules,
    step_id: int | None,
) -> StepView:
    is_open = milestone.state in OPEN_MILESTONES
    is_running = rows.task.state not in STANDING_STILL
    light = light_of(
        milestone, today=today, thresholds=rules.lights, measure=rules.measure, is_running=is_running
    )
    return StepView(
        row=milestone,
        light=light,
        light_text=_light_text(milestone, light, today, rules) if is_running or not is_open else NOT_COUNTED,
        state_label=MILESTONE_WORKFLOW.state_labels[milestone.state],
        kind_label=KIND_LABELS.get(milestone.kind),
        is_open=is_open,
        acts=acts.milestones[milestone.id] if milestone.id is not None else (),
        extensions=rows.extensions_of(milestone),
        place="shown"
        if milestone.id == step_id
        else _place(milestone, today, is_long=len(rows.milestones) > MANY_STEPS),
    )


def _place(milestone: Milestone, today: date, *, is_long: bool) -> Place:
    """A weekly duty has fifty occurrences a year, and some tasks many steps: those that are at hand stand there with their acts."""
    if milestone.series_id is None and not is_long:
        return "shown"
    if milestone.state not in OPEN_MILESTONES:
        return "done"
    is_far = milestone.due_on is not None and milestone.due_on > today + NEAR
    return "later" if is_far and milestone.state is MilestoneState.PENDING else "shown"


def _light_text(milestone: Milestone, light: Light, today: date, rules: OfficeRules) -> str:
    """The light's name with how far the day is, while it is open."""
    name = LIGHT_NAMES[light]
    if milestone.state is MilestoneState.PENDING and milestone.due_on is not None:
        return f"{name} {left_words(milestone.due_on, today)}"
    on_time = was_on_time(milestone, measure=rules.measure)
    if milestone.state is MilestoneState.MET and on_time is not None:
        mark = f"（{BACKFILLED}）" if milestone.done_on else ""
        return f"{name} {'按时完成' if on_time else '逾期后补办'}{mark}"
    return name
