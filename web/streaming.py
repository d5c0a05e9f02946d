"""Files that are streamed into the evidence store while they come: none is ever held in memory, or copied.

The sender is known, and may do what he is about to do, before the first byte of a file is read. What breaks off
leaves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from tracker import clock
from tracker.evidence_store import FileTooLarge, Incoming, StoredContent
from tracker.media_types import FileRefused
from tracker.services.submissions import tidy_name
from web.desk import Desk
from web.forms import NO_FORM, Form
from web.house import House
from web.multipart import FormReader, SentFile
from web.receiving import ROOM_BYTES, Arrival, find_sender
from web.visitors import Visitor

MOST_FILES = 50
FIELD_BYTES = 8 << 10


@dataclass(frozen=True)
class ReceivedFile:
    """A file of the form's field `field`, in the store, under the name that it will have."""

    field: str
    name: str
    content: StoredContent


@dataclass(frozen=True)
class Received:
    """What came: the fields before and after the files, and the files."""

    form: Form
    files: tuple[ReceivedFile, ...]


class UploadDesk:
    """Who sends something, and the stream that it comes in. No transaction is open while it comes."""

    def __init__(self, request: Request, house: House, visitor: Visitor) -> None:
        self.request = request
        self.house = house
        self.visitor = visitor

    def with_desk(self, act: Callable[[Desk], None], form: Form = NO_FORM, *, is_writing: bool) -> None:
        """Run `act` at a desk with a transaction of its own. Blocks: call it in a thread."""
        with self.house.writing() if is_writing else self.house.reading() as session:
            act(Desk(self.request, self.house, session, clock.now(), self.visitor, form))

    async def receive(self, allowed: Callable[[], None]) -> Received:
        """Take the files in, after `allowed` (which blocks, and raises where the act would be refused).

        Raises ForgedForm, FileTooLarge, FileEmpty, FileRefused, and HTTPException for what is no form.
        """
        arrival = Arrival(self.request, self.house.upload_limit)
        async with arrival.heard_out():
            await run_in_threadpool(allowed)
            if arrival.declared_bytes > arrival.limit + ROOM_BYTES:
                raise FileTooLarge("所选文件", arrival.limit)
            return await self._take_in(arrival)

    async def _take_in(self, arrival: Arrival) -> Received:
        reader = FormReader(
            arrival, self.visitor, self._open_place, most_files=MOST_FILES, field_bytes=FIELD_BYTES
        )
        with ExitStack() as opened:
            form, files = await reader.read(opened)
            return Received(form, await run_in_threadpool(_keep, files))

    def _open_place(self, name: str) -> Incoming:
        return self.house.store.receive(tidy_name(name))


async def open_upload(request: Request) -> UploadDesk:
    """Raises ForgedForm, NotSignedIn, NotForYou or PasswordDue before anything of the body is read."""
    house: House = request.app.state.house
    return UploadDesk(request, house, await run_in_threadpool(find_sender, request))


open_upload.opens_desk = True  # type: ignore[attr-defined]
Uploading = Annotated[UploadDesk, Depends(open_upload)]


def _keep(files: Sequence[SentFile[Incoming]]) -> tuple[ReceivedFile, ...]:
    """Take all in, or none: every file is looked at before the first is kept."""
    refused = [(tidy_name(file.name), error) for file in files if (error := _refusal(file.place)) is not None]
    if refused and len(files) == 1:
        raise refused[0][1]
    if refused:
        raise FileRefused(" ".join(f"“{name}”：{error}" for name, error in refused))
    return tuple(ReceivedFile(file.field, tidy_name(file.name), file.place.keep()) for file in files)


def _refusal(place: Incoming) -> FileRefused | None:
    try:
        place.check()
    except FileRefused as error:
        return error
    return None
