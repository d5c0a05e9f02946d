"""Passwords: which ones are accepted, and how they are kept. Knows no database and no account.

NIST SP 800-63B and OWASP ASVS 5.0 V6: length before composition, a list of common ones, no expiry by the
calendar; Argon2id with OWASP's parameters.
"""

from tracker.passwords.hashing import hash_password, password_fits, verify_password
from tracker.passwords.policy import LONGEST, SHORTEST, WHAT_IS_ACCEPTED, list_reasons

__all__ = [
    "LONGEST",
    "SHORTEST",
    "WHAT_IS_ACCEPTED",
    "hash_password",
    "list_reasons",
    "password_fits",
    "verify_password",
]
