"""One-time passwords as every authenticator makes them: RFC 6238 with SHA-1, 30 seconds and six digits.

Pure but for random numbers. A code is compared with those of the step before and after as well, because phones and
servers differ by seconds; every comparison takes the same time whatever was typed.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from hmac import compare_digest
from io import BytesIO

import pyotp

from tracker.models.second_factors import KEY_LENGTH

STEP_SECONDS = 30
STEPS_OFF = 1
DIGITS = 6
ISSUER = "盯办"
KEY_GROUP = 4


def new_key() -> str:
    """160 random bits, in base32."""
    return pyotp.random_base32(KEY_LENGTH)


def spelled(key: str) -> str:
    """The key in groups of four, for whoever has to type it."""
    return " ".join(key[start : start + KEY_GROUP] for start in range(0, len(key), KEY_GROUP))


def step_at(at: datetime) -> int:
    return int(at.timestamp()) // STEP_SECONDS


def digits_of(typed: str) -> str | None:
    """The six digits that somebody typed, with spaces or in full width; None where it is something else."""
    text = "".join(unicodedata.normalize("NFKC", typed).split())
    return text if len(text) == DIGITS and text.isascii() and text.isdecimal() else None


def find_step(key: str, digits: str, *, at: datetime, after: int | None) -> int | None:
    """The time step of which `digits` are the code: this one or a neighbour, but none up to `after`.

    So no code is taken twice, nor one that is older than the last (RFC 6238 section 5.2).
    """
    totp, now, found = pyotp.TOTP(key), step_at(at), None
    for step in range(now - STEPS_OFF, now + STEPS_OFF + 1):
        is_same = compare_digest(totp.generate_otp(step), digits)
        if is_same and (after is None or step > after):
            found = step
    return found


def draw_key(key: str, login_name: str) -> str:
    """What an authenticator reads from the screen, as SVG without styles or scripts: black on white, in any theme."""
    import segno  # when somebody sets his phone up, and not before

    uri = pyotp.TOTP(key).provisioning_uri(name=login_name, issuer_name=ISSUER)
    drawn = BytesIO()
    segno.make(uri, error="m", micro=False).save(
        drawn,
        kind="svg",
        xmldecl=False,
        svgns=True,
        nl=False,
        border=4,
        dark="#000",
        light="#fff",
        omitsize=True,
    )
    return drawn.getvalue().decode()
