"""A form with files (multipart/form-data, RFC 7578), read while it comes.

A file is handed on piece by piece to where it is to be kept: none is ever held in memory. The token of the form comes
in a header, or in a field before the first file; nobody sends a file whose form is not known to be ours.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from web.desk import ForgedForm, demand_token
from web.forms import Form
from web.receiving import PIECE_BYTES, Arrival
from web.visitors import Visitor

MULTIPART = "multipart/form-data"
MOST_FIELDS = 20
HEADER_BYTES = 8 << 10
_EVENTS = ("part_begin", "part_data", "part_end", "header_field", "header_value", "header_end")


class Place(Protocol):
    """Where a file goes, piece by piece."""

    def write(self, piece: bytearray, /) -> object: ...


P = TypeVar("P", bound=Place)


@dataclass(frozen=True)
class SentFile(Generic[P]):
    """A file that came in the form's field `field`; `name` is what its sender calls it."""

    field: str
    name: str
    place: P


@dataclass
class _Part:
    """One part of the form as it comes. `place` is set for a file that was chosen."""

    headers: dict[bytes, bytes] = field(default_factory=dict)
    header_name: bytearray = field(default_factory=bytearray)
    header_value: bytearray = field(default_factory=bytearray)
    name: str = ""
    file_name: str | None = None
    place: Place | None = None
    held: bytearray = field(default_factory=bytearray)

    @property
    def header_bytes(self) -> int:
        return len(self.header_name) + len(self.header_value) + sum(map(len, self.headers.values()))


class FormReader(Generic[P]):
    """Reads one body. The parser tells what it found; what blocks is done between its chunks."""

    def __init__(
        self,
        arrival: Arrival,
        visitor: Visitor,
        open_place: Callable[[str], AbstractContextManager[P]],
        *,
        most_files: int,
        field_bytes: int,
    ) -> None:
        """`open_place` is told what the sender calls a file, and may block. It raises where the name will not do."""
        self._arrival = arrival
        self._visitor = visitor
        self._open_place = open_place
        self._most_files = most_files
        self._field_bytes = field_bytes
        self._found: list[tuple[str, bytes]] = []
        self._part = _Part()
        self._fields: dict[str, list[str]] = {}
        self._files: list[SentFile[P]] = []
        self._is_proven = False
        self._is_whole = False

    async def read(self, opened: ExitStack) -> tuple[Form, list[SentFile[P]]]:
        """The fields, and every file. `opened` closes their places.

        Raises ForgedForm, ClientDisconnect, HTTPException for what is no form, and what a place refuses.
        """
        token = self._arrival.request.headers.get("x-csrf-token")
        if token is not None:
            self._prove(token)
        parser = self._parser()
        async for chunk in self._arrival.chunks():
            try:
                parser.write(chunk)
            except MultipartParseError:
                raise HTTPException(400) from None
            await self._work(opened)
        if not self._is_whole:
            raise HTTPException(400)
        if not self._is_proven:
            raise ForgedForm
        return Form(self._fields), self._files

    def _prove(self, token: str) -> None:
        demand_token(self._visitor, token)
        self._is_proven = True

    def _parser(self) -> MultipartParser:
        kind, options = parse_options_header(self._arrival.request.headers.get("content-type"))
        boundary = options.get(b"boundary")
        if kind != MULTIPART.encode() or not boundary:
            raise HTTPException(415)

        def tell(what: str) -> Callable[..., None]:
            def told(data: bytes = b"", start: int = 0, end: int = 0) -> None:
                self._found.append((what, bytes(data[start:end])))

            return told

        callbacks = {f"on_{name}": tell(name) for name in (*_EVENTS, "headers_finished", "end")}
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
        if part.header_bytes > HEADER_BYTES:
            raise HTTPException(400)

    async def _open(self, opened: ExitStack) -> None:
        """Begin a part: a field, or a file."""
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
        if len(self._files) >= self._most_files:
            raise HTTPException(413)
        place = opened.enter_context(await run_in_threadpool(self._open_place, part.file_name))
        part.place = place
        self._files.append(SentFile(part.name, part.file_name, place))

    async def _take(self, data: bytes) -> None:
        part = self._part
        part.held += data
        if part.place is None:
            if len(part.held) > self._field_bytes:
                raise HTTPException(413)
        elif len(part.held) >= PIECE_BYTES:
            await self._write(part, part.place)

    async def _end_part(self) -> None:
        part = self._part
        if part.place is not None:
            await self._write(part, part.place)
        elif part.file_name is None:
            self._enter(part.name, part.held.decode(errors="replace"))

    async def _write(self, part: _Part, place: Place) -> None:
        piece, part.held = part.held, bytearray()
        await run_in_threadpool(place.write, piece)

    def _enter(self, name: str, value: str) -> None:
        if name == "csrf" and not self._is_proven:
            self._prove(value)
        if sum(map(len, self._fields.values())) >= MOST_FIELDS:
            raise HTTPException(413)
        self._fields.setdefault(name, []).append(value)
