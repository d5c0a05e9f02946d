"""The page of a task in words: what its templates show of the rows and the acts. Pure: rows in, words out."""

from web.task_view.history import event_view, history
from web.task_view.page import SOURCE_LABELS, TaskView, task_view
from web.task_view.papers import EVIDENCE_LABELS, FileView, occurrence_choices
from web.task_view.steps import StepView

__all__ = [
    "EVIDENCE_LABELS",
    "SOURCE_LABELS",
    "FileView",
    "StepView",
    "TaskView",
    "event_view",
    "history",
    "occurrence_choices",
    "task_view",
]
