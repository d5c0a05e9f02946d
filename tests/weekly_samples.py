"""Weekly figures without a database: one invented week with a row of each kind, and any week that can be."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from notifications.reports import take_snapshot
from tracker.figures.values import (
    ExtensionRow,
    FinishedRow,
    InstructionRow,
    LightCounts,
    OverdueRow,
    Points,
    Ratio,
    StandingRow,
    Tally,
    TaskWords,
    TrendPoint,
    UnacceptedRow,
    UnitRow,
    UpcomingRow,
    WeeklyFigures,
)
from tracker.figures.weeks import IsoWeek
from tracker.lights import Light, Measure
from workflows.extension import ExtensionState

MADE_AT = datetime(2024, 6, 3, 0, 40, 12, tzinfo=UTC)
WEEK = IsoWeek(2024, 22)
TASK = TaskWords(7, "9.2", "执法装备<配备>", "执法一大队", "张三丰、李寻欢", "石破天", "赵半山")
TALLY = Tally(
    total=12,
    open=8,
    closed=3,
    suspended=1,
    overdue=2,
    issued_this_week=1,
    closed_this_week=1,
    overdue_milestones=2,
    due_this_week=3,
    done_this_week=2,
    suspended_due=1,
    awaiting_review=1,
    on_time=Ratio(9, 14),
    on_time_first=Ratio(8, 15),
    points=Points(planned=20, secured=5.5, at_risk=3, pending=11, lost=0.5, deducted=0.4, bonus=1),
)
LIGHTS = LightCounts(grey=1, green=4, yellow=2, red=2, blue=2, yellow_blue=1)


def sample_figures(**fields: Any) -> WeeklyFigures:
    """A week with one row in each list."""
    return WeeklyFigures(**_sample() | fields)


def sample_snapshot(**fields: Any) -> dict[str, Any]:
    return take_snapshot(
        sample_figures(**fields), made_at=MADE_AT, console_url="https://dingban.example.org/"
    )


def empty_figures() -> WeeklyFigures:
    """A week of an office that was given no work."""
    nothing = {name: () for name, value in _sample().items() if isinstance(value, tuple)}
    return sample_figures(**nothing, totals=Tally(), previous=Tally(), lights=LightCounts())


def _sample() -> dict[str, Any]:
    before: dict[str, Any] = {
        "total": 11,
        "closed": 2,
        "open": 8,
        "overdue_milestones": 3,
        "on_time": Ratio(8, 13),
    }
    return {
        "week": str(WEEK),
        "starts_on": WEEK.monday,
        "ends_on": WEEK.sunday,
        "until": datetime(2024, 6, 2, 16, tzinfo=UTC),
        "today": date(2024, 6, 3),
        "scope": "all",
        "scope_label": "全部工作",
        "measure": Measure.SUBMISSION,
        "standing_silent_days": 30,
        "totals": TALLY,
        "previous": Tally(suspended=1, **before),
        "lights": LIGHTS,
        "overdue": (
            OverdueRow(TASK, "完成装备采购", date(2024, 4, 30), date(2024, 5, 20), 14, 10, Light.RED),
            OverdueRow(TASK, "完成归档", date(2024, 5, 31), date(2024, 5, 31), 3, 1, Light.RED, True, True),
        ),
        "finished": (
            FinishedRow(TASK, "task", TASK.title, date(2024, 5, 31)),
            FinishedRow(TASK, "milestone", "印发方案", date(2024, 5, 30), date(2024, 5, 28), False),
        ),
        "upcoming": (UpcomingRow(TASK, "组织培训", date(2024, 6, 7), 4, Light.YELLOW),),
        "standing": (StandingRow(TASK, "每日线上练习", date(2024, 4, 12), 52),),
        "extensions": (
            ExtensionRow(
                TASK,
                "形成通报",
                date(2024, 5, 28),
                None,
                date(2024, 5, 24),
                date(2024, 6, 24),
                ExtensionState.REQUESTED,
                True,
                "材料没有报齐",
            ),
        ),
        "instructions": (InstructionRow(TASK, "请说明原因。", "赵半山", date(2024, 5, 30), 4),),
        "unaccepted": (UnacceptedRow(TASK, date(2024, 5, 27), date(2024, 5, 29), 3),),
        "units": (UnitRow(3, "执法一大队", TALLY, LIGHTS),),
        "trend": tuple(
            TrendPoint(
                str(WEEK.shift(-back)),
                WEEK.shift(-back).sunday,
                Ratio(max(3 - back, 0), 12),
                Ratio(9, 14) if back < 9 else Ratio(),
                back % 4,
            )
            for back in range(11, -1, -1)
        ),
    }


def any_figures() -> st.SearchStrategy[WeeklyFigures]:
    """Figures with any rows in them, but of one week."""
    st.register_type_strategy(
        Ratio, st.tuples(st.integers(0, 99), st.integers(0, 99)).map(lambda pair: Ratio(min(pair), max(pair)))
    )
    finite = st.floats(0, 1000, allow_nan=False).map(lambda value: round(value, 3))
    st.register_type_strategy(Points, st.builds(Points, *[finite] * 7))
    rows = {
        name: st.lists(st.from_type(kind), max_size=3).map(tuple)
        for name, kind in (
            ("overdue", OverdueRow),
            ("finished", FinishedRow),
            ("upcoming", UpcomingRow),
            ("standing", StandingRow),
            ("extensions", ExtensionRow),
            ("instructions", InstructionRow),
            ("unaccepted", UnacceptedRow),
        )
    }
    units = st.lists(
        st.builds(
            UnitRow,
            unit_id=st.integers(1, 9),
            unit=st.text(max_size=20),
            tally=st.just(TALLY),
            lights=_lights(),
        ),
        max_size=20,
    ).map(tuple)
    fields = {name: st.just(value) for name, value in _sample().items()} | rows | {"units": units}
    return st.builds(WeeklyFigures, **fields)


def _lights() -> st.SearchStrategy[LightCounts]:
    return st.builds(LightCounts, *[st.integers(0, 500)] * len(Light))
