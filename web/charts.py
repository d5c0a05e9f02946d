"""Charts of the console as SVG. Colours are classes, so that both themes and paper have their own; no style is inline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from markupsafe import Markup

from notifications.reports.wording import percent, short_day
from tracker.figures.values import Ratio, TrendPoint
from tracker.lights import LIGHT_NAMES, WORST_FIRST, Light

_WIDTH, _HEIGHT = 440, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 388.0, 12.0, 172.0


def draw_light_bar(lights: Mapping[Light, int], longest: int) -> Markup:
    """One stacked bar, `longest` tasks taking all the room. Its numbers stand beside it in the table."""
    parts, left = Markup(""), 0.0
    for light in WORST_FIRST:
        width = 100 * lights.get(light, 0) / max(longest, 1)
        if width:
            parts += Markup('<rect class="fill-{}" x="{:.2f}" width="{:.2f}" height="10"></rect>').format(
                light.value, left, max(width - 0.4, 0.4)
            )
            left += width
    said = "，".join(f"{LIGHT_NAMES[light]}{lights[light]}项" for light in WORST_FIRST if lights.get(light))
    return Markup(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    ).format(said or "没有任务", parts)


def draw_trend(points: Sequence[TrendPoint]) -> Markup:
    """The on-time rate, and the completion rate dashed; a week without anything to count leaves a gap."""
    parts = Markup("").join(_grid())
    for place, point in enumerate(points):
        if (len(points) - 1 - place) % 3 == 0:
            parts += Markup('<text x="{:.1f}" y="192" text-anchor="middle">{}.{}</text>').format(
                _across(place, len(points)), point.ends_on.month, point.ends_on.day
            )
    parts += Markup("").join(_line([point.completion for point in points], "line-green", dashed=True))
    parts += Markup("").join(_line([point.on_time for point in points], "line-blue", dashed=False))
    parts += _last_values(points)
    said = "；".join(
        f"{short_day(point.ends_on)}按时办结率{percent(point.on_time)}、办结率{percent(point.completion)}"
        for point in points
    )
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="近十二周按时办结率和办结率。{}">{}</svg>'
    ).format(_WIDTH, _HEIGHT, said, parts)


def _across(place: int, count: int) -> float:
    return _LEFT + (_RIGHT - _LEFT) * place / max(count - 1, 1)


def _down(rate: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * rate


def _grid() -> Iterator[Markup]:
    for rate in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = _down(rate)
        yield Markup('<path class="chart-grid" d="M{:.1f} {:.1f}H{:.1f}"></path>').format(_LEFT, y, _RIGHT)
        yield Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="end">{:.0%}</text>').format(
            _LEFT - 6, y + 4, rate
        )


def _line(ratios: Sequence[Ratio], tone: str, *, dashed: bool) -> Iterator[Markup]:
    """A line for each stretch without a gap; a stretch of one week is a dot."""
    placed = [(place, ratio.rate) for place, ratio in enumerate(ratios)]
    for is_known, stretch in groupby(placed, key=lambda each: each[1] is not None):
        if not is_known:
            continue
        spots = [(_across(place, len(ratios)), _down(rate or 0.0)) for place, rate in stretch]
        if len(spots) == 1:
            yield Markup('<circle class="chart-line {}" cx="{:.1f}" cy="{:.1f}" r="2.5"></circle>').format(
                tone, *spots[0]
            )
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
        dash = Markup(' stroke-dasharray="6 4"') if dashed else Markup("")
        yield Markup('<path class="chart-line {}" d="M{}"{}></path>').format(tone, path, dash)


def _last_values(points: Sequence[TrendPoint]) -> Markup:
    """The newest rates at the end of their lines, moved apart where they would lie on each other."""
    if not points:
        return Markup("")
    newest = [ratio for ratio in (points[-1].on_time, points[-1].completion) if ratio.rate is not None]
    heights = [_down(ratio.rate or 0.0) for ratio in newest]
    if len(heights) == 2 and abs(heights[0] - heights[1]) < 15:
        middle, upper = sum(heights) / 2, heights[0] <= heights[1]
        heights = [middle - 7.5, middle + 7.5] if upper else [middle + 7.5, middle - 7.5]
    return Markup("").join(
        Markup('<text class="chart-value" x="{:.1f}" y="{:.1f}">{}</text>').format(
            _RIGHT + 8, height + 4, percent(ratio)
        )
        for ratio, height in zip(newest, heights, strict=True)
    )
