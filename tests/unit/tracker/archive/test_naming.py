"""Names inside a package are harmless on every system and still say what they said."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.archive.naming import MAX_FILE_CHARACTERS, file_name, folder_name, safe_name


class TestSafeName:
    @pytest.mark.parametrize(
        ("name", "safe"),
        [
            ("情况简介.docx", "情况简介.docx"),
            ("  多余   空格 .pdf", "多余 空格 .pdf"),
            ('a/b\\c:d*e?f"g<h>i|j.txt', "a_b_c_d_e_f_g_h_i_j.txt"),
            ("../../etc/passwd", "_._etc_passwd"),
            ("..", "未命名"),
            ("", "未命名"),
            ("CON", "_CON"),
            ("com1.txt", "_com1.txt"),
            ("甲\u202e乙\x00丙\n丁", "甲乙丙 丁"),
            ("结尾的点...", "结尾的点"),
        ],
    )
    def test_what_a_system_trips_over_goes_and_the_rest_stays(self, name: str, safe: str) -> None:
        assert safe_name(name) == safe

    def test_a_long_name_keeps_its_ending(self) -> None:
        shortened = safe_name("长" * 300 + ".docx")

        assert len(shortened) == MAX_FILE_CHARACTERS
        assert shortened.endswith("长.docx")

    @given(st.text(max_size=200))
    def test_any_text_is_one_component_of_a_path(self, name: str) -> None:
        safe = safe_name(name)

        assert 0 < len(safe) <= MAX_FILE_CHARACTERS
        assert safe not in (".", "..")
        assert PurePosixPath("ordner", safe).name == PureWindowsPath("ordner", safe).name == safe
        assert all(unicodedata.category(character)[0] != "C" for character in safe)

    @given(st.text(max_size=100))
    def test_a_safe_name_is_left_alone(self, name: str) -> None:
        assert safe_name(safe_name(name)) == safe_name(name)


class TestNumberedNames:
    def test_folders_and_files_stand_in_their_order(self) -> None:
        assert folder_name(3, "情况简介。") == "03_情况简介"
        assert file_name(12, "合同.pdf") == "12_合同.pdf"
