"""The files that make up the project, as somebody who clones it would have them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

# A path that only one machine has. Written so that this file does not match itself.
MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(?:home|root|work|Users|private|mnt|tmp)/[\w.-]+")


def list_files(*suffixes: str) -> list[Path]:
    """Files that are committed or about to be, without what is ignored; in order of their paths."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    paths = (ROOT / name for name in sorted(set(listing.split("\0"))) if name)
    return [path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes)]


def read_texts(*suffixes: str) -> Iterator[tuple[str, str]]:
    """Name and content of every text file; pictures and office documents are passed over."""
    for path in list_files(*suffixes):
        content = path.read_bytes()
        if b"\0" not in content:
            yield str(path.relative_to(ROOT)), content.decode("utf-8", errors="replace")
