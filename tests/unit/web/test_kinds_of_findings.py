"""What the wizard calls the kinds of findings: every one that reading a table can raise has a name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import tracker.importers
from web.import_wizard.labels import KIND_LABELS

IMPORTERS = Path(tracker.importers.__file__).parent


def raised_codes() -> Iterator[str]:
    """The codes that stand before a severity in some call in the importers."""
    for path in sorted(IMPORTERS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                for code, severity in pairwise(node.args):
                    if isinstance(code, ast.Constant) and ast.unparse(severity).startswith("Severity."):
                        yield str(code.value)


class TestKindLabels:
    def test_no_kind_of_finding_is_shown_by_its_code(self) -> None:
        codes = set(raised_codes())

        assert {"group-filled", "past-date", "missing-person"} <= codes
        assert codes - set(KIND_LABELS) == set()

    def test_two_kinds_are_not_called_the_same(self) -> None:
        assert len(set(KIND_LABELS.values())) == len(KIND_LABELS)
