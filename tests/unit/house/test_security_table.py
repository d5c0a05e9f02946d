"""What docs/security.md names is there: every file, every test, and in it the class that is named."""

from __future__ import annotations

import re

import pytest

from tests.unit.house.tree import ROOT

PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`([\w/.]+/[\w.]+(?:::\w+)?|requirements\.lock)`", PAGE)))
ROWS = re.findall(r"^\| (?:V\d|7\.1\.4).*\|$", PAGE, re.MULTILINE)


class TestSecurityTable:
    def test_it_has_its_rows(self) -> None:
        assert len(NAMED) > 60
        assert len(ROWS) > 50

    @pytest.mark.parametrize("name", NAMED)
    def test_what_it_names_is_there(self, name: str) -> None:
        path, _, class_name = name.partition("::")
        assert (ROOT / path).is_file()
        if class_name:
            assert f"\nclass {class_name}:" in (ROOT / path).read_text(encoding="utf-8")

    @pytest.mark.parametrize("row", ROWS)
    def test_what_is_met_is_shown_by_a_test(self, row: str) -> None:
        _, point, _, outcome, _, proof, _ = row.split("|")
        assert "已做到" not in outcome or "`tests/" in proof, point
