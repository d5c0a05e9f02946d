"""A form that brings a file: read while it comes, spooled to disk, and gone with the request.

Who sends it is asked first: nobody else makes the console take in more than a small form.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Annotated, Any, BinaryIO

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

from web.access import admit, rule_of
from web.desk import find_visitor
from web.forms import Form, InputRefused
from web.guarding import LIMIT_KEY
from web.house import House

MULTIPART = "multipart/form-data"
ROOM_FOR_FIELDS = 1 << 20  # bytes beside the file
MOST_FIELDS = 20
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
        request.state.upload = None
        if not request.headers.get("content-type", "").startswith(MULTIPART):
            yield
            return
        house: House = request.app.state.house
        await run_in_threadpool(_admit, request, house)
        request.scope[LIMIT_KEY] = limit_of(house) + ROOM_FOR_FIELDS
        parser = MultiPartParser(request.headers, request.stream(), max_files=1, max_fields=MOST_FIELDS)
        try:
            data = await parser.parse()
        except MultiPartException as error:
            raise HTTPException(400) from error
        fields: dict[str, list[str]] = {}
        for name, value in data.multi_items():
            if isinstance(value, UploadFile):
                request.state.upload = value if name == "file" else request.state.upload
            else:
                fields.setdefault(name, []).append(value)
        request.state.form = Form(fields)
        try:
            yield
        finally:
            await data.close()

    return Depends(receive, scope="function")


def _admit(request: Request, house: House) -> None:
    """Raise NotSignedIn or NotForYou before the file is read."""
    with house.reading() as session:
        admit(rule_of(request.scope["route"]), find_visitor(session, request, house))


def _uploaded(request: Request) -> Upload:
    file: UploadFile | None = getattr(request.state, "upload", None)
    name = PurePath((file.filename or "").replace("\\", "/")).name if file is not None else ""
    if file is None or not name:
        raise InputRefused("file", "请选择要上传的文件。")
    name = "".join(character for character in name if character.isprintable())
    return Upload(name[-MAX_NAME_CHARACTERS:], file.file)


Uploaded = Annotated[Upload, Depends(_uploaded)]
