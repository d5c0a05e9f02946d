"""What no file of the project may hold: paths of one machine, assets from other people's servers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.house.tree import MACHINE_PATH, list_files, read_texts

REMOTE_ASSET = re.compile(
    r"""<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)\s*=\s*["']?(?:https?:)?//"""
    r"""|@import\s+(?:url\()?["']?(?:https?:)?//|url\(\s*["']?(?:https?:)?//""",
    re.IGNORECASE,
)
PAGES = (".html", ".htm", ".css", ".j2", ".jinja")


class TestMachinePaths:
    def test_no_file_names_a_path_of_one_machine(self) -> None:
        found = [
            f"{name}: {match.group()}" for name, text in read_texts() for match in MACHINE_PATH.finditer(text)
        ]

        assert found == []

    @pytest.mark.parametrize("folder", ["home", "root", "work", "Users", "tmp"])
    def test_such_a_path_would_be_seen(self, folder: str) -> None:
        assert MACHINE_PATH.search(f"see '/{folder}/somebody/project'") is not None

    @pytest.mark.parametrize("text", ["https://example.org/home/page", "../root/x", "a/work/b", "var/tmp/x"])
    def test_addresses_and_relative_paths_are_none(self, text: str) -> None:
        assert MACHINE_PATH.search(text) is None


class TestRemoteAssets:
    def test_no_page_loads_anything_from_another_server(self) -> None:
        found = [
            f"{name}: {match.group()}"
            for name, text in read_texts(*PAGES)
            for match in REMOTE_ASSET.finditer(text)
        ]

        assert found == []

    @pytest.mark.parametrize(
        "line",
        [
            '<script src="https://cdn.example.org/htmx.js"></script>',
            "<link rel=stylesheet href=//cdn.example.org/bootstrap.css>",
            "@import url('https://fonts.example.org/css');",
            "background: url(http://example.org/a.png)",
        ],
    )
    def test_such_a_line_would_be_seen(self, line: str) -> None:
        assert REMOTE_ASSET.search(line) is not None

    def test_a_link_that_a_reader_may_follow_is_no_asset(self) -> None:
        assert REMOTE_ASSET.search('<a href="https://example.org/tasks/3">') is None


class TestListing:
    def test_ignored_files_are_not_the_projects(self) -> None:
        files = list_files()

        assert Path(__file__) in files
        assert not any(".venv" in path.parts for path in files)
