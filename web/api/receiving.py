"""A file as the body of a request: taken in while it comes, never as a whole in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import Request

from web.guarding import LIMIT_KEY

PIECE_BYTES = 1 << 20
# The limit of the room that takes the file in says more than the one of the door.
ROOM = PIECE_BYTES

BINARY_BODY = {
    "requestBody": {
        "required": True,
        "description": "文件的内容，原样放在正文里",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def declared_bytes(request: Request) -> int:
    """How long the body says that it is; 0 where it says nothing."""
    declared = request.headers.get("content-length", "")
    return int(declared) if declared.isascii() and declared.isdecimal() and len(declared) < 16 else 0


async def pieces_of(request: Request, *, limit: int) -> AsyncIterator[bytes]:
    """The body in pieces of about a megabyte. `limit` are the bytes that the office takes in."""
    request.scope[LIMIT_KEY] = limit + ROOM
    piece = bytearray()
    async for chunk in request.stream():
        piece += chunk
        if len(piece) >= PIECE_BYTES:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)
