"""What of handed-in files may be looked at in the browser, and what headers keep that harmless.

Only what a browser shows without running anything: PDF in the browser's own viewer, pictures, and plain text, which
is escaped into a page of ours. A web page or an SVG is never sent as what it is.
"""

from __future__ import annotations

import codecs
from enum import StrEnum
from pathlib import Path

TEXT_BYTES = 200 * 1024
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_PDF = "application/pdf"
_TEXT = "text/plain"

# A file that is saved runs nothing, wherever somebody opens its address.
DOWNLOAD_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
PICTURE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}
# The browser's viewer of PDF is a plug-in with styles of its own; `sandbox` would keep it from opening.
PDF_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}


class Preview(StrEnum):
    PDF = "pdf"
    PICTURE = "picture"
    TEXT = "text"


def preview_of(media_type: str | None) -> Preview | None:
    """How a file of this kind is shown; None where it is only downloaded."""
    if media_type == _PDF:
        return Preview.PDF
    if media_type in _PICTURES:
        return Preview.PICTURE
    return Preview.TEXT if media_type == _TEXT else None


def is_previewed(media_type: str | None) -> bool:
    return preview_of(media_type) is not None


def read_text(path: Path, *, most: int = TEXT_BYTES) -> tuple[str, bool]:
    """The beginning of a text file, and whether that is all of it; UTF-8, UTF-16 with its mark, or GB18030."""
    with path.open("rb") as stream:
        head = stream.read(most + 1)
    is_whole = len(head) <= most
    return _decoded(head[:most]), is_whole


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        # the last character may be cut in two: only what is wrong before it tells another encoding
        return codecs.getincrementaldecoder("utf-8-sig")().decode(content)
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")
