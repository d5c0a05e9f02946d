"""From phrases to deadlines: each gets the year, month and repetition it stands in, and its days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from tracker.calendar import FESTIVALS, WorkCalendar
from tracker.deadlines import recurrence as rules
from tracker.deadlines.calendar_days import days_of_point, due_of_point, last_of_month
from tracker.deadlines.context import Context
from tracker.deadlines.cursor import Tokens
from tracker.deadlines.kinds import Kind
from tracker.deadlines.phrases import (
    Found,
    MonthDay,
    Period,
    Point,
    Repeat,
    Scope,
    Standing,
    Stretch,
    Vague,
    YearBase,
    Yearly,
)
from tracker.deadlines.subjects import is_subject
from tracker.deadlines.surroundings import Surroundings
from tracker.deadlines.values import Deadline, DeadlineKind, Offset, OffsetUnit

_YEARS = range(1900, 2100)
_LATE_IN_YEAR = 10
_TURN_OF_THE_YEAR = frozenset(("元旦", "春节", "元宵节", "除夕", "小年", "腊八节"))


class Resolver:
    """Resolves the phrases of one text in reading order."""

    def __init__(self, tokens: Tokens, ref: date | None, calendar: WorkCalendar | None) -> None:
        self.tokens = tokens
        self.ref = ref
        self.calendar = calendar
        self.context = Context(ref)

    def resolve(self, phrases: Sequence[Found]) -> list[tuple[Found, Deadline]]:
        resolved: list[tuple[Found, Deadline]] = []
        sentence = (-1, -1)
        place = 0
        while place < len(phrases):
            found = phrases[place]
            around = self.tokens.sentence_of(found.first)
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
        phrase = found.phrase
        if isinstance(phrase, Yearly):
            return True
        unnamed = isinstance(phrase, Point) and (phrase.year is None or phrase.year.base is YearBase.CARRIED)
        inherits = isinstance(phrase, Point) and unnamed and phrase.month is not None
        if inherits and self.context.repetition in ("half", "quarter"):
            return self.tokens.kind(found.first - 1) is Kind.OPEN  # 每半年（6月20日、12月20日前）
        return inherits and self.context.repetition == "year"

    def _resolve_group(self, group: list[Found]) -> list[tuple[Found, Deadline]]:
        if self._is_yearly(group[0]):
            self.context.repetition = "year"
            return self._resolve_yearly(group)
        found = group[0]
        holiday = self._resolve_holiday(found)
        if holiday is not None:
            return [(found, holiday)]
        if is_subject(self.tokens, found, self.ref):
            self._take_heading(found)
            return []
        deadline = self._resolve_one(found)
        return [(found, deadline)] if deadline is not None else []

    def _take_heading(self, found: Found) -> None:
        """“2025年，3月底前…”: a year that opens a sentence is the year of what follows, never an earlier one."""
        phrase = found.phrase
        if (
            not isinstance(phrase, Point)
            or phrase.scope is not Scope.YEAR
            or phrase.is_marked
            or phrase.year is None
        ):
            return
        year = phrase.year
        is_calendar = year.base is YearBase.CALENDAR and (self.ref is None or year.number >= self.ref.year)
        if is_calendar and Surroundings(self.tokens, found).opens_sentence:
            self.context.take_year(year)

    def _resolve_one(self, found: Found) -> Deadline | None:
        phrase = found.phrase
        match phrase:
            case Point():
                return self._resolve_point(found, phrase)
            case Stretch():
                return self._resolve_stretch(found, phrase)
            case Repeat():
                self.context.repetition = phrase.period
                return self._deadline(found, DeadlineKind.RECURRING, recurrence=phrase.rules[0])
            case MonthDay():
                return self._resolve_month_day(found, phrase.point)
            case Period():
                # 受理后2日内转办，5日内反馈: the second period runs from the same event
                event = phrase.event or (self.context.event if phrase.count > 0 else "")
                self.context.event = event
                offset = Offset(phrase.count, OffsetUnit(phrase.unit), event)
                return self._deadline(found, DeadlineKind.RELATIVE, offset=offset)
            case Standing():
                return self._deadline(found, DeadlineKind.STANDING)
            case Vague():
                return self._deadline(found, DeadlineKind.VAGUE)
        return None

    def _deadline(
        self,
        found: Found,
        kind: DeadlineKind,
        *,
        start: date | None = None,
        due: date | None = None,
        recurrence: str | None = None,
        offset: Offset | None = None,
    ) -> Deadline:
        span = self.tokens.original(found.first, found.end)
        return Deadline(span, kind, start=start, due=due, recurrence=recurrence, offset=offset)

    def _recurring(self, found: Found, rule: str) -> Deadline:
        return self._deadline(found, DeadlineKind.RECURRING, recurrence=rule)

    # points

    def _resolve_point(self, found: Found, point: Point) -> Deadline | None:
        if point.scope is Scope.FESTIVAL:
            return self._resolve_festival(found, point)
        if (
            point.is_sequel
            and self.tokens.kind(found.first - 1) is Kind.AFTER
            and not self.context.repetition
        ):
            return None  # 验收后次月底前: counted from an event, in no unit of ours
        rule = self._inherited_rule(point)
        if rule is not None:
            return self._recurring(found, rule)
        if point.scope is Scope.WEEK:
            return self._resolve_week(found, point)
        if point.scope is Scope.YEAR and point.number is not None and point.year is None:
            return self._deadline(found, DeadlineKind.DATE, due=date(point.number, 12, 31))
        known, year = self._locate(point)
        kind = self._kind_of(found, known)
        if known.month is not None:
            self.context.last = known
        if year is None or year not in _YEARS:
            return self._deadline(found, kind)
        if known.scope is Scope.DAY and (known.day or 1) > last_of_month(year, known.month or 1).day:
            return None  # 29 February of a common year: a question, never another day
        if kind is DeadlineKind.DATE:
            return self._deadline(found, kind, due=due_of_point(known, year))
        start, due = days_of_point(known, year)
        return self._deadline(found, kind, start=start, due=due)

    def _locate(self, point: Point) -> tuple[Point, int | None]:
        if point.scope in (Scope.YEAR, Scope.HALF) or (point.scope is Scope.QUARTER and point.number):
            return point, self.context.take_year(point.year)
        return self.context.take_month(point)

    def _kind_of(self, found: Found, point: Point) -> DeadlineKind:
        spans = point.scope in (Scope.YEAR, Scope.MONTH) and not point.is_marked and not found.until
        return DeadlineKind.WINDOW if spans else DeadlineKind.DATE

    def _inherited_rule(self, point: Point) -> str | None:
        """The rule of a point that repeats with its sentence: 次月5日前, 每月…月底前, 季度末前."""
        repetition = self.context.repetition
        if point.scope is Scope.WEEK and (point.is_sequel or repetition == "week"):
            return rules.weekly([6 if point.number is None else point.number])
        if (
            point.scope is Scope.QUARTER
            and point.number is None
            and (point.month_shift is None or repetition == "quarter")
        ):
            return rules.yearly(rules.QUARTER_ENDS, rules.LAST_DAY)
        if point.scope is Scope.YEAR and point.year is None and point.is_marked and repetition == "year":
            return rules.yearly([12], rules.LAST_DAY)  # 每年…，年底前
        if point.month is not None or point.scope not in (Scope.MONTH, Scope.DAY, Scope.TEN_DAYS):
            return None
        sequel = point.is_sequel and (self.context.last is None or repetition == "month")
        if not sequel and repetition != "month":
            return None
        if repetition == "quarter":
            return rules.yearly([1, 4, 7, 10], _day_of_month(point))
        return rules.monthly([_day_of_month(point)])[0]

    def _resolve_week(self, found: Found, point: Point) -> Deadline | None:
        if self.ref is None:
            return self._deadline(found, DeadlineKind.DATE)
        monday = self.ref - timedelta(days=self.ref.weekday()) + timedelta(weeks=point.month_shift or 0)
        if point.number is not None or point.is_marked:
            due = monday + timedelta(days=6 if point.number is None else point.number)
            return self._deadline(found, DeadlineKind.DATE, due=due)
        return self._deadline(found, DeadlineKind.WINDOW, start=monday, due=monday + timedelta(days=6))

    def _resolve_festival(self, found: Found, point: Point) -> Deadline | None:
        festival = FESTIVALS[point.festival or ""]
        year = self.context.take_year(point.year)
        if year is None:
            return self._deadline(found, DeadlineKind.DATE)
        eve = festival.on(year) - timedelta(days=1)
        if point.year is None and not self.context.named and self._means_next_year(festival.name, eve):
            eve = festival.on(year + 1) - timedelta(days=1)
        return self._deadline(found, DeadlineKind.DATE, due=eve)

    def _resolve_holiday(self, found: Found) -> Deadline | None:
        """国庆假期期间: the days off of that holiday, where the calendar given has published them."""
        point = found.phrase
        if (
            self.calendar is None
            or not isinstance(point, Point)
            or point.scope is not Scope.FESTIVAL
            or point.before
        ):
            return None
        following = self.tokens.words(found.end, found.end + 4)
        if not following.startswith(("期间", "假期", "节假期", "放假期间")):
            return None
        year = self.context.take_year(point.year)
        days = self.calendar.list_holiday_days(point.festival or "", year) if year is not None else []
        return self._deadline(found, DeadlineKind.WINDOW, start=days[0], due=days[-1]) if days else None

    def _means_next_year(self, name: str, eve: date) -> bool:
        """New Year's Day without a year is the coming one; late in a year so are the festivals of the next winter."""
        if self.ref is None or eve >= self.ref:
            return False
        return name == "元旦" or (name in _TURN_OF_THE_YEAR and self.ref.month >= _LATE_IN_YEAR)

    def _resolve_month_day(self, found: Found, point: Point) -> Deadline | None:
        """25日前 after 每月… repeats monthly, after 6月10日前… it is a day of June; alone it means nothing."""
        if point.scope is Scope.WEEK:
            return (
                self._recurring(found, rules.weekly([point.number or 0]))
                if self.context.repetition == "week"
                else None
            )
        day = point.day or 0
        if self.context.repetition == "month":
            return self._recurring(found, rules.monthly([day])[0])
        last = self.context.last
        if self.context.repetition is not None or last is None or last.month is None:
            return None
        if last.scope is not Scope.DAY or day <= (last.day or 31):
            return None
        return self._resolve_point(found, replace(last, year=None, day=day, before=True))

    # ranges

    def _resolve_stretch(self, found: Found, stretch: Stretch) -> Deadline | None:
        if stretch.last is None:
            return self._resolve_open(found, stretch)
        start = self._start_of(stretch)
        last, year = self._locate(stretch.last)
        if year is None:
            return self._deadline(found, DeadlineKind.WINDOW)
        if stretch.first is None:
            due = self._due_of_festival_or_point(last, year)
            return self._deadline(found, DeadlineKind.WINDOW, due=due)
        due = self._due_of_festival_or_point(last, year)
        if start is not None and due < start:
            if stretch.last.year is not None or last.scope is Scope.YEAR or year + 1 not in _YEARS:
                return None
            due = self._due_of_festival_or_point(last, year + 1)
        if start is None or (due - start).days > 366 * 12:
            return None
        self.context.last = last if last.month is not None else None
        return self._deadline(found, DeadlineKind.WINDOW, start=start, due=due)

    def _start_of(self, stretch: Stretch) -> date | None:
        if stretch.first is None:
            return None
        first, last = stretch.first, stretch.last
        only_last_named = first.year is None and last is not None and last.year is not None
        if only_last_named and last is not None and last.year is not None and not self.context.year:
            first = replace(first, year=last.year)
        known, year = self._locate(first)
        if year is None or year not in _YEARS:
            return None
        if known.scope is Scope.FESTIVAL:
            return FESTIVALS[known.festival or ""].on(year)
        return days_of_point(known, year)[0]

    def _due_of_festival_or_point(self, point: Point, year: int) -> date:
        if point.scope is Scope.FESTIVAL:
            return FESTIVALS[point.festival or ""].on(year) - timedelta(days=1 if point.before else 0)
        if point.scope is Scope.YEAR and point.number is not None:
            return date(point.number, 12, 31)
        return due_of_point(point, year)

    def _resolve_open(self, found: Found, stretch: Stretch) -> Deadline | None:
        """“3月起”: a start is known, an end is not, so nothing is due."""
        start = self._start_of(stretch)
        return self._deadline(found, DeadlineKind.WINDOW, start=start)

    # every year

    def _resolve_yearly(self, group: list[Found]) -> list[tuple[Found, Deadline]]:
        """One rule for points on like days (每年6月底和12月底前), one for each where the days differ."""
        days = [self._day_of_year(found.phrase) for found in group]
        span = replace(group[0], end=group[-1].end)
        same = _same_days(days)
        if same is not None:
            return [(span, self._recurring(span, rules.yearly(*same)))]
        resolved = []
        for found, day in zip(group, days, strict=True):
            if day is not None:
                resolved.append((found, self._recurring(found, rules.yearly([day[0]], day[1]))))
            else:
                resolved.extend(self._resolve_moving(found))
        return resolved

    def _day_of_year(self, phrase: object) -> tuple[int, int] | None:
        """Month and day (-1 for the last) of a point of every year; None for a festival that moves."""
        point = phrase.point if isinstance(phrase, Yearly) else phrase
        if not isinstance(point, Point):
            return None
        if point.scope is Scope.FESTIVAL:
            festival = FESTIVALS[point.festival or ""]
            eve = festival.on(2023) - timedelta(days=1)  # a year like most: fixed festivals only
            return (eve.month, eve.day) if festival.is_fixed else None
        due = due_of_point(point, 2024)
        is_last = due == last_of_month(due.year, due.month) and (point.scope is not Scope.DAY)
        return due.month, rules.LAST_DAY if is_last else point.day or due.day

    def _resolve_moving(self, found: Found) -> list[tuple[Found, Deadline]]:
        """每年春节前: no rule can hold it; it is a day before an event."""
        point = found.phrase.point if isinstance(found.phrase, Yearly) else None
        if point is None or not point.before:
            return []
        offset = Offset(-1, OffsetUnit.DAY, point.festival or "")
        return [(found, self._deadline(found, DeadlineKind.RELATIVE, offset=offset))]


def _has_year(phrase: Point | Yearly) -> bool:
    return isinstance(phrase, Point) and (phrase.year is not None or phrase.month is None)


def _day_of_month(point: Point) -> int:
    if point.scope is Scope.MONTH:
        return rules.LAST_DAY
    day = point.day or 31
    return rules.LAST_DAY if point.scope is Scope.TEN_DAYS and day == 31 else day


def _same_days(days: Sequence[tuple[int, int] | None]) -> tuple[list[int], int] | None:
    """The months and the one day that all share; a month's last day is one day whatever its number."""
    if any(day is None for day in days):
        return None
    known = [day for day in days if day is not None]
    months = [month for month, _ in known]
    numbers = {number for _, number in known}
    if len(numbers) == 1:
        return months, numbers.pop()
    lasts = {last_of_month(2024, month).day == number or number == rules.LAST_DAY for month, number in known}
    return (months, rules.LAST_DAY) if lasts == {True} else None
