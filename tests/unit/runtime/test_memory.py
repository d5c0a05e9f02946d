"""What a process that runs on gives back, and what the collector passes over."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from runtime import memory


class Knot:
    """Something that holds itself, so that only the collector finds it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def _thawed() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


@pytest.mark.usefixtures("_thawed")
class TestSettling:
    def test_what_is_loaded_is_passed_over_from_then_on(self) -> None:
        memory.settle()

        assert gc.get_freeze_count() > 10_000

    def test_what_comes_afterwards_is_still_collected(self) -> None:
        memory.settle()
        knot = weakref.ref(Knot())

        memory.give_back()

        assert knot() is None

    def test_the_collector_rests_until_then_and_works_from_then_on(self) -> None:
        gc.enable()
        memory.begin()
        assert not gc.isenabled()

        memory.settle()

        assert gc.isenabled()
