"""The snapshot: nothing is lost on the way to JSON and back, and every form is drawn from it alone."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time
from hypothesis import given, settings

from notifications.reports import draw_report, read_snapshot, take_snapshot
from notifications.reports.snapshot import checksum_of
from tests.weekly_samples import MADE_AT, TALLY, any_figures, empty_figures, sample_figures, sample_snapshot
from tracker.figures import WeeklyFigures

ROOT = Path(__file__).resolve().parents[4]
DRAW = """
import hashlib, json, sys
from notifications.reports import draw_report
drawn = draw_report(json.load(sys.stdin))
for form in (drawn.text.encode(), drawn.html.encode(), drawn.word, drawn.workbook):
    print(hashlib.sha256(form).hexdigest())
"""


def checksums(stored: dict[str, Any]) -> list[str]:
    drawn = draw_report(stored)
    forms = (drawn.text.encode(), drawn.html.encode(), drawn.word, drawn.workbook)
    return [hashlib.sha256(form).hexdigest() for form in forms]


class TestRoundTrip:
    @given(any_figures())
    @settings(max_examples=25)
    def test_nothing_is_lost_on_the_way_to_json_and_back(self, figures: WeeklyFigures) -> None:
        stored = json.loads(json.dumps(take_snapshot(figures, made_at=MADE_AT)))
        snapshot = read_snapshot(stored)
        assert (snapshot.figures, snapshot.made_at) == (figures, MADE_AT)
        assert take_snapshot(snapshot.figures, made_at=snapshot.made_at) == stored

    def test_a_snapshot_of_another_schema_is_refused(self) -> None:
        with pytest.raises(ValueError, match="schema"):
            read_snapshot(sample_snapshot() | {"schema": "dingban.weekly/9"})

    def test_the_checksum_sees_a_changed_figure_and_no_changed_order(self) -> None:
        stored = sample_snapshot()
        kept = checksum_of(stored)
        assert checksum_of(dict(reversed(stored.items()))) == kept
        stored["figures"]["totals"]["closed"] += 1
        assert checksum_of(stored) != kept


class TestReproducibility:
    def test_every_form_is_the_same_on_another_day(self) -> None:
        with freeze_time("2024-06-03 01:00:00", real_asyncio=True):
            first = checksums(sample_snapshot())
        with freeze_time("2031-12-31 23:59:58", real_asyncio=True):
            assert checksums(sample_snapshot()) == first

    @pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles"])
    def test_every_form_is_the_same_in_another_process_and_time_zone(self, zone: str) -> None:
        stored = sample_snapshot()
        drawn = subprocess.run(
            [sys.executable, "-c", DRAW],
            input=json.dumps(stored),
            env={**os.environ, "TZ": zone, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert drawn.stdout.split() == checksums(stored)

    def test_another_figure_makes_other_bytes_in_every_form(self) -> None:
        other = sample_snapshot(totals=replace(TALLY, closed=4))
        assert not set(checksums(sample_snapshot())) & set(checksums(other))

    @given(any_figures())
    @settings(max_examples=15)
    def test_whatever_the_register_holds_can_be_drawn(self, figures: WeeklyFigures) -> None:
        drawn = draw_report(take_snapshot(figures, made_at=MADE_AT))
        assert drawn.word[:2] == drawn.workbook[:2] == b"PK"
        assert drawn.html.startswith("<!DOCTYPE html>")


class TestGolden:
    def test_the_mail(self, golden: Any) -> None:
        drawn = draw_report(sample_snapshot())
        golden.check("reports/weekly.subject", drawn.subject + "\n")
        golden.check("reports/weekly.txt", drawn.text)
        golden.check("reports/weekly.html", drawn.html)

    def test_the_mail_of_an_empty_office(self, golden: Any) -> None:
        drawn = draw_report(take_snapshot(empty_figures(), made_at=MADE_AT))
        golden.check("reports/empty.txt", drawn.text)
        golden.check("reports/empty.html", drawn.html)


def test_the_files_are_named_for_the_week_and_the_scope() -> None:
    figures = sample_figures(scope_label="执法一/二大队牵头的工作")
    drawn = draw_report(take_snapshot(figures, made_at=MADE_AT))
    assert drawn.name == "每周工作情况通报_2024-W22_执法一_二大队牵头的工作"


def test_a_file_name_is_never_longer_than_a_disk_takes() -> None:
    figures = replace(sample_figures(), scope="campaign:1", scope_label="执法大练兵" * 40)
    drawn = draw_report(take_snapshot(figures, made_at=MADE_AT))
    assert len(f"{drawn.name}.docx".encode()) <= 255
