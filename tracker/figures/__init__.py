"""Figures for reports: what the register says of one week, counted and listed.

Values in, values out: the register is read through `tracker.queries`, nothing is written, and no word of a
report is chosen here. Imported by `notifications` and those above.
"""

from tracker.figures.scopes import Scope, ScopeKind, resolve_scope
from tracker.figures.values import WeeklyFigures
from tracker.figures.weekly import weekly_figures
from tracker.figures.weeks import IsoWeek

__all__ = ["IsoWeek", "Scope", "ScopeKind", "WeeklyFigures", "resolve_scope", "weekly_figures"]
