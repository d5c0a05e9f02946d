"""The default channel: every message becomes an .eml file that any mail program opens."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from notifications.channels.base import Channel, ChannelError, Delivery, Message
from notifications.channels.mime import as_mail
from tracker.clock import office_day


class FileChannel(Channel, Delivery):
    """Writes `<folder>/<day>/<id>.eml`, whole or not at all. A message written again replaces itself.

    A file needs no address: a person without one is named in it all the same.
    """

    name = "file"
    needs_address = False

    def __init__(self, folder: Path, *, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Delivery]:
        yield self

    def path_of(self, message: Message) -> Path:
        """Where a message lies, by day, person and id."""
        person = "".join(each if each.isalnum() else "_" for each in message.name)
        day = office_day(message.written_at).isoformat()
        return self._folder / day / f"{person}-{message.id}.eml"

    async def deliver(self, message: Message) -> None:
        path = self.path_of(message)
        content = as_mail(message, sender=self._sender)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(path, content)
        except OSError as error:
            raise ChannelError(f"无法写入发件文件夹“{path.parent}”：{error.strerror}", lost=True) from error


def _write_whole(path: Path, content: bytes) -> None:
    """Under a name of its own first, then in one step: a reader never sees half a message."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
