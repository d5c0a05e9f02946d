"""How the report says numbers, days and rates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from tracker.figures.values import Points, Ratio, Tally, TrendPoint, WeeklyFigures
from tracker.lights import Light, Measure

TITLE = "每周工作情况通报"
NONE = "—"
LIGHT_MEANINGS = {
    Light.RED: "逾期",
    Light.YELLOW: "临近到期",
    Light.YELLOW_BLUE: "补办",
    Light.GREEN: "时间充裕",
    Light.BLUE: "按时完成",
    Light.GREY: "无时限或者中止",
}


def day_text(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def short_day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def week_text(figures: WeeklyFigures) -> str:
    year, number = figures.week.split("-W")
    start, end = figures.starts_on, figures.ends_on
    until = day_text(end) if end.year != start.year else short_day(end)
    return f"{year}年第{int(number)}周（{day_text(start)}至{until}）"


def as_of_text(figures: WeeklyFigures) -> str:
    """Up to when the figures count."""
    if figures.today > figures.ends_on:
        return f"截至{day_text(figures.ends_on)}24时"
    return f"截至{day_text(figures.today)}（本周尚未结束）"


def percent(ratio: Ratio) -> str:
    """One decimal, halves up. What is not all is never printed as 100 %, what is not nothing never as 0 %."""
    if not ratio.whole:
        return NONE
    tenths = (Decimal(1000 * ratio.part) / ratio.whole).quantize(Decimal(1), ROUND_HALF_UP)
    if 0 < ratio.part < ratio.whole:
        tenths = min(max(tenths, Decimal(1)), Decimal(999))
    return f"{tenths / 10:.1f}%"


def formula(ratio: Ratio) -> str:
    """The rate with what it was made of: 12÷42=28.6%."""
    return f"{ratio.part}÷{ratio.whole}={percent(ratio)}" if ratio.whole else "没有可以计算的数量"


def points_text(points: float) -> str:
    return f"{points:.3f}".rstrip("0").rstrip(".")


def change_text(now: int, before: int) -> str:
    if now == before:
        return "持平"
    return f"增加{now - before}" if now > before else f"减少{before - now}"


def rate_change_text(now: Ratio, before: Ratio) -> str:
    """In percentage points of the printed rates."""
    if not now.whole or not before.whole:
        return NONE
    difference = Decimal(percent(now)[:-1]) - Decimal(percent(before)[:-1])
    if not difference:
        return "持平"
    return f"{'上升' if difference > 0 else '下降'}{abs(difference)}个百分点"


@dataclass(frozen=True)
class Measured:
    """One line of the table of figures. `rule` says how it is counted."""

    label: str
    now: int | Ratio
    before: int | Ratio
    rule: str

    @property
    def now_text(self) -> str:
        return percent(self.now) if isinstance(self.now, Ratio) else str(self.now)

    @property
    def before_text(self) -> str:
        return percent(self.before) if isinstance(self.before, Ratio) else str(self.before)

    @property
    def change(self) -> str:
        if isinstance(self.now, Ratio) and isinstance(self.before, Ratio):
            return rate_change_text(self.now, self.before)
        assert isinstance(self.now, int)
        assert isinstance(self.before, int)
        return change_text(self.now, self.before)


def list_measured(figures: WeeklyFigures) -> list[Measured]:
    """The figures with those of the week before, and how each is counted."""
    now, before = figures.totals, figures.previous
    moment = "责任人报告之日" if figures.measure is Measure.SUBMISSION else "审核确认之日"

    def line(label: str, name: str, rule: str) -> Measured:
        return Measured(label, getattr(now, name), getattr(before, name), rule)

    return [
        line("累计下达任务（项）", "total", "已下达且没有撤销"),
        line("在办任务（项）", "open", "已下达、尚未销号"),
        line("已办结任务（项）", "closed", "已销号或者已归档"),
        line("中止任务（项）", "suspended", "中止期间不计入按时办结率"),
        line("办结率", "completion", f"已办结÷累计下达：{formula(now.completion)}"),
        line(
            "按时办结率（现行时限）",
            "on_time",
            f"按时完成的节点÷已到期的节点：{formula(now.on_time)}；以{moment}为准",
        ),
        line(
            "按时办结率（原定时限）",
            "on_time_first",
            f"同上，不考虑延期：{formula(now.on_time_first)}",
        ),
        line("逾期任务（项）", "overdue", "在办任务中有逾期节点的"),
        line("逾期节点（个）", "overdue_milestones", "已过时限而没有完成的节点"),
        line("当周到期节点（个）", "due_this_week", f"其中已完成或者已报告{now.done_this_week}个"),
        line("当周下达任务（项）", "issued_this_week", "当周下达的任务"),
        line("当周办结任务（项）", "closed_this_week", "当周销号的任务"),
        line("待审核节点（个）", "awaiting_review", "按时报告、尚未确认：已计入到期，未计入按时完成"),
        line("中止任务的到期节点（个）", "suspended_due", "不计入按时办结率"),
        # an office records them once, when it begins; before and after there is nothing to say
        *(
            [line("补录的节点（个）", "backfilled", "系统启用前已完成，不计入按时办结率")]
            if now.backfilled or before.backfilled
            else []
        ),
    ]


def has_nothing(figures: WeeklyFigures) -> bool:
    """Whether there is nothing to report: no task was issued, now or the week before."""
    return not figures.totals.total and not figures.previous.total


def point_text(point: TrendPoint) -> str:
    """One week of the trend in words."""
    late = f"逾期{point.overdue_milestones}个"
    if not point.on_time.whole:
        return f"没有到期节点，{late}" if point.overdue_milestones else "没有到期节点"
    return f"{percent(point.on_time)}，{late}"


def list_points(points: Points) -> Iterator[tuple[str, float, str]]:
    """The points with what each means."""
    yield "应得分", points.planned, "计分事项的分值之和；应得＝已得＋有风险＋在办＋失分"
    yield "已得分", points.secured, "已办结的计分事项，扣除已登记的扣分"
    yield "有风险", points.at_risk, "在办并且有逾期节点的计分事项"
    yield "在办分", points.pending, "其余尚未办结的计分事项"
    yield "失分", points.lost, "计分事项上登记的扣分，每项不超过其分值"
    yield "扣分项扣分", points.deducted, "扣分项等其他事项上登记的扣分，每项不超过其上限"
    yield "加分", points.bonus, "已办结的加分项"


def summary(figures: WeeklyFigures) -> list[str]:
    """The week in three sentences of an official paper; in one where there is nothing to report."""
    now, before = figures.totals, figures.previous
    if has_nothing(figures):
        return [f"{as_of_text(figures)}，还没有下达任务。"]
    return [
        f"{as_of_text(figures)}，累计下达任务{now.total}项，已办结{now.closed}项，在办{now.open}项，"
        f"中止{now.suspended}项，办结率{percent(now.completion)}（{now.closed}÷{now.total}）。"
        if now.total
        else f"{as_of_text(figures)}，没有已下达的任务。",
        (
            f"已到期节点{now.on_time.whole}个，按时完成{now.on_time.part}个，按时办结率{percent(now.on_time)}；"
            f"按原定时限计算为{percent(now.on_time_first)}（{now.on_time_first.part}÷{now.on_time_first.whole}）。"
            if now.on_time.whole
            else "还没有到期的节点。"
        )
        + _left_out(now),
        f"逾期任务{now.overdue}项、逾期节点{now.overdue_milestones}个，与上周相比，逾期节点"
        f"{change_text(now.overdue_milestones, before.overdue_milestones)}"
        f"{'' if now.overdue_milestones == before.overdue_milestones else '个'}；"
        f"当周办结{now.closed_this_week}项；"
        + (
            f"当周到期节点{now.due_this_week}个，其中已完成或者已报告{now.done_this_week}个。"
            if now.due_this_week
            else "当周没有到期的节点。"
        ),
    ]


def _left_out(now: Tally) -> str:
    said = []
    if now.awaiting_review:
        said.append(f"已到期节点中有{now.awaiting_review}个按时报告、等待审核。")
    if now.suspended_due:
        said.append(f"中止任务的到期节点{now.suspended_due}个没有计入。")
    if now.backfilled:
        said.append(f"系统启用前已完成、由协调员补录的节点{now.backfilled}个没有计入。")
    return "".join(said)
