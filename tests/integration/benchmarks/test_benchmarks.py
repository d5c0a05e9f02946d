"""Every figure can be measured. How fast anything is, no test asserts: machines differ."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS, run
from benchmarks.documents import HEADINGS, write_table
from benchmarks.figures import SCALES, Figure, Sense, Target, duration, slowness, speed
from benchmarks.importing import parse_bare
from benchmarks.measuring import Paired, by_turns
from benchmarks.printing import as_document, print_figures


@pytest.fixture
def figure() -> Figure:
    return slowness("导入", "80 行", Paired((0.02, 0.04, 0.03), (0.01, 0.01, 0.01)), at_most=2)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_figure_is_measured_at_a_tiny_size(name: str, tmp_path: Path) -> None:
    figures = run([name], SCALES["tiny"], folder=tmp_path)

    assert [figure for figure in figures if figure.target], "no figure has a target"
    assert all(figure.ours > 0 and figure.low <= figure.value <= figure.high for figure in figures)
    assert list(tmp_path.iterdir()) == []


def test_the_sides_take_turns_and_the_first_round_does_not_count() -> None:
    order: list[str] = []

    def side(name: str) -> float:
        order.append(name)
        return float(len(order))

    pair = by_turns(lambda: side("ours"), lambda: side("peer"), rounds=2)

    assert order == ["ours", "peer", "ours", "peer", "peer", "ours"]
    assert (pair.ours, pair.peer) == ((3.0, 6.0), (4.0, 5.0))


def test_a_slowness_is_the_median_of_the_rounds(figure: Figure) -> None:
    assert figure.value == pytest.approx(3)
    assert figure.is_met is False


def test_an_allowance_is_taken_off_our_time_alone() -> None:
    pair = Paired((0.05,), (0.01,))

    assert slowness("通报", "", pair, at_most=4, allowance=0.01).value == pytest.approx(4)


def test_a_speed_is_the_peers_time_through_ours() -> None:
    found = speed("变更", "", Paired((0.02,), (0.01,)), at_least=0.45)

    assert (found.value, found.is_met) == (0.5, True)


def test_a_duration_is_told_in_milliseconds() -> None:
    found = duration("空转", "", (0.0004, 0.0006, 0.0005), at_most_ms=0.5)

    assert found.value == pytest.approx(0.5)
    assert (found.unit, found.is_met) == ("毫秒", True)


@pytest.mark.parametrize(("sense", "value"), [(Sense.AT_MOST, 2.01), (Sense.AT_LEAST, 1.99)])
def test_a_target_is_missed_by_the_smallest_step_beyond_it(sense: Sense, value: float) -> None:
    assert Target(sense, 2.0).is_met(2.0)
    assert not Target(sense, 2.0).is_met(value)


def test_the_table_says_what_keeps_its_target(figure: Figure, capsys: pytest.CaptureFixture[str]) -> None:
    print_figures([figure])

    printed = capsys.readouterr().out
    assert "未达标" in printed
    assert "≤ 2 倍" in printed


def test_the_document_can_be_read_by_a_script(figure: Figure) -> None:
    document = json.loads(json.dumps(as_document([figure], scale="tiny")))

    assert document["figures"][0]["is_met"] is False
    assert document["figures"][0]["target"] == {"sense": "≤", "limit": 2, "unit": "倍"}


def test_the_bare_parser_reads_every_row_of_the_document(tmp_path: Path) -> None:
    write_table(tmp_path / "table.docx", 6, edition=1)

    rows = parse_bare(tmp_path / "table.docx")

    assert len(rows) == 7
    assert rows[0] == HEADINGS
    assert rows[6][0] == "6"
