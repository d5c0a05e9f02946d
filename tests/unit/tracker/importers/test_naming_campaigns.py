"""What a campaign is called where nobody said."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tracker.importers import Draft
from tracker.importers.naming import campaign_name_of


def draft_of(title: str, *, file: str = "秋季检查方案.txt") -> Draft:
    """As much of a draft as its name is made of."""
    parts: Any = SimpleNamespace(source=SimpleNamespace(name=file), tables=[SimpleNamespace(title=title)])
    return cast(Draft, parts)


class TestCampaignNameOf:
    @pytest.mark.parametrize(
        ("title", "name"),
        [
            ("2024年测试大比武责任分解表", "2024年测试大比武"),
            ("测试工作方案（试行）", "测试工作方案（试行）"),
            ("（测试大比武）", "测试大比武"),
            ("测试大比武（", "测试大比武"),
            ("测试大比武（）", "测试大比武"),
            ("秋季检查方案.txt", "秋季检查方案"),
            ("", "秋季检查方案"),
            ("责任分解表", "秋季检查方案"),
        ],
    )
    def test_is_the_title_without_the_word_for_a_table(self, title: str, name: str) -> None:
        assert campaign_name_of(draft_of(title)) == name
