"""What hears that the process ends: jobs that would begin, and what waits for others."""

from __future__ import annotations

import asyncio

import pytest

from runtime.ending import CutShort, Ending


def test_what_was_told_is_told_for_good() -> None:
    ending = Ending()
    assert not ending.is_told

    ending.tell()
    ending.wait()

    assert ending.is_told


def test_what_ends_by_itself_is_not_cut() -> None:
    ending = Ending()

    async def work() -> int:
        return 42

    ending.tell()

    assert ending.run(work()) == 42
    ending.cut()  # there is nothing left to cut


def test_what_waits_is_cut_and_may_tidy_up() -> None:
    ending = Ending()
    tidied = []

    async def work() -> None:
        asyncio.get_running_loop().call_soon(ending.cut)
        try:
            await asyncio.Event().wait()
        finally:
            tidied.append("released")

    with pytest.raises(CutShort, match="停止前没有办完"):
        ending.run(work())
    assert tidied == ["released"]


def test_what_waits_again_while_it_tidies_up_is_cut_again() -> None:
    ending = Ending()
    loops = []

    async def work() -> None:
        loops.append(asyncio.get_running_loop())
        loops[0].call_soon(ending.cut)
        try:
            await asyncio.Event().wait()
        finally:
            loops[0].call_soon(ending.cut)
            await asyncio.Event().wait()  # a goodbye that nobody answers

    with pytest.raises(CutShort):
        ending.run(work())
    assert loops[0].is_closed()
