"""The report as PDF."""

from __future__ import annotations

import importlib.util
import re
import zlib
from datetime import timedelta

import pytest
from hypothesis import given, settings

from notifications.reports import pdf, read_snapshot, take_snapshot
from notifications.reports.pdf import PdfNotInstalled, pdf_of
from tests.weekly_samples import MADE_AT, TASK, any_figures, empty_figures, sample_figures, sample_snapshot
from tracker.figures.values import WeeklyFigures

installed = pytest.mark.skipif(not pdf.can_print_pdf(), reason="the extra [pdf] is not installed")


def streams(content: bytes) -> bytes:
    """Everything in the file, unpacked."""
    packed = re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL)
    unpacked = []
    for each in packed:
        try:
            unpacked.append(zlib.decompressobj().decompress(each))
        except zlib.error:  # fonts and pictures are packed otherwise
            unpacked.append(each)
    return content + b"".join(unpacked)


@installed
class TestPdf:
    def test_is_the_same_for_the_same_snapshot(self) -> None:
        snapshot = read_snapshot(sample_snapshot())
        assert pdf_of(snapshot) == pdf_of(snapshot)

    def test_says_that_it_can_be_read_aloud_and_in_which_language(self) -> None:
        content = streams(pdf_of(read_snapshot(sample_snapshot())))
        assert content.startswith(b"%PDF-1.7")
        assert b"pdfuaid:part>1<" in content or b'pdfuaid:part="1"' in content
        assert b"zh-CN" in content

    def test_bears_the_moment_of_its_snapshot_and_no_other(self) -> None:
        later = take_snapshot(sample_figures(), made_at=MADE_AT + timedelta(days=1))
        assert pdf_of(read_snapshot(later)) != pdf_of(read_snapshot(sample_snapshot()))

    def test_is_printed_for_a_register_with_nothing_in_it(self) -> None:
        assert pdf_of(read_snapshot(take_snapshot(empty_figures(), made_at=MADE_AT))).startswith(b"%PDF")

    @pytest.mark.parametrize(
        "text", ['#panic("x")', "$x$ *粗* _斜_ `码`", "\\u{1F600} @标 <标>", "= 标题\n- 项", "\x00\x0b控制"]
    )
    def test_reads_nothing_that_people_typed_as_markup(self, text: str) -> None:
        task = type(TASK)(7, "1", text, text, text, text, text)
        row = sample_figures().overdue[0]
        figures = sample_figures(
            overdue=(type(row)(**{**vars(row), "task": task, "text": text}),), scope_label=text
        )
        assert pdf_of(read_snapshot(take_snapshot(figures, made_at=MADE_AT))).startswith(b"%PDF")

    @settings(max_examples=10)
    @given(figures=any_figures())
    def test_is_printed_for_any_week(self, figures: WeeklyFigures) -> None:
        assert pdf_of(read_snapshot(take_snapshot(figures, made_at=MADE_AT))).startswith(b"%PDF")


@installed
def test_a_character_that_no_font_has_does_not_keep_the_rest_from_being_printed() -> None:
    task = type(TASK)(7, "1", "ꀀ", "ꀀ")
    row = sample_figures().overdue[0]
    figures = sample_figures(overdue=(type(row)(**{**vars(row), "task": task}),))
    content = pdf_of(read_snapshot(take_snapshot(figures, made_at=MADE_AT)))
    assert content.startswith(b"%PDF")
    assert b"pdfuaid" not in streams(content)


def test_without_the_extra_it_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(PdfNotInstalled, match="没有安装 PDF 组件"):
        pdf_of(read_snapshot(sample_snapshot()))
