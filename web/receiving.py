"""What is larger than a form, on its way in: a file beside a form, files of evidence, a file sent by a program.

Who sends it is known, and may use the route, before the first byte of the body is read; the guard's limit is raised
for nobody else. What a page sends and is refused is read to its end and thrown away, within that limit: a browser that
is cut off in the midst shows no reason to anybody.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from web.access import admit, require_ready, rule_of
from web.desk import find_visitor, require_same_origin
from web.guarding import LIMIT_KEY
from web.house import House
from web.visitors import Visitor

PIECE_BYTES = 1 << 20
# Beside the file: fields of a form, and what keeps the guard silent where the one who takes it in says more.
ROOM_BYTES = 1 << 20


class Arrival:
    """One body, read as it comes. `limit` are the bytes of files that the house takes in by this route."""

    def __init__(self, request: Request, limit: int) -> None:
        self.request = request
        self.limit = limit
        self._is_read = False
        request.scope[LIMIT_KEY] = limit + ROOM_BYTES

    @property
    def declared_bytes(self) -> int:
        """How long the body says that it is; 0 where it says nothing."""
        declared = self.request.headers.get("content-length", "")
        return int(declared) if declared.isascii() and declared.isdecimal() and len(declared) < 16 else 0

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes; empty once it was read to its end. Raises ClientDisconnect."""
        while not self._is_read:
            message = await self.request.receive()
            if message["type"] != "http.request":
                self._is_read = True
                raise ClientDisconnect
            self._is_read = not message.get("more_body", False)
            yield message.get("body", b"")

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body in pieces of about a megabyte. Raises ClientDisconnect."""
        piece = bytearray()
        async for chunk in self.chunks():
            piece += chunk
            if len(piece) >= PIECE_BYTES:
                yield bytes(piece)
                piece.clear()
        if piece:
            yield bytes(piece)

    @asynccontextmanager
    async def heard_out(self) -> AsyncIterator[None]:
        """Whatever the block refuses is raised after the body was read to its end."""
        try:
            yield
        except ClientDisconnect:
            raise HTTPException(400) from None  # nobody is there to read it
        except Exception:
            await self._throw_away()
            raise

    async def _throw_away(self) -> None:
        """Read what is left, so that the answer arrives. The guard's limit ends it; so does who hangs up."""
        if self.declared_bytes > self.limit + ROOM_BYTES:
            self.request.scope[LIMIT_KEY] = 2 * (self.limit + ROOM_BYTES)
        with suppress(HTTPException, ClientDisconnect):
            async for _ in self.chunks():
                pass


def find_sender(request: Request) -> Visitor:
    """Who sends something by a page's form, before anything of it is read. Blocks: call it in a thread.

    Raises ForgedForm, NotSignedIn, NotForYou, PasswordDue or FactorDue.
    """
    require_same_origin(request)
    house: House = request.app.state.house
    with house.reading() as session:
        visitor = find_visitor(session, request, house)
    admit(rule_of(request.scope["route"]), visitor)
    assert visitor is not None  # no route for files is open to anyone
    require_ready(visitor, request.url.path)
    return visitor
