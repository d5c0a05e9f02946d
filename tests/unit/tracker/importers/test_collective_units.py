"""Words for several units: recognised by their shape, no unit of their own, and nobody who answers where they lead."""

from __future__ import annotations

import pytest

from tests.unit.tracker.importers.sources import codes, draft_of, grid
from tracker.importers.collective import is_collective
from tracker.importers.corrections import NO_CORRECTIONS, Corrections
from tracker.importers.draft import Draft, Severity
from tracker.importers.spellings import Directory

HEADINGS = ["序号", "任务内容", "牵头部门", "责任部门", "责任人", "完成时限"]


def draft(
    lead: str,
    units: str,
    *,
    corrections: Corrections = NO_CORRECTIONS,
    directory: Directory | None = None,
) -> Draft:
    rows = [HEADINGS, ["1", "建立示范站所并通过验收", lead, units, "测试甲", "9月底前"]]
    return draft_of("2026年测试任务责任分解表", grid(rows), corrections=corrections, directory=directory)


def led_by(draft: Draft) -> Severity | None:
    found = [each.severity for each in draft.tables[0].rows[0].diagnostics if each.code == "collective-lead"]
    return found[0] if found else None


class TestRecognising:
    @pytest.mark.parametrize(
        "name",
        [
            "各科室",
            "各大队",
            "各单位",
            "各相关科室",
            "全局",
            "机关各科室",
            "局属各单位",
            "有关科室",
            "相关单位",
            "各有关部门",
            "各县区（市）分局",
            "局属事业单位",
            "业务科室",
            "成员单位",
            "全市",
            "其他科室",
            "相關單位",
        ],
    )
    def test_a_word_for_several_units_is_one(self, name: str) -> None:
        assert is_collective(name)

    @pytest.mark.parametrize(
        "name",
        [
            "法规科",
            "综合科室",
            "执法大队",
            "市直机关工委",
            "办公室",
            "社会各界联合会",
            "全民健身中心",
            "建设单位",
            "一大队",
            "机关党委",
            "全椒县",
            "市政府",
            "张三丰",
        ],
    )
    def test_the_name_of_one_unit_is_none(self, name: str) -> None:
        assert not is_collective(name)


class TestReading:
    def test_no_unit_is_proposed_for_it_and_the_row_says_so(self) -> None:
        read = draft("法规科", "装备科、各科室")

        assert read.proposed_units == ("法规科", "装备科")
        assert "collective-unit" in codes(read.tables[0].rows[0])
        assert led_by(read) is None

    def test_where_it_leads_somebody_has_to_name_who_answers(self) -> None:
        assert led_by(draft("各科室", "装备科")) is Severity.ERROR

    def test_where_the_coordinator_named_who_answers_nothing_is_asked(self) -> None:
        assert (
            led_by(draft("各科室", "装备科", corrections=Corrections(collectives={"各科室": "法规科"})))
            is None
        )

    def test_a_unit_that_the_office_knows_by_such_a_name_is_one(self) -> None:
        read = draft("各科室", "装备科", directory=Directory.of(units=["各科室"]))

        assert led_by(read) is None
        assert "collective-unit" not in codes(read.tables[0].rows[0])

    def test_what_the_coordinator_calls_one_unit_is_one(self) -> None:
        read = draft("各科室", "", corrections=Corrections(single_units=frozenset({"各科室"})))

        assert led_by(read) is None
        assert read.proposed_units == ("各科室",)

    def test_what_the_coordinator_calls_several_units_is_no_unit(self) -> None:
        read = draft("法规科", "三小组", corrections=Corrections(collectives={"三小组": ""}))

        assert read.proposed_units == ("法规科",)

    def test_a_table_with_one_column_of_units_asks_as_well(self) -> None:
        headings = [each for each in HEADINGS if each != "牵头部门"]

        def read(units: str) -> Draft:
            rows = [headings, ["1", "建立示范站所并通过验收", units, "测试甲", "9月底前"]]
            return draft_of("2026年测试任务责任分解表", grid(rows))

        assert led_by(read("各科室")) is Severity.ERROR
        assert led_by(read("各科室、法规科")) is Severity.WARNING
        assert led_by(read("法规科、各科室")) is None

    def test_prose_is_asked_about_in_the_same_way(self) -> None:
        text = "1.建立示范站所并通过验收。责任单位：各有关科室。完成时限：9月底前。"
        read = draft_of("2026年测试工作方案", text)

        assert led_by(read) is Severity.ERROR
        assert read.proposed_units == ()
