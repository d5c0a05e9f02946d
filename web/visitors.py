"""Who is looking: the person behind a session, with the parts that he plays and what he may see."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from tracker.identity import id_of
from tracker.models import Account, LoginSession, Person
from tracker.queries.sight import Sight, sight_of
from workflows.roles import Role


@dataclass(frozen=True)
class Visitor:
    """Somebody who signed in. `csrf` is what his forms must bring back; `roles` are those he has anywhere."""

    person_id: int
    name: str
    session_id: int
    account_id: int
    csrf: str
    login_name: str
    theme: str
    must_change_password: bool
    roles: frozenset[Role]
    sight: Sight

    def is_a(self, role: Role) -> bool:
        return role in self.roles


def visitor_of(session: Session, login: LoginSession, account: Account, person: Person) -> Visitor:
    """The person behind a session that was found to be good."""
    sight = sight_of(session, id_of(person))
    return Visitor(
        person_id=id_of(person),
        name=person.name,
        session_id=id_of(login),
        account_id=id_of(account),
        csrf=login.csrf,
        login_name=account.login_name,
        theme=account.theme.value,
        must_change_password=account.must_change_password,
        roles=sight.roles,
        sight=sight,
    )
