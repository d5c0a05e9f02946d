"""Renew web/static/vendor/icons.svg from an unpacked bootstrap-icons package, and its sum in vendor.toml.

    python -m scripts.icon_sprite package/icons [NAME ...]

The sprite keeps the icons that it has; names given are added. Each is a <symbol> under the name that it has there.
"""

from __future__ import annotations

import re
import sys
from hashlib import sha256
from pathlib import Path

VENDOR = Path(__file__).parent.parent / "web/static/vendor"
SPRITE = VENDOR / "icons.svg"
_DRAWING = re.compile(r'viewBox="([^"]+)">(.*)</svg>', re.DOTALL)


def symbol(name: str, svg: str) -> str:
    """One icon as a symbol, on one line. Raises ValueError for a file that is not shaped like an icon."""
    found = _DRAWING.search(svg)
    if found is None:
        raise ValueError(f"{name}.svg is not shaped like an icon.")
    drawing = re.sub(r"\s*\n\s*", "", found.group(2))
    return f'<symbol id="{name}" viewBox="{found.group(1)}">{drawing}</symbol>'


def sprite(folder: Path, names: set[str]) -> str:
    """The sprite of the icons `names` out of `folder`, in order of name."""
    symbols = [symbol(name, (folder / f"{name}.svg").read_text()) for name in sorted(names)]
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>"]) + "\n"


def main(folder: Path, added: list[str]) -> None:
    before = SPRITE.read_text()
    after = sprite(folder, set(re.findall(r'<symbol id="([^"]+)"', before)) | set(added))
    SPRITE.write_text(after)
    listing = VENDOR / "vendor.toml"
    listing.write_text(listing.read_text().replace(_sum(before), _sum(after)))


def _sum(text: str) -> str:
    return sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
