"""Names for rows that can stand in an address."""

from __future__ import annotations

import hashlib


def slug_of(table: int, where: str) -> str:
    """A name for a row that can stand in an address; the same while the row stands where it does."""
    return f"r{hashlib.sha1(f'{table}/{where}'.encode(), usedforsecurity=False).hexdigest()[:10]}"
