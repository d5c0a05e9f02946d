"""Headings and the synonyms an office may edit."""

from __future__ import annotations

import pytest

from tests.unit.tracker.importers.sources import office_synonyms
from tracker.importers.columns import ColumnsInvalid, ColumnSynonyms, Field, is_period
from tracker.importers.default_columns import DEFAULT_SYNONYMS


class TestRecognise:
    @pytest.mark.parametrize(
        ("heading", "field"),
        [
            ("序号", Field.SEQ),
            ("评审项目", Field.GROUP),
            ("责任部门", Field.UNITS),
            ("責任單位", Field.UNITS),
            ("责 任 单 位", Field.UNITS),
            ("责任单位（部门）", Field.UNITS),
            ("分管\n领导", Field.LEADER),
            ("工作标准/成果", Field.DELIVERABLES),
            ("市级辅助成果", Field.MILESTONES),
            ("数据来源及有关情况说明", Field.SOURCE),
            ("工作盯办人", Field.EXPEDITER),
            ("项目负责人", Field.OWNER),
            ("整改完成时限", Field.MILESTONES),
            ("督导领导", Field.LEADER),
            ("一季度", Field.MILESTONES),
            ("主要责任单位", Field.LEAD_UNIT),
        ],
    )
    def test_what_offices_print(self, heading: str, field: Field) -> None:
        assert office_synonyms().recognise(heading).field is field

    @pytest.mark.parametrize(
        "heading", ["", "姓名", "颜色", "开展专项执法检查行动并按时上报工作总结和相关材料清单"]
    )
    def test_other_words_are_not_forced_into_a_field(self, heading: str) -> None:
        assert office_synonyms().recognise(heading).field is None

    def test_the_words_of_the_reference_are_built_in_and_agree_with_the_file(self) -> None:
        shipped = office_synonyms().by_heading
        assert all(shipped.get(heading) is field for heading, field in DEFAULT_SYNONYMS.by_heading.items())

    def test_headings_that_are_periods(self) -> None:
        assert is_period("第一季度目标")
        assert is_period("上半年")
        assert not is_period("完成时限")


class TestFromMapping:
    def test_an_unknown_field_is_named_with_the_known_ones(self) -> None:
        with pytest.raises(ColumnsInvalid, match=r"没有栏目“boss”.*owner"):
            ColumnSynonyms.from_mapping({"boss": ["领导"]})

    def test_a_heading_under_two_fields_is_refused(self) -> None:
        with pytest.raises(ColumnsInvalid, match="“负责人”同时写在"):
            ColumnSynonyms.from_mapping({"owner": ["负责人"], "leader": ["负责人"]})

    def test_a_text_instead_of_a_list_is_refused(self) -> None:
        with pytest.raises(ColumnsInvalid, match="应写成列表"):
            ColumnSynonyms.from_mapping({"owner": "负责人"})

    def test_a_number_is_refused(self) -> None:
        with pytest.raises(ColumnsInvalid, match="“3”不是文字"):
            ColumnSynonyms.from_mapping({"owner": [3]})

    def test_an_empty_heading_is_refused(self) -> None:
        with pytest.raises(ColumnsInvalid, match="空的叫法"):
            ColumnSynonyms.from_mapping({"owner": ["（）"]})
