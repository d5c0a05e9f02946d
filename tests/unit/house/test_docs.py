"""The documentation is true: its links lead somewhere, its commands exist, its generated parts are current."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from config.policy import FILES
from config.settings import PREFIX, Settings
from scripts.api_table import render_events, render_routes
from scripts.command_reference import render_commands
from scripts.data_model import AREAS, list_tables, render_area
from scripts.deadline_table import PHRASES, render_phrases
from tests.unit.house.tree import ROOT, list_files
from workflows.diagrams import WORKFLOWS, mermaid

LINK = re.compile(
    r"!?\[[^\]]*\]\((?P<target>[^)\s]+)(?:\s+\"[^\"]*\")?\)|<img[^>]*\bsrc=\"(?P<image>[^\"]+)\""
)
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)
COMMAND = re.compile(r"`make ([a-z]+)|^\s*make ([a-z]+)", re.MULTILINE)
SETTING = re.compile(r"^\| `(DINGBAN_[A-Z_]+)` \| (.+?) \|", re.MULTILINE)
DOTTED = re.compile(r"`((?:workflows|tracker|notifications|runtime|web|config)(?:\.\w+)+)`")
TYPED = re.compile(r"(?:`|^\$ |^)dingban ([a-z]+)(?: ([a-z_]+))?", re.MULTILINE)
TARGET = re.compile(r"^([a-z]+):", re.MULTILINE)


def _diagram(name: str) -> str:
    return f"```mermaid\n{mermaid(WORKFLOWS[name])}```\n"


GENERATED_PARTS: dict[str, Callable[[], str]] = (
    {f"docs/architecture.md: {name}": partial(_diagram, name) for name in WORKFLOWS}
    | {f"docs/data-model.md: {area}": partial(render_area, area) for area in AREAS}
    | {f"docs/deadlines.md: {group}": partial(render_phrases, group) for group in PHRASES}
    | {"docs/commands.md: commands": render_commands}
    | {"docs/api.md: routes": render_routes, "docs/api.md: events": render_events}
)


def relative_name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors_of(text: str) -> set[str]:
    """The fragment names that a Markdown viewer gives to the headings of `text`."""
    headings = HEADING.findall(FENCE.sub("", text))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(path: Path) -> list[str]:
    """Relative links of a Markdown file that lead to no file, or to no heading in it."""
    broken = []
    for match in LINK.finditer(FENCE.sub("", path.read_text(encoding="utf-8"))):
        target = match["target"] or match["image"]
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        destination = (path.parent / file) if file else path
        if not (destination.exists() and has_anchor(destination, anchor)):
            broken.append(target)
    return broken


def has_anchor(page: Path, anchor: str) -> bool:
    return not anchor or anchor in anchors_of(page.read_text(encoding="utf-8"))


def generated_part(text: str, name: str) -> re.Match[str]:
    marks = re.escape(f"<!-- generated: {name} -->"), re.escape("<!-- /generated -->")
    match = re.search(rf"{marks[0]}\n(?P<part>(?:(?!<!--).)*){marks[1]}", text, re.DOTALL)
    assert match is not None, f"There is no place for the generated part {name!r}."
    return match


class TestLinks:
    @pytest.mark.parametrize("path", list_files(".md"), ids=relative_name)
    def test_relative_links_lead_somewhere(self, path: Path) -> None:
        assert broken_links(path) == []

    def test_a_broken_link_would_be_seen(self, tmp_path: Path) -> None:
        page = tmp_path / "page.md"
        page.write_text(
            "# 第一节\n[a](missing.md) [b](#第一节) [c](#第二节) [d](https://example.org/)", "utf-8"
        )

        assert broken_links(page) == ["missing.md", "#第二节"]


class TestCommands:
    @pytest.mark.parametrize("path", list_files(".md"), ids=relative_name)
    def test_every_make_command_in_the_documentation_exists(self, path: Path) -> None:
        targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
        named = {first or second for first, second in COMMAND.findall(path.read_text(encoding="utf-8"))}

        assert named <= targets

    @pytest.mark.parametrize("path", list_files(".md"), ids=relative_name)
    def test_every_command_in_the_documentation_exists(self, path: Path) -> None:
        assert unknown_commands(path.read_text(encoding="utf-8")) == []

    def test_a_command_that_is_gone_would_be_seen(self) -> None:
        text = "`dingban fly 1`, `dingban task fly 2 --as 张三丰`, `dingban task list`, `dingban doctor`"

        assert unknown_commands(text) == ["dingban fly", "dingban task fly"]

    @pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
    def test_the_two_commands_stand_in_the_first_lines(self, name: str) -> None:
        beginning = "\n".join((ROOT / name).read_text(encoding="utf-8").splitlines()[:12])

        assert "make demo" in beginning
        assert "make test" in beginning


def unknown_commands(text: str) -> list[str]:
    """Every `dingban …` in code that names no command, or no command of its group."""
    reference = render_commands()
    known = set(HEADING.findall(reference))
    groups = {name.rsplit(" ", 1)[0] for name in known if name.count(" ") == 2}
    unknown = []
    for command, inner in TYPED.findall(text):
        name = f"dingban {command}"
        if name in groups and inner:
            name = f"{name} {inner}"
        unknown += [name] if name not in known else []
    return unknown


@pytest.mark.golden
class TestGeneratedParts:
    @pytest.mark.parametrize("part", GENERATED_PARTS)
    def test_what_is_generated_is_current(self, part: str, request: pytest.FixtureRequest) -> None:
        file, name = part.split(": ")
        path, expected = ROOT / file, GENERATED_PARTS[part]()
        text = path.read_text(encoding="utf-8")
        match = generated_part(text, name)
        if request.config.getoption("--record-golden"):
            text = text[: match.start("part")] + expected + text[match.end("part") :]
            path.write_text(text, encoding="utf-8")
            match = generated_part(text, name)

        assert match["part"] == expected, "record it with: make golden"

    def test_every_table_of_the_database_is_drawn_in_full_once(self) -> None:
        drawn = [table for area in AREAS.values() for table in area.tables]

        assert sorted(list_tables()) == sorted(drawn)


class TestNames:
    def test_every_dotted_name_in_the_architecture_exists(self) -> None:
        text = FENCE.sub("", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))
        names = sorted(set(DOTTED.findall(text)))

        assert len(names) > 20
        assert [name for name in names if not is_there(name)] == []

    def test_a_name_that_is_gone_would_be_seen(self) -> None:
        assert is_there("workflows.kernel.fire")
        assert not is_there("workflows.kernel.fly")
        assert not is_there("workflows.no_such_room.fire")


def is_there(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    module, _, attribute = name.rpartition(".")
    try:
        return hasattr(import_module(module), attribute) or find_spec(name) is not None
    except ModuleNotFoundError:
        return False


class TestPolicyFiles:
    @pytest.mark.parametrize("name", FILES)
    def test_every_key_of_a_policy_file_is_explained(self, name: str) -> None:
        explained = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
        content = tomllib.loads((ROOT / "config" / name).read_text(encoding="utf-8"))

        assert [key for key in keys_of(content) if f"`{key}`" not in explained] == []

    def test_keys_are_found_at_every_depth(self) -> None:
        assert keys_of({"a": 1, "b": {"c": [{"d": 2}]}}) == {"a", "b", "c", "d"}


def keys_of(content: object) -> set[str]:
    """Every key of a TOML file, however deep it stands."""
    if isinstance(content, list):
        return {key for each in content for key in keys_of(each)}
    if not isinstance(content, dict):
        return set()
    return set(content) | {key for each in content.values() for key in keys_of(each)}


class TestSettings:
    @pytest.mark.parametrize("name", ["docs/operations.md", "README.zh-CN.md"])
    def test_every_setting_is_listed_with_its_default(self, name: str) -> None:
        assert settings_listed_in(name) == defaults_of_settings()

    def test_the_short_list_says_the_same(self) -> None:
        listed = settings_listed_in("README.md")

        assert listed
        assert listed.items() <= defaults_of_settings().items()


def settings_listed_in(name: str) -> dict[str, str | None]:
    rows = SETTING.findall((ROOT / name).read_text(encoding="utf-8"))
    return {key: None if cell in {"not set", "不设"} else cell.strip("`") for key, cell in rows}


def defaults_of_settings() -> dict[str, str | None]:
    """Every setting and its default, as one would write it into `.env`."""
    defaults = {f"{PREFIX}{key.upper()}": field.default for key, field in Settings.model_fields.items()}
    return {
        key: None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in defaults.items()
    }


class TestChangelog:
    def test_it_has_a_place_for_what_is_not_released_yet(self) -> None:
        text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

        assert re.search(r"^## \[Unreleased\]$", text, re.MULTILINE)


class TestDecisions:
    @pytest.mark.parametrize(
        "path", sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md")), ids=relative_name
    )
    def test_a_record_says_context_decision_and_consequences(self, path: Path) -> None:
        headings = HEADING.findall(path.read_text(encoding="utf-8"))

        assert headings[1:4] == ["Context", "Decision", "Consequences"]

    def test_every_record_is_listed(self) -> None:
        listing = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
        records = {path.name for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md")}

        assert records == set(re.findall(r"\]\((\d[^)]+\.md)\)", listing))
