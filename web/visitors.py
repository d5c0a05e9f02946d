"""Who is looking: the person behind a session, with the parts that he plays and what he may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from tracker.identity import id_of
from tracker.models import Account, LoginSession, Person
from tracker.queries.sight import Sight, sight_of
from tracker.services.accounts import SignInPolicy
from workflows.roles import Role


@dataclass(frozen=True)
class Visitor:
    """Somebody who signed in. `csrf` is what his forms must bring back; `roles` are those he has anywhere.

    `must_enrol`: the office asks him for a second factor and he has none. `proven_at`: when he last showed who he is.
    """

    person_id: int
    name: str
    session_id: int
    account_id: int
    csrf: str
    login_name: str
    theme: str
    must_change_password: bool
    has_password: bool
    has_second_factor: bool
    must_enrol: bool
    is_by_provider: bool
    proven_at: datetime | None
    roles: frozenset[Role]
    sight: Sight

    @property
    def is_waiting(self) -> bool:
        """Whether he has to see to his account before he may go anywhere."""
        return self.must_change_password or self.must_enrol

    def is_a(self, role: Role) -> bool:
        return role in self.roles


def visitor_of(
    session: Session, login: LoginSession, account: Account, person: Person, policy: SignInPolicy
) -> Visitor:
    """The person behind a session that was found to be good. Single sign-on asks for second factors itself."""
    sight = sight_of(session, id_of(person))
    has_factor = account.second_factor_at is not None
    is_due = not has_factor and not login.is_by_provider and policy.is_factor_due(sight.roles)
    return Visitor(
        person_id=id_of(person),
        name=person.name,
        session_id=id_of(login),
        account_id=id_of(account),
        csrf=login.csrf,
        login_name=account.login_name,
        theme=account.theme.value,
        must_change_password=account.must_change_password,
        has_password=account.password_hash is not None,
        has_second_factor=has_factor,
        must_enrol=is_due,
        is_by_provider=login.is_by_provider,
        proven_at=login.proven_at,
        roles=sight.roles,
        sight=sight,
    )
