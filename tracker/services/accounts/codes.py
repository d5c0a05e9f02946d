"""What opens a door, made and digested: tokens for programs, one-time codes for people, and names as they are kept."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata

CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without I, O, 0 and 1, which are misread on paper
_GROUPS, _GROUP = 5, 5  # 25 letters of 32: 125 bits


def new_token() -> str:
    """256 random bits for a cookie or a program."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """125 random bits that can be read from paper and typed: XXXXX-XXXXX-XXXXX-XXXXX-XXXXX."""
    return "-".join("".join(secrets.choice(CODE_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def digest(secret: str) -> str:
    """The SHA-256 by which a token is found again; enough for what is random, never for a password."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def digest_code(code: str) -> str:
    """The same for a code as somebody typed it: in any case, with or without hyphens and spaces."""
    text = unicodedata.normalize("NFKC", code).upper()
    return digest("".join(character for character in text if character.isalnum()))


def fold_login_name(login_name: str) -> str:
    """One spelling for a login name: full width letters and capitals are the same name."""
    return unicodedata.normalize("NFKC", login_name).strip().casefold()


def printable(text: str, length: int) -> str:
    """A foreign text as it may stand in a record: on one line, without what a terminal would obey."""
    return "".join(each if each.isprintable() else "�" for each in text[:length])
