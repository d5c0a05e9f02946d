"""What every channel takes and promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Attachment:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Message:
    """One finished message to one person. `id` is the same on every try; `address` None: he has none.

    `thread` names what the message is about, so that mail programs show its messages together.
    """

    id: str
    written_at: datetime
    name: str
    address: str | None
    subject: str
    text: str
    html: str | None = None
    reply_to: str | None = None
    thread: str | None = None
    attachments: tuple[Attachment, ...] = ()


class ChannelError(Exception):
    """A message could not be handed over, with a sentence for whoever looks after the installation.

    `permanent`: trying again is of no use. `lost`: the connection is gone, and others wait behind it.
    """

    def __init__(self, sentence: str, *, permanent: bool = False, lost: bool = False) -> None:
        self.permanent = permanent
        self.lost = lost
        super().__init__(sentence)


class Delivery(ABC):
    """An open connection of a channel, for one batch."""

    @abstractmethod
    async def deliver(self, message: Message) -> None:
        """Hand over one message; return on success, raise ChannelError on failure."""


class Channel(ABC):
    """A way that messages travel."""

    name: str
    needs_address: bool = True

    @abstractmethod
    def open(self) -> AbstractAsyncContextManager[Delivery]:
        """Connect for one batch. Raises ChannelError where nothing can be sent at present."""
