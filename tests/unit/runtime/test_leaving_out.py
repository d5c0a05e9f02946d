"""Libraries find no optional parts that are left out, and only then."""

from __future__ import annotations

import sys
from importlib import import_module

import pytest

from runtime.leaving_out import left_out


@pytest.fixture
def name(monkeypatch: pytest.MonkeyPatch) -> str:
    """A module of the standard library that is not loaded yet."""
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    return "colorsys"


class TestLeftOut:
    def test_in_the_block_the_module_is_not_there(self, name: str) -> None:
        with left_out(name), pytest.raises(ModuleNotFoundError, match=name):
            import_module(name)

    def test_after_the_block_it_can_be_imported(self, name: str) -> None:
        with left_out(name):
            pass

        assert import_module(name).__name__ == name

    def test_after_an_error_it_can_be_imported_as_well(self, name: str) -> None:
        with pytest.raises(ZeroDivisionError), left_out(name):
            _ = 1 / 0

        assert import_module(name).__name__ == name

    def test_a_module_that_is_loaded_stays(self) -> None:
        with left_out("sys"):
            assert import_module("sys") is sys
