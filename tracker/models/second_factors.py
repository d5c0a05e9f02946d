"""The second factor: one-time passwords of an authenticator (RFC 6238), and what stands in for a lost one.

The key of an authenticator has to be read to check a code, so it is kept as it is: whoever has the database has it.
Recovery codes are 125 random bits each, of which a SHA-256 is enough (OWASP ASVS 5.0, 6.5.2).
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from tracker.models.accounts import DIGEST_LENGTH

KEY_LENGTH = 32  # base32 characters: 160 bits, as RFC 4226 section 4 recommends


class SecondFactor(SQLModel, table=True):
    """The key that an account shares with its authenticator. It counts once a code has confirmed it.

    `last_step` is the time step (of 30 seconds since 1970) of the code used last: no code opens twice.
    """

    __tablename__ = "second_factor"

    account_id: int = Field(primary_key=True, foreign_key="account.id")
    secret: str = Field(max_length=KEY_LENGTH, repr=False)
    begun_at: datetime
    confirmed_at: datetime | None = None
    last_step: int | None = None


class RecoveryCode(SQLModel, table=True):
    """What opens once in place of a code, for whoever has lost his phone."""

    __tablename__ = "recovery_code"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    code_sha256: str = Field(unique=True, max_length=DIGEST_LENGTH, repr=False)
    used_at: datetime | None = None


class PendingSignIn(SQLModel, table=True):
    """Somebody gave the right password and owes the code. No session: it opens nothing but the second step."""

    __tablename__ = "pending_sign_in"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    token_sha256: str = Field(unique=True, max_length=DIGEST_LENGTH, repr=False)
    began_at: datetime = Field(index=True)
