"""Files that are streamed into the evidence store while they come: none is ever held in memory, or copied.

The sender is known, and may do what he is about to do, before the first byte of a file is read; the token of his form
comes in a header, or in a field before the file. What breaks off leaves nothing. What is refused is read to its end
and thrown away, within the limit: a browser that is cut off in the midst shows no reason to anybody.
"""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from tracker import clock
from tracker.evidence_store import CHUNK_BYTES, EvidenceStore, FileTooLarge, Incoming, StoredContent
from tracker.services.submissions import tidy_name
from web.access import PasswordDue, admit, rule_of
from web.desk import Desk, ForgedForm, find_visitor, require_same_origin
from web.forms import NO_FORM, Form
from web.guarding import LIMIT_KEY
from web.house import House
from web.visitors import Visitor

MOST_FILES = 20
MOST_FIELDS = 20
FIELD_BYTES = 8 << 10
HEADER_BYTES = 8 << 10
ROOM_FOR_FIELDS = 1 << 20  # bytes beside the files


@dataclass(frozen=True)
class Received:
    """What came: the fields before and after the files, and each file under its name, in the store."""

    form: Form
    files: tuple[tuple[str, StoredContent], ...]


class UploadDesk:
    """Who sends something, and the stream that it comes in. No transaction is open while it comes."""

    def __init__(self, request: Request, house: House, visitor: Visitor) -> None:
        self.request = request
        self.house = house
        self.visitor = visitor
        self._is_read = False

    def with_desk(self, act: Callable[[Desk], None], form: Form = NO_FORM, *, is_writing: bool) -> None:
        """Run `act` at a desk with a transaction of its own. Blocks: call it in a thread."""
        with self.house.writing() if is_writing else self.house.reading() as session:
            act(Desk(self.request, self.house, session, clock.now(), self.visitor, form))

    async def receive(self, allowed: Callable[[], None]) -> Received:
        """Take the files in, after `allowed` (which blocks, and raises where the act would be refused).

        Raises ForgedForm, FileTooLarge, FileEmpty, FileRefused, and HTTPException for what is no form.
        """
        self.request.scope[LIMIT_KEY] = self.house.upload_limit + ROOM_FOR_FIELDS
        try:
            await run_in_threadpool(allowed)
            self._refuse_what_is_announced_too_large()
            return await _Receiver(self).receive()
        except ClientDisconnect:
            raise HTTPException(400) from None  # nobody is there to read it
        except Exception:
            await self._throw_away()
            raise

    def require_token(self, brought: str) -> None:
        if not hmac.compare_digest(brought.encode(), self.visitor.csrf.encode()):
            raise ForgedForm

    def _refuse_what_is_announced_too_large(self) -> None:
        announced = self.request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self.house.upload_limit + ROOM_FOR_FIELDS:
            self.request.scope[LIMIT_KEY] *= 2
            raise FileTooLarge("所选文件", self.house.upload_limit)

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes; empty once it was read to its end. Raises ClientDisconnect."""
        while not self._is_read:
            message = await self.request.receive()
            if message["type"] != "http.request":
                self._is_read = True
                raise ClientDisconnect
            self._is_read = not message.get("more_body", False)
            yield message.get("body", b"")

    async def _throw_away(self) -> None:
        """Read what is left, so that the answer arrives. The guard's limit ends it; so does who hangs up."""
        with suppress(HTTPException, ClientDisconnect):
            async for _ in self.chunks():
                pass


async def open_upload(request: Request) -> UploadDesk:
    """Raises ForgedForm, NotSignedIn, NotForYou or PasswordDue before anything of the body is read."""
    require_same_origin(request)
    house: House = request.app.state.house
    return UploadDesk(request, house, await run_in_threadpool(_visitor_of, request, house))


open_upload.opens_desk = True  # type: ignore[attr-defined]
Uploading = Annotated[UploadDesk, Depends(open_upload)]


def _visitor_of(request: Request, house: House) -> Visitor:
    with house.reading() as session:
        visitor = find_visitor(session, request, house)
    admit(rule_of(request.scope["route"]), visitor)
    assert visitor is not None  # no route for uploads is open to anyone
    if visitor.must_change_password:
        raise PasswordDue
    return visitor


@dataclass
class _Part:
    """One part of the form as it comes. `incoming` is set for a file that was chosen."""

    headers: dict[bytes, bytes] = field(default_factory=dict)
    header_name: bytearray = field(default_factory=bytearray)
    header_value: bytearray = field(default_factory=bytearray)
    name: str = ""
    file_name: str | None = None
    incoming: Incoming | None = None
    held: bytearray = field(default_factory=bytearray)


class _Receiver:
    """Reads one multipart body (RFC 7578). The parser tells what it found; what blocks is done between its chunks."""

    def __init__(self, upload: UploadDesk) -> None:
        self._upload = upload
        self._store: EvidenceStore = upload.house.store
        self._found: list[tuple[str, bytes]] = []
        self._part = _Part()
        self._fields: dict[str, list[str]] = {}
        self._files: list[tuple[str, Incoming]] = []
        self._is_proven = False
        self._is_whole = False

    async def receive(self) -> Received:
        token = self._upload.request.headers.get("x-csrf-token")
        if token is not None:
            self._prove(token)
        parser = self._parser()
        with ExitStack() as opened:
            async for chunk in self._upload.chunks():
                try:
                    parser.write(chunk)
                except MultipartParseError:
                    raise HTTPException(400) from None
                await self._work(opened)
            if not self._is_whole:
                raise HTTPException(400)
            if not self._is_proven:
                raise ForgedForm
            return Received(Form(self._fields), await run_in_threadpool(self._keep))

    def _prove(self, token: str) -> None:
        self._upload.require_token(token)
        self._is_proven = True

    def _parser(self) -> MultipartParser:
        kind, options = parse_options_header(self._upload.request.headers.get("content-type"))
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise HTTPException(415)

        def tell(what: str) -> Callable[..., None]:
            def told(data: bytes = b"", start: int = 0, end: int = 0) -> None:
                self._found.append((what, bytes(data[start:end])))

            return told

        names = ("part_begin", "part_data", "part_end", "header_field", "header_value", "header_end")
        callbacks = {f"on_{name}": tell(name) for name in (*names, "headers_finished", "end")}
        return MultipartParser(boundary, callbacks)  # type: ignore[arg-type]

    async def _work(self, opened: ExitStack) -> None:
        found, self._found = self._found, []
        for what, data in found:
            if what == "part_data":
                await self._take(data)
            elif what == "headers_finished":
                await self._open(opened)
            elif what == "part_end":
                await self._end_part()
            else:
                self._note(what, data)

    def _note(self, what: str, data: bytes) -> None:
        """What needs no waiting: the headers of a part, and the end of the form."""
        part = self._part
        if what == "part_begin":
            self._part = _Part()
        elif what == "header_field":
            part.header_name += data
        elif what == "header_value":
            part.header_value += data
        elif what == "header_end":
            part.headers[bytes(part.header_name).lower()] = bytes(part.header_value)
            part.header_name, part.header_value = bytearray(), bytearray()
        elif what == "end":
            self._is_whole = True
        if (
            len(part.header_name) + len(part.header_value) + sum(map(len, part.headers.values()))
            > HEADER_BYTES
        ):
            raise HTTPException(400)

    async def _open(self, opened: ExitStack) -> None:
        """Begin a part: a field, or a file, which nobody may send whose form is not known to be ours."""
        part = self._part
        _, options = parse_options_header(part.headers.get(b"content-disposition"))
        part.name = options.get(b"name", b"").decode(errors="replace")
        if b"filename" not in options:
            return
        part.file_name = options[b"filename"].decode(errors="replace")
        if not part.file_name:
            return  # a field for files in which nothing was chosen
        if not self._is_proven:
            raise ForgedForm
        if len(self._files) >= MOST_FILES:
            raise HTTPException(413)
        name = tidy_name(part.file_name)
        part.incoming = opened.enter_context(await run_in_threadpool(self._store.receive, name))
        self._files.append((name, part.incoming))

    async def _take(self, data: bytes) -> None:
        part = self._part
        part.held += data
        if part.incoming is None:
            if len(part.held) > FIELD_BYTES:
                raise HTTPException(413)
        elif len(part.held) >= CHUNK_BYTES:
            await self._write(part, part.incoming)

    async def _end_part(self) -> None:
        part = self._part
        if part.incoming is not None:
            await self._write(part, part.incoming)
        elif part.file_name is None:
            self._enter(part.name, part.held.decode(errors="replace"))

    async def _write(self, part: _Part, incoming: Incoming) -> None:
        piece, part.held = part.held, bytearray()
        await run_in_threadpool(incoming.write, piece)

    def _enter(self, name: str, value: str) -> None:
        if name == "csrf" and not self._is_proven:
            self._prove(value)
        if sum(map(len, self._fields.values())) >= MOST_FIELDS:
            raise HTTPException(413)
        self._fields.setdefault(name, []).append(value)

    def _keep(self) -> tuple[tuple[str, StoredContent], ...]:
        """Take all in, or none: every file is looked at before the first is kept."""
        for _, incoming in self._files:
            incoming.check()
        return tuple((name, incoming.keep()) for name, incoming in self._files)
