"""Bodies that are too long, that stop, or that drip."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message

from web.guarding import BODY_LIMIT, LIMIT_KEY, SLOWEST_BYTES_A_SECOND, BodyLimit


def piece(size: int, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": b"x" * size, "more_body": more}


async def never() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


def sent(*messages: Message) -> Callable[[], Awaitable[Message]]:
    """What a client sends one after the other; then nothing more."""
    left = list(messages)

    async def receive() -> Message:
        return left.pop(0) if left else await never()

    return receive


def read(receive: Callable[[], Awaitable[Message]], times: int, *, seconds: float) -> list[Message]:
    async def run() -> list[Message]:
        scope: dict[str, Any] = {LIMIT_KEY: BODY_LIMIT}
        body = BodyLimit(scope, receive, seconds)
        return [await body.receive() for _ in range(times)]

    return asyncio.run(run())


class TestBodyLimit:
    def test_hands_on_what_comes_in_time(self) -> None:
        assert len(read(sent(piece(10), piece(10, more=False)), 2, seconds=60)) == 2

    def test_ends_a_body_that_stops(self) -> None:
        with pytest.raises(HTTPException) as caught:
            read(sent(piece(10)), 2, seconds=0)

        assert caught.value.status_code == 408
        assert caught.value.headers == {"Connection": "close"}

    def test_gives_whoever_brought_much_more_time(self) -> None:
        async def run() -> None:
            loop = asyncio.get_running_loop()
            body = BodyLimit({LIMIT_KEY: BODY_LIMIT}, sent(piece(2 * SLOWEST_BYTES_A_SECOND)), 0)
            await body.receive()
            waiting = asyncio.ensure_future(body.receive())
            loop.call_later(0.05, waiting.cancel)
            with pytest.raises(asyncio.CancelledError):
                await waiting

        asyncio.run(run())

    def test_lets_an_answer_take_its_time_once_the_body_is_whole(self) -> None:
        async def run() -> bool:
            body = BodyLimit({LIMIT_KEY: BODY_LIMIT}, sent(piece(1, more=False)), 0)
            await body.receive()
            waiting = asyncio.ensure_future(body.receive())  # an answer that streams listens for the end
            await asyncio.sleep(0)
            is_waiting = not waiting.done()
            waiting.cancel()
            return is_waiting

        assert asyncio.run(run())

    def test_ends_a_body_that_is_too_long(self) -> None:
        with pytest.raises(HTTPException) as caught:
            read(sent(piece(BODY_LIMIT), piece(1)), 2, seconds=60)

        assert caught.value.status_code == 413
