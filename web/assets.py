"""The files that pages load: style sheets, scripts and pictures, with addresses that change when they change.

`Assets(folder)` reads the folder once. What is asked for by its fingerprint may be kept by a browser for ever;
what is asked for without one is checked again by its ETag. Only files that were there at the start are served,
looked up by name in a table: no path is ever put together from a request.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


class UnknownAsset(LookupError):
    """A template asks for a file that is not among the assets."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"There is no asset {name}.")


@dataclass(frozen=True)
class Asset:
    """One file. `fingerprint` is the SHA-256 of its content, as hexadecimal digits."""

    path: Path
    fingerprint: str
    media_type: str

    @property
    def short(self) -> str:
        """What stands in an address: twelve digits are enough to tell versions of one file apart."""
        return self.fingerprint[:12]

    @cached_property
    def packed(self) -> bytes:
        """The content compressed: made when first asked for, then kept. The same bytes in every process."""
        return gzip.compress(self.path.read_bytes(), compresslevel=9, mtime=0)


class Assets:
    """The assets below one folder, served under `prefix`."""

    def __init__(self, folder: Path, prefix: str = "/static") -> None:
        self._prefix = prefix
        self._assets = {
            path.relative_to(folder).as_posix(): _asset(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in MEDIA_TYPES
        }
        self._urls = {name: f"{prefix}/{name}?v={asset.short}" for name, asset in self._assets.items()}

    def url(self, name: str) -> str:
        """The address of an asset, with its fingerprint. Raises UnknownAsset."""
        try:
            return self._urls[name]
        except KeyError:
            raise UnknownAsset(name) from None

    def names(self) -> list[str]:
        """Every asset, in order of name."""
        return list(self._assets)

    def application(self) -> Router:
        """What answers for the files, to be mounted at `prefix`. Anybody may read them: nothing in them is secret."""
        return Router([Route("/{name:path}", self._serve, methods=["GET"])])

    def _serve(self, request: Request) -> Response:
        asset = self._assets.get(request.path_params["name"])
        if asset is None:
            raise HTTPException(404)
        is_current = request.query_params.get("v") == asset.short
        headers = {
            "Cache-Control": FOREVER if is_current else ASK_AGAIN,
            "ETag": f'"{asset.short}"',
            "Vary": "Accept-Encoding",
        }
        if asset.short in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if _takes_gzip(request.headers.get("accept-encoding", "")):
            return Response(
                asset.packed, media_type=asset.media_type, headers=headers | {"Content-Encoding": "gzip"}
            )
        return Response(asset.path.read_bytes(), media_type=asset.media_type, headers=headers)


def _asset(path: Path) -> Asset:
    return Asset(path, sha256(path.read_bytes()).hexdigest(), MEDIA_TYPES[path.suffix])


def _takes_gzip(accepted: str) -> bool:
    offers = [offer.replace(" ", "").lower().partition(";q=") for offer in accepted.split(",")]
    return any(coding == "gzip" and (weight.strip("0.") or not weight) for coding, _, weight in offers)
