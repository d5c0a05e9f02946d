"""What a person may set for himself: where letters reach him, how the console looks, his calendar feed."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from tracker.errors import ActRefused
from tracker.models import AccessKind, Person, Theme
from tracker.queries.accounts import find_account, find_feed_of, get_account
from tracker.queries.people import get_person
from tracker.services.accounts import record_access
from tracker.services.addresses import free_address
from tracker.services.auditing import Actor, record
from tracker.services.changing import change_row
from workflows.kernel import Unmet


def change_own_address(
    session: Session, person_id: int, *, email: str | None, actor: Actor, at: datetime
) -> Person:
    """Change the address to which a person's letters go. Nobody signs in by it, so it proves nothing of who he is.

    Raises ActRefused for another's, and ValueRefused or AddressTaken. The caller commits.
    """
    if actor.person_id != person_id or actor.recorded_by_id is not None:
        raise ActRefused(
            "修改本人邮箱", [Unmet("not-own", "邮箱只能由本人在这里修改，他人的请到人员管理中修改")]
        )
    person = get_person(session, person_id)
    changed = change_row(person, {"email": free_address(session, email, person_id)})
    if changed:
        session.flush()
        record(
            session,
            kind="person.change",
            actor=actor,
            at=at,
            subject="person",
            subject_id=person_id,
            data={"changed": changed},
        )
    return person


def change_theme(session: Session, account_id: int, *, theme: Theme) -> None:
    """Light, dark, or as the device is. Of no interest to the audit trail. The caller commits."""
    get_account(session, account_id).theme = theme
    session.flush()


def remove_feed(session: Session, person_id: int, *, at: datetime) -> bool:
    """Let the address of a person's calendar feed lead nowhere; False where he has none. `at`: the wall clock."""
    feed = find_feed_of(session, person_id)
    if feed is None:
        return False
    session.delete(feed)
    account = find_account(session, person_id)
    record_access(
        session,
        AccessKind.FEED_REMOVED,
        at=at,
        login_name=account.login_name if account else get_person(session, person_id).name,
        account_id=account.id if account else None,
    )
    session.flush()
    return True
