"""E-mail addresses: what may be one, and that two active people never share it."""

from __future__ import annotations

from sqlmodel import Session

from tracker.errors import AddressTaken, ValueRefused
from tracker.queries.accounts import find_address_holder


def free_address(session: Session, email: str | None, person_id: int | None = None) -> str | None:
    """A plausible address that no other active person has, in any case; or nothing. Only mail tells if it arrives.

    Letters and sign-ins of one would reach the other. Raises ValueRefused or AddressTaken.
    """
    address = _plausible(email)
    holder = find_address_holder(session, address, except_id=person_id) if address else None
    if address and holder:
        raise AddressTaken(address, holder.name)
    return address


def _plausible(email: str | None) -> str | None:
    if email is None or not email.strip():
        return None
    local, at_sign, domain = email.strip().partition("@")
    if not (local and at_sign and "." in domain) or any(each.isspace() for each in email.strip()):
        raise ValueRefused(f"“{email}”不是邮箱地址，应写成 name@example.org 的样子。")
    return email.strip()
