"""Persons and units in a cell."""

from __future__ import annotations

import pytest

from tracker.importers.name_shapes import is_none, looks_like_name, looks_like_unit
from tracker.importers.people import is_people_cell, is_units_cell, split_people, split_units
from tracker.importers.spellings import Directory, find_lookalikes, find_variants


class TestSplitPeople:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("钱小满", ["钱小满"]),
            ("钱小满、孙小圣", ["钱小满", "孙小圣"]),
            ("钱小满,孙小圣", ["钱小满", "孙小圣"]),
            ("钱小满 孙小圣", ["钱小满", "孙小圣"]),
            ("钱小满\n孙小圣", ["钱小满", "孙小圣"]),
            ("钱小满/孙小圣", ["钱小满", "孙小圣"]),
            ("李 四", ["李四"]),
            ("白 聖豪", ["白聖豪"]),
            ("白 聖 豪", ["白聖豪"]),
            ("白 豪 李 勇", ["白豪", "李勇"]),
            ("李 四 王 五", ["李四", "王五"]),
            ("欧阳 锋", ["欧阳锋"]),
            ("买买提·艾力", ["买买提·艾力"]),
            ("钱小满、孙小圣等", ["钱小满", "孙小圣"]),
            ("—", []),
            ("——", []),
            ("/", []),
            ("无", []),
            ("", []),
        ],
    )
    def test_names_of_one_cell(self, text: str, expected: list[str]) -> None:
        assert [person.name for person in split_people(text)] == expected

    @pytest.mark.parametrize(
        ("text", "name", "remark"),
        [
            ("王小丫 副队长", "王小丫", "副队长"),
            ("王小丫副局长", "王小丫", "副局长"),
            ("王小丫（分管）", "王小丫", "分管"),
            ("王小丫\n党组成员、副局长", "王小丫", "党组成员"),
        ],
    )
    def test_a_title_becomes_a_remark(self, text: str, name: str, remark: str) -> None:
        person = split_people(text)[0]
        assert (person.name, person.is_unit) == (name, False)
        assert remark in person.remark

    @pytest.mark.parametrize("text", ["各科室、各大队负责人", "全局", "科室负责人", "法规科", "局长"])
    def test_a_unit_or_an_office_in_a_persons_place_is_marked(self, text: str) -> None:
        (person,) = split_people(text)
        assert person.name == text
        assert person.is_unit


class TestSplitUnits:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("各科室、各执法大队", ("各科室", "各执法大队")),
            ("东湖、西山、盘龙大队及相关大队", ("东湖", "西山", "盘龙大队", "相关大队")),
            ("规划及建设局", ("规划及建设局",)),
            ("核与辐射大队", ("核与辐射大队",)),
            ("市发改委 市财政局", ("市发改委", "市财政局")),
            ("综合 办公室", ("综合办公室",)),
            ("各县（市、区）人民政府、市水利局", ("各县（市、区）人民政府", "市水利局")),
            ("——", ()),
        ],
    )
    def test_units_of_one_cell(self, text: str, expected: tuple[str, ...]) -> None:
        assert split_units(text) == (expected, False)

    @pytest.mark.parametrize("text", ["法规科、各大队等", "法规科、各大队等部门", "法规科、各大队等有关单位"])
    def test_a_list_left_open_says_so(self, text: str) -> None:
        assert split_units(text) == (("法规科", "各大队"), True)


class TestShapes:
    @pytest.mark.parametrize("text", ["钱小满", "吴桐", "欧阳锋", "白聖豪", "买买提·艾力"])
    def test_names(self, text: str) -> None:
        assert looks_like_name(text)
        assert is_people_cell(text)

    @pytest.mark.parametrize(
        "text", ["常态化", "法规科", "各县区", "年底前", "已完成", "开展排查", "全局", "钱"]
    )
    def test_words_that_are_no_names(self, text: str) -> None:
        assert not looks_like_name(text)

    @pytest.mark.parametrize(
        "text", ["法规科", "综合办公室", "各大队", "市局", "云岭分局", "县住建局、县水务局"]
    )
    def test_units(self, text: str) -> None:
        assert is_units_cell(text)

    def test_a_sentence_is_no_unit(self) -> None:
        assert not looks_like_unit("建立健全工作机制")

    @pytest.mark.parametrize("text", ["", " ", "—", "——", "－", "/", "无", "略", "～"])
    def test_signs_for_none(self, text: str) -> None:
        assert is_none(text)

    @pytest.mark.parametrize("text", ["无锡科", "1", "甲—乙"])
    def test_other_words_are_not_none(self, text: str) -> None:
        assert not is_none(text)


class TestSpellings:
    def test_traditional_and_simplified_forms_are_one_group(self) -> None:
        assert find_variants(["白聖豪", "白圣豪", "钱小满", "白聖豪"]) == [("白聖豪", "白圣豪")]

    def test_names_that_differ_in_one_character_are_only_flagged(self) -> None:
        assert find_lookalikes(["张沁兰", "张汭兰", "钱小满"]) == [("张汭兰", "张沁兰")]
        assert find_lookalikes(["李四", "李五"]) == []


class TestDirectory:
    def test_knows_names_in_either_script_and_with_spaces(self) -> None:
        directory = Directory.of(people=["白圣豪"], units=["法规科"])
        assert directory.knows_person("白 聖豪")
        assert directory.knows_unit("法規科")
        assert not directory.knows_person("钱小满")
