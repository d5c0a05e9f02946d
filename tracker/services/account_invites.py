"""Opening accounts for everybody who has none, with a code for each to be handed over on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from tracker.identity import id_of
from tracker.models import Account, Person
from tracker.queries.accounts import list_people_without_account
from tracker.services.accounts import create_account
from tracker.services.auditing import Actor
from tracker.services.authority import require_administrator


@dataclass(frozen=True)
class Invitation:
    """An account with the one-time code that opens it, which is told this once and kept nowhere."""

    person: Person
    account: Account
    code: str


def invite_everybody(session: Session, *, actor: Actor, at: datetime) -> list[Invitation]:
    """Open an account for every active person without one, by id. `at` is the wall clock's moment.

    Raises ActRefused, or NameTaken where somebody's address is another's login name. The caller commits.
    """
    require_administrator(session, actor, "批量开通账号")
    invited = []
    for person in list_people_without_account(session):
        account, code = create_account(session, person_id=id_of(person), actor=actor, at=at)
        invited.append(Invitation(person, account, code))
    return invited
