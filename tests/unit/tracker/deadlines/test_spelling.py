"""Every spelling of a date is the same date, and no text is too strange or too long."""

from __future__ import annotations

import calendar
import time
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tracker.deadlines import DeadlineKind, parse
from tracker.deadlines.reading.kinds import Kind
from tracker.deadlines.reading.normalising import normalise
from tracker.deadlines.reading.numerals import read_numeral
from tracker.deadlines.reading.tokens import tokenise
from tracker.deadlines.recurrence import (
    daily,
    monthly,
    monthly_workday,
    months_of,
    occurrences,
    weekly,
    without_month,
    yearly,
)

REF = date(2024, 3, 1)
DIGITS = "〇一二三四五六七八九"
DAYS = st.dates(min_value=date(2001, 1, 1), max_value=date(2049, 12, 31))
ALPHABET = st.sampled_from(
    "0123456789一二三十〇年月日前底末内后每季度周旬个工作之起至-—、，。；（）《》“”上下半初按要求 \n\t的到完成报送"
)


def in_chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十") + (DIGITS[ones] if ones else "")


def spell(day: date, style: int) -> str:
    chinese_year = "".join(DIGITS[int(digit)] for digit in str(day.year))
    plain = f"{day.year}年{day.month}月{day.day}日前"
    return [
        plain,
        plain.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)}),
        f"{day.year} 年 {day.month} 月 {day.day} 日 前",
        f"{chinese_year}年{in_chinese(day.month)}月{in_chinese(day.day)}日前",
        f"{day.year}.{day.month}.{day.day}前",
        f"{day.isoformat()}前",
        f"{day.year}/{day.month:02}/{day.day:02}前",
        f"{day.year}年{day.month}月{day.day}号之前",
        f"{day.year}年{day.month}月{day.day}日下班前",
        f"1.{plain}",
        f"请于{plain}，将情况报送",
    ][style]


class TestSpelling:
    @settings(max_examples=200, derandomize=True, deadline=None)
    @given(day=DAYS, style=st.integers(min_value=0, max_value=10))
    def test_a_date_comes_back_from_every_spelling(self, day: date, style: int) -> None:
        assert [(found.kind, found.due) for found in parse(spell(day, style), ref=REF)] == [
            (DeadlineKind.DATE, day)
        ]

    @settings(max_examples=100, derandomize=True, deadline=None)
    @given(first=DAYS, length=st.integers(min_value=1, max_value=300), dash=st.sampled_from("-—–－~～至到"))
    def test_a_range_comes_back_with_every_dash(self, first: date, length: int, dash: str) -> None:
        last = date.fromordinal(first.toordinal() + length)
        text = f"{first.year}年{first.month}月{first.day}日{dash}{last.year}年{last.month}月{last.day}日"
        assert [(found.start, found.due) for found in parse(text, ref=REF)] == [(first, last)]

    @settings(max_examples=50, derandomize=True, deadline=None)
    @given(year=st.integers(2000, 2050), month=st.integers(1, 12))
    def test_the_end_of_a_month_is_its_last_day(self, year: int, month: int) -> None:
        due = date(year, month, calendar.monthrange(year, month)[1])
        assert [found.due for found in parse(f"{year}年{month}月底前", ref=REF)] == [due]

    @pytest.mark.parametrize(
        ("text", "span"),
        [
            ("1. 5月底前，出台方案", "5月底前"),
            ("（请于）１０ 月 １５ 日前报送", "１０ 月 １５ 日前"),
            ("應在檢查結束之日起20個工作日內公開", "檢查結束之日起20個工作日內"),
            ("4. 8-9月推进整改", "8-9月"),
            ("务必每月 30 日前上报", "每月 30 日前"),
        ],
    )
    def test_the_span_is_the_phrase_as_it_stands_in_the_source(self, text: str, span: str) -> None:
        assert [found.span for found in parse(text, ref=REF)] == [span]


class TestScannedText:
    @pytest.mark.parametrize(
        ("text", "due"),
        [
            ("2024年11<br/>月底前", date(2024, 11, 30)),
            ("<p>１１月底前</p>", date(2024, 11, 30)),
            ("2024年<span style='color:red'>11月</span>底前", date(2024, 11, 30)),
            ("2024年**11月底**前", date(2024, 11, 30)),
            ("11月&nbsp;底前", date(2024, 11, 30)),
            ("11\u200b月\ufeff底前", date(2024, 11, 30)),
            ("2O24年l1月3O日前", date(2024, 11, 30)),
            ("十 一 月 三 十 日 前", date(2024, 11, 30)),
            ("二 〇 二 四 年 十 一 月 底 前", date(2024, 11, 30)),
            ("1 1 月 3 0 日 前", date(2024, 11, 30)),
            ("年 底 前", date(2024, 12, 31)),
            ("下 半 年", date(2024, 12, 31)),
        ],
    )
    def test_what_scanning_and_web_pages_leave_behind_changes_no_date(self, text: str, due: date) -> None:
        assert [found.due for found in parse(text, ref=REF)] == [due]

    @pytest.mark.parametrize("text", ["自 查 合 格 后 5 个 工 作 日 内", "自查合格后5个工\n作日内"])
    def test_a_word_goes_on_behind_white_space(self, text: str) -> None:
        offsets = [found.offset for found in parse(text, ref=REF)]
        assert [(offset.count, str(offset.unit)) for offset in offsets if offset] == [(5, "workday")]

    def test_what_looks_like_a_tag_or_a_digit_and_is_none_stays(self) -> None:
        assert normalise("<100人，A1月刊，ISO9001") == "<100人,A1月刊,ISO9001"


class TestAnyText:
    @settings(max_examples=300, derandomize=True, deadline=None)
    @given(text=st.one_of(st.text(max_size=60), st.text(alphabet=ALPHABET, max_size=60)))
    def test_nothing_raises_and_every_span_is_in_the_text(self, text: str) -> None:
        for found in parse(text, ref=REF):
            assert found.span
            assert found.span in text

    @settings(max_examples=200, derandomize=True, deadline=None)
    @given(text=st.text(alphabet=ALPHABET, max_size=40))
    def test_without_a_year_nothing_is_due_on_a_guessed_day(self, text: str) -> None:
        unknown = parse(text.replace("年", ""), ref=None)
        digits = sum(character.isdigit() for character in text)
        assert all(found.due is None or digits >= 4 for found in unknown)

    @settings(max_examples=200, derandomize=True, deadline=None)
    @given(text=st.text(max_size=80))
    def test_normalising_keeps_every_place(self, text: str) -> None:
        assert len(normalise(text)) == len(text)

    @pytest.mark.parametrize(
        "piece",
        [
            "每月5日前、",
            "5月、6月、",
            "尽快",
            "5月",
            "1、2、3、",
            "《",
            "检查结束之日起",
            "常态化开展，",
            "2024年",
            "（",
            "0",
            "十",
            "持续推进，",
        ],
    )
    def test_twenty_thousand_characters_take_seconds_at_most(self, piece: str) -> None:
        text = piece * (20_000 // len(piece))
        started = time.perf_counter()
        parse(text, ref=REF)
        assert time.perf_counter() - started < 20


class TestNumerals:
    @pytest.mark.parametrize("number", range(1, 100))
    def test_a_number_comes_back_from_its_characters(self, number: int) -> None:
        assert read_numeral(in_chinese(number)) == number

    @pytest.mark.parametrize(
        ("text", "number"), [("二〇二四", 2024), ("廿三", 23), ("一百二十", 120), ("两", 2)]
    )
    def test_other_ways_of_writing_numbers_are_known(self, text: str, number: int) -> None:
        assert read_numeral(text) == number

    @pytest.mark.parametrize("text", ["二十三十", "十百", "三四十五"])
    def test_what_is_no_number_is_none(self, text: str) -> None:
        assert read_numeral(text) is None


class TestTokens:
    def test_titles_and_document_numbers_are_plain_text(self) -> None:
        kinds = {token.kind for token in tokenise("《关于5月底前完成的通知》〔2024〕14号")}
        assert kinds <= {Kind.TEXT, Kind.DAY, Kind.NUMBER}
        assert [token.text for token in tokenise("〔2024〕") if token.kind is Kind.NUMBER] == []

    def test_a_token_knows_its_place_and_the_gap_before_it(self) -> None:
        tokens = tokenise("5 月\n底")
        assert [(token.start, token.end, token.gap, token.broken) for token in tokens] == [
            (0, 1, False, False),
            (2, 3, True, False),
            (4, 5, True, True),
        ]

    def test_digits_that_scanning_pulled_apart_are_one_number(self) -> None:
        assert [token.value for token in tokenise("2 0 2 4 年") if token.kind is Kind.NUMBER] == [2024]

    @pytest.mark.parametrize(
        ("text", "numbers"),
        [
            ("8月 3 1 日", [8, 31]),
            ("2024年 1 2 月", [2024, 12]),
            ("3 1 项", [3, 1]),
            ("8月 4 5 日", [8, 4, 5]),
        ],
    )
    def test_two_digits_are_joined_only_where_their_unit_leaves_no_doubt(
        self, text: str, numbers: list[int]
    ) -> None:
        assert [token.value for token in tokenise(text) if token.kind is Kind.NUMBER] == numbers


class TestRules:
    def test_a_day_that_a_month_lacks_is_its_last_day(self) -> None:
        rule = monthly([30])[0]
        days = occurrences(rule, date(2024, 1, 1), date(2024, 4, 30))
        assert days == [date(2024, 1, 30), date(2024, 2, 29), date(2024, 3, 30), date(2024, 4, 30)]

    def test_the_thirty_first_is_the_last_day_of_every_month(self) -> None:
        days = occurrences(monthly([31])[0], date(2023, 1, 1), date(2023, 4, 30))
        assert days == [date(2023, 1, 31), date(2023, 2, 28), date(2023, 3, 31), date(2023, 4, 30)]

    def test_the_twenty_ninth_of_february_is_the_last_day_in_common_years(self) -> None:
        days = occurrences(yearly([2], 29), date(2023, 1, 1), date(2024, 12, 31))
        assert days == [date(2023, 2, 28), date(2024, 2, 29)]

    @pytest.mark.parametrize(
        "rule", [monthly([25])[0], yearly([3, 6, 9, 12], 25), monthly_workday(-1), monthly([30])[0]]
    )
    def test_a_month_left_out_takes_its_day_along_and_no_other(self, rule: str) -> None:
        first, last = date(2024, 1, 1), date(2025, 12, 31)
        rest = occurrences(without_month(rule, 12), first, last)
        assert rest == [day for day in occurrences(rule, first, last) if day.month != 12]

    @settings(max_examples=40, derandomize=True, deadline=None)
    @given(
        first=st.integers(1, 12),
        last=st.integers(1, 12),
        repeated=st.sampled_from(["每周三", "每月10日前", "每月底", "每月最后一个工作日", "每日"]),
    )
    def test_a_window_lets_a_repetition_fall_within_it_and_loses_none_of_its_days(
        self, first: int, last: int, repeated: str
    ) -> None:
        assume(first < last)
        (free,) = parse(repeated, ref=REF)
        (bounded,) = parse(f"{first}月至{last}月，{repeated}", ref=REF)
        year = date(REF.year, 1, 1), date(REF.year + 1, 12, 31)
        assert free.recurrence
        assert bounded.recurrence
        assert bounded.start == date(REF.year, first, 1)
        days = occurrences(bounded.recurrence, bounded.start, year[1])
        wanted = [day for day in occurrences(free.recurrence, *year) if day.year == REF.year]
        assert days == [day for day in wanted if first <= day.month <= last]

    def test_rules_of_weeks_and_days_fall_in_no_month_of_their_own(self) -> None:
        assert months_of(weekly([4])) == months_of(daily()) == ()

    @settings(max_examples=60, derandomize=True, deadline=None)
    @given(day=st.integers(1, 31))
    def test_every_month_has_exactly_one_day_of_a_monthly_rule(self, day: int) -> None:
        days = occurrences(monthly([day])[0], date(2023, 1, 1), date(2024, 12, 31))
        assert [(one.year, one.month) for one in days] == [(y, m) for y in (2023, 2024) for m in range(1, 13)]
