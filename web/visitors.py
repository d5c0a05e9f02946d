"""Who is looking: the person behind a session, with the parts that he plays and what he may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from tracker.queries.accounts import OpenSession
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


def visitor_of(session: Session, found: OpenSession, policy: SignInPolicy) -> Visitor:
    """The person behind a session that was found to be good. Single sign-on asks for second factors itself."""
    sight = sight_of(session, found.person_id)
    is_due = not found.has_second_factor and not found.is_by_provider and policy.is_factor_due(sight.roles)
    return Visitor(
        person_id=found.person_id,
        name=found.name,
        session_id=found.session_id,
        account_id=found.account_id,
        csrf=found.csrf,
        login_name=found.login_name,
        theme=found.theme.value,
        must_change_password=found.must_change_password,
        has_password=found.has_password,
        has_second_factor=found.has_second_factor,
        must_enrol=is_due,
        is_by_provider=found.is_by_provider,
        proven_at=found.proven_at,
        roles=sight.roles,
        sight=sight,
    )
