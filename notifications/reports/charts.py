"""Charts as SVG, drawn here: the lights by unit, and the rates of twelve weeks.

360 units wide, which is a phone. Each has a title and a description for those who do not see it; what a chart shows
stands in the report as text as well, because some mail programs strip it. Lights differ in pattern and number too,
not in colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from notifications.reports.wording import percent, short_day
from notifications.wording import shortened
from tracker.figures.values import LightCounts, Ratio, TrendPoint, UnitRow
from tracker.lights import LIGHT_NAMES, WORST_FIRST, Light

COLOURS = {
    Light.RED: "#c0362c",
    Light.YELLOW: "#e0a100",
    Light.YELLOW_BLUE: "url(#made-up)",
    Light.GREEN: "#3c8d5a",
    Light.BLUE: "#2f6db3",
    Light.GREY: "#b4bcc6",
}
_INK, _FAINT, _GRID = "#24313d", "#5f6b76", "#dfe4e9"
_WIDTH = 360
_FONT = "font-family=\"'Microsoft YaHei','PingFang SC','Noto Sans CJK SC',SimHei,sans-serif\""
_MADE_UP = (
    '<pattern id="made-up" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="#e0a100"/><rect width="3" height="6" fill="#2f6db3"/></pattern>'
)
MOST_UNITS = 16


def draw_lights(units: Sequence[UnitRow]) -> str:
    """One stacked bar a unit, as long as it has tasks; the units with most red and yellow ones if there are many."""
    shown = choose_units(units)
    longest = max((unit.lights.total for unit in shown), default=0) or 1
    parts = [_legend(18)]
    top = 46
    for unit in shown:
        parts.append(_text(0, top + 13, shortened(unit.unit, 8), size=12))
        parts.append(_bar(unit.lights, top, longest))
        parts.append(_text(_WIDTH, top + 13, str(unit.lights.total), size=12, anchor="end", colour=_FAINT))
        top += 26
    described = "；".join(f"{unit.unit}：{lights_text(unit.lights)}" for unit in shown)
    return _svg("lights", "各部门任务灯色", described, top, _MADE_UP, parts)


def choose_units(units: Sequence[UnitRow]) -> list[UnitRow]:
    """The units that a chart has room for, in their own order."""
    worst = sorted(units, key=lambda unit: (-unit.lights.red, -unit.lights.yellow, -unit.lights.total))
    chosen = {id(unit) for unit in worst[:MOST_UNITS]}
    return [unit for unit in units if id(unit) in chosen]


def lights_text(lights: LightCounts) -> str:
    said = [f"{LIGHT_NAMES[light]}{lights.of(light)}" for light in WORST_FIRST if lights.of(light)]
    return "、".join(said) or "没有任务"


def draw_trend(points: Sequence[TrendPoint]) -> str:
    """Two lines: the on-time rate, and the completion rate dashed. A week without anything to count leaves a gap."""
    parts = [_grid_line(rate) for rate in (0.0, 0.5, 1.0)]
    for place, point in enumerate(points):
        if (len(points) - 1 - place) % 3 == 0:
            label = f"{point.ends_on.month}.{point.ends_on.day}"
            parts.append(
                _text(_across(place, len(points)), 166, label, size=10, anchor="middle", colour=_FAINT)
            )
    on_time, completion = [point.on_time for point in points], [point.completion for point in points]
    aside = _aside(on_time, completion)
    parts += _line(on_time, COLOURS[Light.BLUE], "按时办结率", dashed=False, aside=aside)
    parts += _line(completion, COLOURS[Light.GREEN], "办结率", dashed=True, aside=-aside)
    parts.append(_trend_legend())
    described = "；".join(
        f"{short_day(point.ends_on)}按时办结率{percent(point.on_time)}、办结率{percent(point.completion)}"
        for point in points
    )
    return _svg("trend", "近十二周按时办结率和办结率", described, 174, "", parts)


def _svg(name: str, title: str, described: str, height: int, definitions: str, parts: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="100%" role="img" '
        f'aria-labelledby="{name}-title {name}-described" style="max-width:520px;display:block" {_FONT}>'
        f'<title id="{name}-title">{escape(title, quote=False)}</title>'
        f'<desc id="{name}-described">{escape(described, quote=False)}</desc>'
        f"{f'<defs>{definitions}</defs>' if definitions else ''}{''.join(parts)}</svg>"
    )


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: int,
    anchor: str = "start",
    colour: str = _INK,
    weight: str = "400",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}" '
        f'font-weight="{weight}">{escape(text, quote=False)}</text>'
    )


def _bar(lights: LightCounts, top: int, longest: int) -> str:
    left, room, parts = 104.0, 226.0, []
    for light in WORST_FIRST:
        number = lights.of(light)
        if not number:
            continue
        width = room * number / longest
        parts.append(
            f'<rect x="{left:.1f}" y="{top}" width="{max(width - 0.8, 0.6):.1f}" height="17" fill="{COLOURS[light]}"/>'
        )
        if width >= 8 + 7 * len(str(number)):
            colour = _INK if light in (Light.YELLOW, Light.GREY) else "#ffffff"
            middle = left + width / 2
            if light is Light.YELLOW_BLUE:
                half = 4.0 + 3.5 * len(str(number))
                parts.append(
                    f'<rect x="{middle - half:.1f}" y="{top + 2}" width="{2 * half:.1f}" height="13" '
                    f'rx="2" fill="{_INK}"/>'
                )
            parts.append(_text(middle, top + 13, str(number), size=11, anchor="middle", colour=colour))
        left += width
    return "".join(parts)


def _legend(y: int) -> str:
    parts, left = [], 0.0
    for light in WORST_FIRST:
        name = LIGHT_NAMES[light]
        parts.append(f'<rect x="{left:.0f}" y="{y - 10}" width="11" height="11" fill="{COLOURS[light]}"/>')
        parts.append(_text(left + 15, y, name, size=12))
        left += 27 + 12 * len(name)
    return "".join(parts)


_LEFT, _RIGHT, _TOP, _BOTTOM = 34.0, 314.0, 32.0, 150.0
_LINE_OF_TEXT = 11.0


def _across(place: int, count: int) -> float:
    return _LEFT + (_RIGHT - _LEFT) * place / max(count - 1, 1)


def _down(rate: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * rate


def _grid_line(rate: float) -> str:
    y = _down(rate)
    return f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_RIGHT}" y2="{y:.1f}" stroke="{_GRID}"/>' + _text(
        _LEFT - 5, y + 4, f"{rate:.0%}", size=10, anchor="end", colour=_FAINT
    )


def _aside(one: Sequence[Ratio], other: Sequence[Ratio]) -> float:
    """How far down the first line's last figure has to move, and the second's up, so that both can be read."""
    rates = [ratios[-1].rate if ratios else None for ratios in (one, other)]
    if rates[0] is None or rates[1] is None:
        return 0.0
    gap = _down(rates[0]) - _down(rates[1])
    missing = max(0.0, _LINE_OF_TEXT - abs(gap)) / 2
    return missing if gap > 0 else -missing


def _line(ratios: Sequence[Ratio], colour: str, name: str, *, dashed: bool, aside: float) -> list[str]:
    """A polyline for each stretch without a gap, and the last value in numbers."""
    stretches: list[list[tuple[float, float]]] = [[]]
    for place, ratio in enumerate(ratios):
        if ratio.rate is None:
            stretches.append([])
        else:
            stretches[-1].append((_across(place, len(ratios)), _down(ratio.rate)))
    style = f'fill="none" stroke="{colour}" stroke-width="2"' + (' stroke-dasharray="5 3"' if dashed else "")
    parts = [
        f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in stretch)}" {style}/>'
        for stretch in stretches
        if len(stretch) > 1
    ]
    if stretches[-1]:
        x, y = stretches[-1][-1]
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"><title>{name}</title></circle>'
        )
        parts.append(_text(x + 6, y + 4 + aside, percent(ratios[-1]), size=10, colour=colour, weight="700"))
    return parts


def _trend_legend() -> str:
    blue, green = COLOURS[Light.BLUE], COLOURS[Light.GREEN]
    return (
        f'<line x1="0" y1="10" x2="22" y2="10" stroke="{blue}" stroke-width="2"/>'
        + _text(27, 14, "按时办结率", size=12)
        + f'<line x1="110" y1="10" x2="132" y2="10" stroke="{green}" stroke-width="2" stroke-dasharray="5 3"/>'
        + _text(137, 14, "办结率", size=12)
    )
