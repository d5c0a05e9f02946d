"""A form that brings one file for the desk: spooled to disk while it comes, and gone with the request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any, BinaryIO, cast

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from web.forms import InputRefused
from web.house import House
from web.multipart import MULTIPART, FormReader, SentFile
from web.opening import Opening
from web.receiving import PIECE_BYTES, ROOM_BYTES, Arrival, find_sender

MAX_NAME_CHARACTERS = 200


@dataclass(frozen=True)
class Upload:
    """One file as it came. `name` is what the sender calls it, without any folder."""

    name: str
    file: BinaryIO


def receive_upload(limit_of: Callable[[House], int]) -> Any:
    """The dependency of a route that takes one file of the form's field `file`; its other fields become the desk's form.

    `limit_of` says how many bytes the house takes in. It has to stand before the desk among the dependencies.
    """

    async def receive(request: Request) -> AsyncIterator[None]:
        if not request.headers.get("content-type", "").startswith(MULTIPART):
            yield
            return
        visitor = await run_in_threadpool(find_sender, request)
        arrival = Arrival(request, limit_of(request.app.state.house))
        with ExitStack() as opened:
            reader = FormReader(arrival, visitor, _spool, most_files=1, field_bytes=ROOM_BYTES)
            async with arrival.heard_out():
                if arrival.declared_bytes > arrival.limit + ROOM_BYTES:
                    raise HTTPException(413)
                request.state.form, files = await reader.read(opened)
            request.state.upload = next((_as_upload(file) for file in files if file.field == "file"), None)
            yield

    return Depends(receive, scope="function")


def _spool(_name: str) -> SpooledTemporaryFile[bytes]:
    return SpooledTemporaryFile(max_size=PIECE_BYTES)


def _as_upload(sent: SentFile[SpooledTemporaryFile[bytes]]) -> Upload:
    name = PurePath(sent.name.replace("\\", "/")).name
    printable = "".join(character for character in name if character.isprintable())
    sent.place.seek(0)
    return Upload(printable[-MAX_NAME_CHARACTERS:], cast(BinaryIO, sent.place))


def find_upload(request: Request) -> Upload | None:
    """The file that came beside the form, where one was chosen."""
    upload: Upload | None = getattr(request.state, "upload", None)
    return upload


@contextmanager
def _opened_upload(request: Request) -> Iterator[Upload]:
    upload = find_upload(request)
    if upload is None or not upload.name:
        raise InputRefused("file", "请选择要上传的文件。")
    yield upload


async def _uploaded(request: Request) -> Opening[Upload]:
    """Asked for after the desk was opened: nobody else is told what is missing."""
    return Opening(partial(_opened_upload, request))


Uploaded = Annotated[Upload, Depends(_uploaded)]
