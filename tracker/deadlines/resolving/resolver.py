"""From phrases to deadlines, in reading order: subjects left out, each of the rest with its days, rule or offset.

What a phrase inherits is kept in `context`; what repeats with its sentence is told by `inheriting` and `yearly`;
the days come from `calendar_days`, `ranges` and `festivals`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from tracker.calendar import WorkCalendar
from tracker.deadlines import recurrence as rules
from tracker.deadlines.grammar.phrases import (
    Found,
    MonthDay,
    Period,
    Phrase,
    Point,
    Repeat,
    Scope,
    Standing,
    Stretch,
    Vague,
    YearBase,
    Yearly,
)
from tracker.deadlines.reading.cursor import Tokens
from tracker.deadlines.reading.kinds import Kind
from tracker.deadlines.resolving.calendar_days import days_of_point, due_of_point, last_of_month
from tracker.deadlines.resolving.context import YEARS, Context
from tracker.deadlines.resolving.festivals import days_off, eve_of
from tracker.deadlines.resolving.inheriting import (
    inherited_rule,
    is_of_every_year,
    later_day_of_month,
    rule_of_month_day,
)
from tracker.deadlines.resolving.ranges import days_of_range
from tracker.deadlines.resolving.yearly import day_of_year, offset_of_moving, shared_day
from tracker.deadlines.subjects.judging import is_subject
from tracker.deadlines.subjects.surroundings import Surroundings
from tracker.deadlines.values import Deadline, DeadlineKind, Offset, OffsetUnit

_SUNDAY = 6
Resolved = tuple[Found, Deadline]


class Resolver:
    """Resolves the phrases of one text in reading order."""

    def __init__(self, tokens: Tokens, ref: date | None, calendar: WorkCalendar | None) -> None:
        self.tokens = tokens
        self.ref = ref
        self.calendar = calendar
        self.context = Context(ref)

    def resolve(self, phrases: Sequence[Found]) -> list[Resolved]:
        resolved: list[Resolved] = []
        sentence = (-1, -1)
        place = 0
        while place < len(phrases):
            around = self.tokens.sentence_of(phrases[place].first)
            if around != sentence:
                sentence = around
                self.context.start_sentence()
            group = self._group(phrases, place)
            place += len(group)
            resolved.extend(self._resolve_group(group))
        return resolved

    def _group(self, phrases: Sequence[Found], place: int) -> list[Found]:
        """The finding at `place`, with the rest of its list where all of them repeat yearly."""
        group = [phrases[place]]
        while (len(group) > 1 or self._is_yearly(group[0])) and place + len(group) < len(phrases):
            following = phrases[place + len(group)]
            joined = following.first == group[-1].end + 1 and self.tokens.kind(group[-1].end) is Kind.AND
            if not joined or not isinstance(following.phrase, Point | Yearly) or _has_year(following.phrase):
                break
            group.append(following)
        return group

    def _is_yearly(self, found: Found) -> bool:
        in_brackets = self.tokens.kind(found.first - 1) is Kind.OPEN
        return is_of_every_year(self.context, found, in_brackets=in_brackets)

    def _resolve_group(self, group: list[Found]) -> list[Resolved]:
        if self._is_yearly(group[0]):
            self.context.repetition = "year"
            return self._resolve_yearly(group)
        found = group[0]
        deadline = self._resolve_holiday(found)
        if deadline is None and is_subject(self.tokens, found, self.ref):
            self._take_heading(found)
            return []
        deadline = deadline or self._resolve_one(found)
        return [(found, deadline)] if deadline is not None else []

    def _take_heading(self, found: Found) -> None:
        """“2025年，3月底前…”: a year that opens a sentence is the year of what follows, never an earlier one."""
        point = found.phrase
        if not isinstance(point, Point) or point.scope is not Scope.YEAR or point.is_marked:
            return
        year = point.year
        if year is None or year.base is not YearBase.CALENDAR:
            return
        is_past = self.ref is not None and year.number < self.ref.year
        if not is_past and Surroundings(self.tokens, found).opens_sentence:
            self.context.take_year(year)

    def _resolve_one(self, found: Found) -> Deadline | None:
        match found.phrase:
            case Point() as point:
                return self._resolve_point(found, point)
            case Stretch() as stretch:
                days = days_of_range(self.context, stretch)
                return None if days is None else _window(self._span(found), *days)
            case Repeat() as repeat:
                self.context.repetition = repeat.period
                return self._recurring(found, repeat.rules[0])
            case MonthDay(point):
                return self._resolve_month_day(found, point)
            case Period() as period:
                return self._resolve_period(found, period)
            case Standing():
                return Deadline(self._span(found), DeadlineKind.STANDING)
            case Vague():
                return Deadline(self._span(found), DeadlineKind.VAGUE)
        return None

    def _span(self, found: Found) -> str:
        return self.tokens.original(found.first, found.end)

    def _recurring(self, found: Found, rule: str) -> Deadline:
        return Deadline(self._span(found), DeadlineKind.RECURRING, recurrence=rule)

    def _resolve_period(self, found: Found, period: Period) -> Deadline:
        # 受理后2日内转办，5日内反馈: the second period runs from the same event
        event = period.event or (self.context.event if period.count > 0 else "")
        self.context.event = event
        offset = Offset(period.count, OffsetUnit(period.unit), event)
        return Deadline(self._span(found), DeadlineKind.RELATIVE, offset=offset)

    def _resolve_point(self, found: Found, point: Point) -> Deadline | None:
        span = self._span(found)
        if point.scope is Scope.FESTIVAL:
            return Deadline(span, DeadlineKind.DATE, due=eve_of(self.context, point))
        if (
            point.is_sequel
            and self.tokens.kind(found.first - 1) is Kind.AFTER
            and not self.context.repetition
        ):
            return None  # 验收后次月底前: counted from an event, in no unit of ours
        rule = inherited_rule(self.context, point)
        if rule is not None:
            return self._recurring(found, rule)
        if point.scope is Scope.WEEK:
            return self._resolve_week(span, point)
        if point.scope is Scope.YEAR and point.number is not None and point.year is None:
            return Deadline(span, DeadlineKind.DATE, due=date(point.number, 12, 31))
        return self._resolve_located(found, point)

    def _resolve_located(self, found: Found, point: Point) -> Deadline | None:
        span = self._span(found)
        known, year = self.context.locate(point)
        spans = known.scope in (Scope.YEAR, Scope.MONTH) and not known.is_marked and not found.until
        if known.month is not None:
            self.context.last = known
        if year is None or year not in YEARS:
            return Deadline(span, DeadlineKind.WINDOW if spans else DeadlineKind.DATE)
        if known.scope is Scope.DAY and (known.day or 1) > last_of_month(year, known.month or 1).day:
            return None  # 29 February of a common year: a question, never another day
        if spans:
            return _window(span, *days_of_point(known, year))
        return Deadline(span, DeadlineKind.DATE, due=due_of_point(known, year))

    def _resolve_week(self, span: str, point: Point) -> Deadline:
        if self.ref is None:
            return Deadline(span, DeadlineKind.DATE)
        monday = self.ref - timedelta(days=self.ref.weekday()) + timedelta(weeks=point.month_shift or 0)
        if point.number is None and not point.is_marked:
            return _window(span, monday, monday + timedelta(days=_SUNDAY))
        weekday = _SUNDAY if point.number is None else point.number
        return Deadline(span, DeadlineKind.DATE, due=monday + timedelta(days=weekday))

    def _resolve_holiday(self, found: Found) -> Deadline | None:
        """国庆假期期间: the days off of that holiday, where the calendar given has published them."""
        if not isinstance(found.phrase, Point):
            return None
        following = self.tokens.words(found.end, found.end + 4)
        days = days_off(self.context, found.phrase, following, self.calendar)
        return _window(self._span(found), *days) if days else None

    def _resolve_month_day(self, found: Found, point: Point) -> Deadline | None:
        """25日前 after 每月… repeats monthly, after 6月10日前… it is a day of June; alone it means nothing."""
        rule = rule_of_month_day(self.context, point)
        if rule is not None:
            return self._recurring(found, rule)
        later = later_day_of_month(self.context, point)
        return self._resolve_point(found, later) if later else None

    def _resolve_yearly(self, group: list[Found]) -> list[Resolved]:
        """One rule for points on like days (每年6月底和12月底前), one for each where the days differ."""
        days = [day_of_year(found.phrase) for found in group]
        same = shared_day(days)
        if same is not None:
            whole = replace(group[0], end=group[-1].end)
            return [(whole, self._recurring(whole, rules.yearly(*same)))]
        resolved: list[Resolved] = []
        for found, day in zip(group, days, strict=True):
            offset = offset_of_moving(found.phrase) if day is None else None
            if day is not None:
                resolved.append((found, self._recurring(found, rules.yearly([day[0]], day[1]))))
            elif offset is not None:
                resolved.append((found, Deadline(self._span(found), DeadlineKind.RELATIVE, offset=offset)))
        return resolved


def _window(span: str, start: date | None, due: date | None) -> Deadline:
    return Deadline(span, DeadlineKind.WINDOW, start=start, due=due)


def _has_year(phrase: Phrase) -> bool:
    return isinstance(phrase, Point) and (phrase.year is not None or phrase.month is None)
