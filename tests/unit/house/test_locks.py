"""The committed locks: the same bytes for everyone, from the public index and nowhere else."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from tests.unit.house.tree import ROOT

LOCKS = ("uv.lock", "requirements.lock", "requirements-dev.lock")
HOSTS = {"pypi.org", "files.pythonhosted.org"}
ADDRESS = re.compile(r"[a-z+]+://([^/\s\"']*)")
ABSOLUTE_PATH = re.compile(r"(?<![\w.:/+=-])/[\w.-]+/|\b[A-Za-z]:\\")
REQUIREMENT = re.compile(r"^(?P<name>[a-z0-9-]+)(?:\[[a-z,]+\])?==(?P<version>\S+)(?P<rest>.*)$")


@cache
def read_toml(name: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / name).read_text(encoding="utf-8"))


def locked_packages() -> list[dict[str, Any]]:
    """All but the project itself. A name may stand there twice, for an older and a newer Python."""
    return [package for package in read_toml("uv.lock")["package"] if package["name"] != "dingban"]


def exported_requirements(name: str) -> set[tuple[str, str]]:
    """Package and version of every requirement in an exported list. An unpinned line is an error."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    pins = set()
    for line in lines:
        match = REQUIREMENT.match(line)
        assert match is not None, f"{name}: not pinned: {line[:80]}"
        assert "--hash=sha256:" in match["rest"], f"{name}: no checksum: {match['name']}"
        pins.add((match["name"], match["version"]))
    return pins


class TestWhereFrom:
    @pytest.mark.parametrize("lock", LOCKS)
    def test_a_lock_names_no_host_but_the_public_index(self, lock: str) -> None:
        assert set(ADDRESS.findall((ROOT / lock).read_text(encoding="utf-8"))) <= HOSTS

    @pytest.mark.parametrize("lock", LOCKS)
    def test_a_lock_names_no_absolute_path(self, lock: str) -> None:
        assert ABSOLUTE_PATH.findall((ROOT / lock).read_text(encoding="utf-8")) == []

    @pytest.mark.parametrize("line", ['path = "/opt/wheels/x.whl"', "--find-links /srv/wheels", "C:\\wheels"])
    def test_such_a_path_would_be_seen(self, line: str) -> None:
        assert ABSOLUTE_PATH.search(line) is not None

    def test_another_host_would_be_seen(self) -> None:
        assert ADDRESS.findall('url = "file:///x" "https://mirror.example.org/simple"') == [
            "",
            "mirror.example.org",
        ]

    def test_all_but_the_project_itself_comes_from_the_index(self) -> None:
        sources = {package["name"]: package["source"] for package in read_toml("uv.lock")["package"]}

        assert sources.pop("dingban") == {"editable": "."}
        assert all(source == {"registry": "https://pypi.org/simple"} for source in sources.values())


class TestWhatIsInIt:
    @pytest.mark.parametrize("lock", LOCKS[1:])
    def test_an_exported_list_says_what_the_lock_says(self, lock: str) -> None:
        exported = exported_requirements(lock)

        assert exported
        assert exported <= {(package["name"], package["version"]) for package in locked_packages()}

    def test_what_an_office_installs_is_part_of_what_we_test(self) -> None:
        office, everything = (exported_requirements(lock) for lock in LOCKS[1:])

        assert office <= everything

    def test_every_declared_dependency_is_locked_within_its_bounds(self) -> None:
        project = read_toml("pyproject.toml")
        extras = project["project"]["optional-dependencies"]
        declared = [
            *project["project"]["dependencies"],
            *(line for lines in extras.values() for line in lines),
            *(line for lines in project["dependency-groups"].values() for line in lines),
        ]
        exported = dict(exported_requirements("requirements-dev.lock"))
        unmet = [
            line
            for line in map(Requirement, declared)
            if not line.specifier.contains(exported.get(canonicalize_name(line.name), "0"), prereleases=True)
        ]

        assert unmet == []

    @pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
    def test_every_package_comes_ready_made_for_an_offices_linux(self, machine: str) -> None:
        without = [
            f"{package['name']} {package['version']}"
            for package in locked_packages()
            if not has_wheel_for(package, machine)
        ]

        assert without == []


def has_wheel_for(package: dict[str, Any], machine: str) -> bool:
    """Whether Python 3.11 on a Linux with glibc installs it without a compiler."""
    tags = {
        tag
        for wheel in package.get("wheels", [])
        for tag in parse_wheel_filename(wheel["url"].rsplit("/", 1)[1])[3]
    }
    return any(
        (tag.interpreter in {"py3", "py311", "cp311"} or tag.abi == "abi3")
        and tag.abi in {"none", "abi3", "cp311"}
        and (
            tag.platform == "any" or (tag.platform.startswith("manylinux") and tag.platform.endswith(machine))
        )
        for tag in tags
    )
