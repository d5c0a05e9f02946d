"""What the product imports is what it declares: nothing rests on what another package happens to bring."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.unit.house.tree import ROOT, list_files

ROOMS = ("config", "notifications", "runtime", "tracker", "web", "workflows")
WORKSHOP = ("benchmarks", "scripts", "tests")


def imported_modules(path: Path) -> Iterator[str]:
    """The first name of every absolute import in a file, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def undeclared(folders: tuple[str, ...], declared: set[str]) -> dict[str, str]:
    """Module to one file that imports it, of every module that no declared package provides."""
    provided_by = packages_distributions()
    own = {*sys.stdlib_module_names, *ROOMS, *WORKSHOP}
    return {
        module: str(path.relative_to(ROOT))
        for path in list_files(".py")
        if path.relative_to(ROOT).parts[0] in folders
        for module in imported_modules(path)
        if module not in own and not declared & set(map(canonicalize_name, provided_by.get(module, [])))
    }


@pytest.fixture(scope="module")
def declared() -> dict[str, set[str]]:
    """Names of the packages that the product declares, and of all that may be used in tests."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    product = project["project"]["dependencies"]
    extras = [line for lines in project["project"]["optional-dependencies"].values() for line in lines]
    workshop = [line for lines in project["dependency-groups"].values() for line in lines]
    return {
        "product": {canonicalize_name(Requirement(line).name) for line in [*product, *extras]},
        "everything": {canonicalize_name(Requirement(line).name) for line in [*product, *extras, *workshop]},
    }


class TestDeclared:
    def test_the_product_imports_only_what_it_declares(self, declared: dict[str, set[str]]) -> None:
        assert undeclared(ROOMS, declared["product"]) == {}

    def test_tests_and_benchmarks_import_only_what_is_declared(self, declared: dict[str, set[str]]) -> None:
        assert undeclared(WORKSHOP, declared["everything"]) == {}

    def test_an_undeclared_import_would_be_seen(self) -> None:
        assert "pytest" in undeclared(("tests",), set())

    def test_every_import_of_a_file_is_seen(self, tmp_path: Path) -> None:
        page = tmp_path / "page.py"
        page.write_text("import a.b\nfrom c.d import e\nfrom . import f\ndef g():\n    import h\n", "utf-8")

        assert sorted(imported_modules(page)) == ["a", "c", "h"]

    def test_no_dependency_is_declared_twice(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        names = [canonicalize_name(Requirement(line).name) for line in project["project"]["dependencies"]]

        assert sorted(set(names)) == sorted(names)
