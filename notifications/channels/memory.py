"""A channel that keeps what it is given: for tests and dry runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from notifications.channels.base import Channel, Delivery, Message


class MemoryChannel(Channel, Delivery):
    """`delivered` holds every message in order; `opened` counts the batches."""

    name = "memory"

    def __init__(self) -> None:
        self.delivered: list[Message] = []
        self.opened = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Delivery]:
        self.opened += 1
        yield self

    async def deliver(self, message: Message) -> None:
        self.delivered.append(message)
