"""Second factors, their recovery codes, and sign-ins that owe a code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from tracker.models import Account, PendingSignIn, Person, RecoveryCode, SecondFactor


def find_factor(session: Session, account_id: int) -> SecondFactor | None:
    """The factor of an account, confirmed or not."""
    return session.get(SecondFactor, account_id)


def hold_factor(session: Session, account_id: int) -> SecondFactor | None:
    """The same, held against others until the transaction ends: of two who bring one code, one gets in."""
    statement = select(SecondFactor).where(SecondFactor.account_id == account_id).with_for_update()
    return session.exec(statement.execution_options(populate_existing=True)).first()


def find_unused_code(session: Session, account_id: int, code_sha256: str) -> RecoveryCode | None:
    """The recovery code, if it is the account's and nobody used it; held against others."""
    return session.exec(
        select(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_sha256 == code_sha256,
            col(RecoveryCode.used_at).is_(None),
        )
        .with_for_update()
    ).first()


def list_codes(session: Session, account_id: int) -> Sequence[RecoveryCode]:
    """The recovery codes of an account, used ones too, by id."""
    return session.exec(
        select(RecoveryCode).where(RecoveryCode.account_id == account_id).order_by(col(RecoveryCode.id))
    ).all()


def count_unused_codes(session: Session, account_id: int) -> int:
    return session.exec(
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.account_id == account_id, col(RecoveryCode.used_at).is_(None))
    ).one()


def find_pending(session: Session, token_sha256: str) -> tuple[PendingSignIn, Account, Person] | None:
    """Who gave the password and owes the code."""
    return session.exec(
        select(PendingSignIn, Account, Person)
        .join(Account, col(Account.id) == col(PendingSignIn.account_id))
        .join(Person, col(Person.id) == col(Account.person_id))
        .where(PendingSignIn.token_sha256 == token_sha256)
    ).first()


def list_pending(
    session: Session, *, account_id: int | None = None, began_before: datetime | None = None
) -> Sequence[PendingSignIn]:
    """Sign-ins that owe a code, by id."""
    statement = select(PendingSignIn).order_by(col(PendingSignIn.id))
    if account_id is not None:
        statement = statement.where(PendingSignIn.account_id == account_id)
    if began_before is not None:
        statement = statement.where(col(PendingSignIn.began_at) <= began_before)
    return session.exec(statement).all()
