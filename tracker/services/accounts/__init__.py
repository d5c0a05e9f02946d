"""Accounts: who somebody is, proved by a password; sessions, tokens for programs, and the record of who came.

Every function is told the wall clock's moment (`at`), also where an office plays with a clock of its own. None
commits. What a person may do is no business of this room: it says who he is.
"""

from tracker.services.accounts.administering import (
    create_account,
    lock_account,
    reset_account,
    unlock_account,
)
from tracker.services.accounts.passwords import accept_invite, change_password, set_password
from tracker.services.accounts.policy import SecondFactorRule, SignInPolicy
from tracker.services.accounts.recording import purge_access_records, record_access, tally_refusal
from tracker.services.accounts.second_factor import (
    begin_factor,
    confirm_factor,
    remove_own_factor,
    renew_recovery_codes,
    reset_factor,
)
from tracker.services.accounts.second_step import (
    forget_pending,
    give_code,
    is_code_due,
    mark_proven,
    prove_again,
)
from tracker.services.accounts.sessions import (
    end_device,
    end_expired_sessions,
    end_session,
    end_sessions_of,
    find_session,
    is_touch_due,
    list_sessions,
    touch_session,
)
from tracker.services.accounts.signing_in import (
    CodeDue,
    SignedIn,
    SignInRefused,
    sign_in,
    sign_in_by_provider,
)
from tracker.services.accounts.tokens import (
    create_token,
    find_feed,
    find_token,
    is_token_touch_due,
    renew_feed,
    revoke_token,
    touch_token,
)

__all__ = [
    "CodeDue",
    "SecondFactorRule",
    "SignInPolicy",
    "SignInRefused",
    "SignedIn",
    "accept_invite",
    "begin_factor",
    "change_password",
    "confirm_factor",
    "create_account",
    "create_token",
    "end_device",
    "end_expired_sessions",
    "end_session",
    "end_sessions_of",
    "find_feed",
    "find_session",
    "find_token",
    "forget_pending",
    "give_code",
    "is_code_due",
    "is_token_touch_due",
    "is_touch_due",
    "list_sessions",
    "lock_account",
    "mark_proven",
    "prove_again",
    "purge_access_records",
    "record_access",
    "remove_own_factor",
    "renew_feed",
    "renew_recovery_codes",
    "reset_account",
    "reset_factor",
    "revoke_token",
    "set_password",
    "sign_in",
    "sign_in_by_provider",
    "tally_refusal",
    "touch_session",
    "touch_token",
    "unlock_account",
]
