"""The report as a mail, and its charts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from notifications.reports import draw_report
from notifications.reports.cards import MOST_CARDS
from notifications.reports.charts import MOST_UNITS, draw_lights, draw_trend
from notifications.reports.wording import formula, percent, rate_change_text, week_text
from tests.weekly_samples import LIGHTS, TALLY, TASK, sample_figures, sample_snapshot
from tracker.figures.values import LightCounts, OverdueRow, Ratio, TrendPoint, UnitRow
from tracker.lights import Light

SVG = "{http://www.w3.org/2000/svg}"


def read_svg(drawn: str) -> Any:
    return etree.fromstring(drawn)


class TestHtml:
    @pytest.fixture
    def page(self) -> Any:
        return html.document_fromstring(draw_report(sample_snapshot()).html)

    def test_fits_a_phone_and_loads_nothing_from_elsewhere(self, page: Any) -> None:
        assert page.xpath("//meta[@name='viewport']/@content") == ["width=device-width, initial-scale=1"]
        assert not page.xpath("//script | //link | //img | //style | //*[@src]")
        assert {link.rsplit("/", 1)[0] for link in page.xpath("//a/@href")} == {
            "https://dingban.example.org/tasks"
        }

    def test_text_of_the_register_is_never_markup(self, page: Any) -> None:
        assert "任务：执法装备<配备>（序号9.2）" in page.text_content()

    def test_what_the_charts_show_stands_there_as_text(self, page: Any) -> None:
        for chart in page.xpath("//*[local-name()='svg']"):
            chart.getparent().remove(chart)
        said = page.text_content()
        assert "执法一大队（红灯2、黄灯2、黄蓝灯1、绿灯4、蓝灯2、灰灯1）" in said
        assert "6月2日" in said

    def test_every_rate_is_printed_with_its_formula(self, page: Any) -> None:
        said = page.text_content()
        for ratio in (TALLY.completion, TALLY.on_time, TALLY.on_time_first):
            assert formula(ratio) in said

    def test_headings_are_in_order(self, page: Any) -> None:
        levels = [element.tag for element in page.iter("h1", "h2", "h3")]
        assert levels[0] == "h1"
        assert set(levels[1:]) == {"h2"}

    def test_a_long_list_is_cut_and_says_so(self) -> None:
        row = OverdueRow(TASK, "完成采购", date(2024, 5, 1), date(2024, 5, 1), 33, 20, Light.RED)
        drawn = draw_report(sample_snapshot(overdue=(row,) * (MOST_CARDS + 5)))
        assert "其余5项见附件工作簿。" in drawn.html
        assert "其余5项见附件工作簿。" in drawn.text
        assert drawn.text.count("逾期33天") == MOST_CARDS

    def test_without_a_console_nothing_is_linked(self) -> None:
        assert "<a " not in draw_report(sample_snapshot() | {"console_url": ""}).html


class TestCharts:
    def test_have_a_title_and_a_description_for_screen_readers(self) -> None:
        for drawn in (
            draw_lights((UnitRow(1, "执法<一>队", TALLY, LIGHTS),)),
            draw_trend(sample_figures().trend),
        ):
            root = read_svg(drawn)
            title, described = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
            assert root.get("role") == "img"
            assert root.get("aria-labelledby") == f"{title.get('id')} {described.get('id')}"
            assert title.text
            assert described.text

    def test_the_description_holds_every_figure(self) -> None:
        described = read_svg(draw_lights((UnitRow(1, "执法<一>队", TALLY, LIGHTS),))).findtext(f"{SVG}desc")
        assert described == "执法<一>队：红灯2、黄灯2、黄蓝灯1、绿灯4、蓝灯2、灰灯1"

    @given(st.lists(st.builds(LightCounts, *[st.integers(0, 300)] * 6), max_size=30))
    def test_bars_stay_in_the_picture(self, counts: list[LightCounts]) -> None:
        units = [UnitRow(place, f"单位{place}", TALLY, lights) for place, lights in enumerate(counts)]
        root = read_svg(draw_lights(units))
        width, height = (float(each) for each in root.get("viewBox").split()[2:])
        for bar in root.iter(f"{SVG}rect"):
            assert float(bar.get("x", 0)) + float(bar.get("width")) <= width + 0.5
            assert float(bar.get("y", 0)) + float(bar.get("height")) <= height
        assert len(root.findall(f"{SVG}text")) >= 2 * min(len(units), MOST_UNITS)

    def test_a_week_without_anything_due_leaves_a_gap(self) -> None:
        rates = (Ratio(1, 2), Ratio(1, 2), Ratio(), Ratio(1, 1), Ratio(1, 1))
        points = [
            TrendPoint(f"2024-W{place + 10}", date(2024, 3, 10 + place), Ratio(), rate, 0)
            for place, rate in enumerate(rates)
        ]
        lines = read_svg(draw_trend(points)).findall(f"{SVG}polyline")
        assert [len(line.get("points").split()) for line in lines] == [2, 2]

    def test_equal_rates_do_not_print_over_each_other(self) -> None:
        points = [TrendPoint("2024-W10", date(2024, 3, 10), Ratio(1, 2), Ratio(1, 2), 0)] * 2
        shown = [text for text in read_svg(draw_trend(points)).findall(f"{SVG}text") if text.text == "50.0%"]
        heights = [float(text.get("y")) for text in shown]
        assert len(heights) == 2
        assert abs(heights[0] - heights[1]) >= 10


class TestWording:
    @pytest.mark.parametrize(
        ("part", "whole", "said"),
        [
            (0, 0, "—"),
            (0, 3, "0.0%"),
            (3, 3, "100.0%"),
            (1, 8, "12.5%"),
            (1, 16, "6.3%"),
            (2999, 3000, "99.9%"),
            (1, 9999, "0.1%"),
        ],
    )
    def test_percent(self, part: int, whole: int, said: str) -> None:
        assert percent(Ratio(part, whole)) == said

    @given(st.integers(0, 500), st.integers(1, 500))
    def test_only_all_is_a_hundred_percent_and_only_nothing_is_none(self, part: int, more: int) -> None:
        ratio = Ratio(part, part + more - 1)
        if ratio.whole:
            assert (percent(ratio) == "100.0%") == (ratio.part == ratio.whole)
            assert (percent(ratio) == "0.0%") == (ratio.part == 0)

    def test_a_change_of_rates_is_told_in_points(self) -> None:
        assert rate_change_text(Ratio(3, 4), Ratio(1, 2)) == "上升25.0个百分点"
        assert rate_change_text(Ratio(1, 4), Ratio(1, 2)) == "下降25.0个百分点"
        assert rate_change_text(Ratio(2, 4), Ratio(1, 2)) == "持平"
        assert rate_change_text(Ratio(2, 4), Ratio()) == "—"

    def test_a_week_that_crosses_the_year_names_both(self) -> None:
        figures = sample_figures(week="2025-W01", starts_on=date(2024, 12, 30), ends_on=date(2025, 1, 5))
        assert week_text(figures) == "2025年第1周（2024年12月30日至2025年1月5日）"
