"""Argon2id, with the parameters that OWASP's Password Storage Cheat Sheet names first (19 MiB, two passes).

The library's own default takes 64 MiB and four threads for every attempt: forty attempts at once would need more
memory than a small office's machine has. A hash of other parameters is renewed when its password is next given.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

LONGEST_HASHED = 128
_HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))


def normalised(password: str) -> str:
    """One spelling for what looks the same: an input method may write letters and digits full width (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    """The hash that is kept, in PHC form, with a salt of its own."""
    return _HASHER.hash(normalised(password))


def verify_password(password: str, kept: str | None) -> tuple[bool, str | None]:
    """Whether it is the password, and the new hash to keep where the old one has other parameters.

    Without a hash the answer is no, and takes as long as with one.
    """
    candidate = _as_hashed(password)
    if kept is None or candidate is None:
        _HASHER.verify("", _dummy())
        return False, None
    return _HASHER.verify_and_update(candidate, kept)


def password_fits(password: str, kept: str | None) -> bool:
    """Whether it is the password that is kept."""
    return verify_password(password, kept)[0]


def _as_hashed(password: str) -> str | None:
    """What would be hashed; None for what no password can be: too long, or no text at all (a lone surrogate)."""
    if len(password) > LONGEST_HASHED:
        return None
    try:
        password.encode()
    except UnicodeEncodeError:
        return None
    return normalised(password)


@cache
def _dummy() -> str:
    """A hash that no password fits on purpose: it costs an attempt under an unknown name what it costs elsewhere."""
    return _HASHER.hash("no account")
