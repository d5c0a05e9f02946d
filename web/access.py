"""Who may use a route at all. Every route declares it, and the application is not made while one does not.

A route's rule looks at the person alone. Objects are checked besides: what a person may not see answers exactly
like what is not there, so that nobody learns by asking what exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from fastapi import Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from tracker.models import TokenScope
from workflows.roles import Role

if TYPE_CHECKING:
    from web.visitors import Visitor


class Who(StrEnum):
    """Groups of people, by the parts that they play anywhere."""

    ANYONE = "anyone"  # without signing in
    SIGNED_IN = "signed_in"
    COORDINATOR = "coordinator"  # of any campaign
    LEADER = "leader"  # 分管领导 of any task
    AUDITOR = "auditor"  # of any campaign
    ADMINISTRATOR = "administrator"


class NotSignedIn(Exception):
    """The route is for people who signed in, and nobody did, or not any more."""


class PasswordDue(Exception):
    """The person signed in with a password that somebody else has set, and must choose one first."""


class FactorDue(Exception):
    """The office asks this person for a second factor, and he has to set it up first."""


class ProofDue(Exception):
    """The act asks who is there to show again that it is he. `sentence`: why what he just gave was not taken."""

    def __init__(self, sentence: str | None = None) -> None:
        self.sentence = sentence
        super().__init__(sentence or "请再验证一次身份。")


class NotForYou(Exception):
    """The route is for people who play another part. `who` says which."""

    def __init__(self, who: frozenset[Who]) -> None:
        self.who = who
        listed = "、".join(sorted(_LABELS[each] for each in who))
        super().__init__(f"这个页面供{listed}使用。需要时请联系管理员调整您的角色。")


_LABELS = {
    Who.SIGNED_IN: "已登录人员",
    Who.COORDINATOR: "协调员",
    Who.LEADER: "分管领导",
    Who.AUDITOR: "纪检审计人员",
    Who.ADMINISTRATOR: "管理员",
}
_ROLE_OF = {
    Who.COORDINATOR: Role.COORDINATOR,
    Who.LEADER: Role.LEADER,
    Who.AUDITOR: Role.AUDITOR,
    Who.ADMINISTRATOR: Role.ADMINISTRATOR,
}
_MARK = "dingban_who"


def allow(*who: Who) -> Any:
    """The rule of a route, for its `dependencies`. Whoever is in one of the groups may use it."""

    async def rule() -> None:
        """Enforced where the desk is opened, which looks for this mark."""

    setattr(rule, _MARK, frozenset(who))
    return Depends(rule)


def rule_of(route: APIRoute) -> frozenset[Who]:
    """The groups that a route admits; empty where it has no rule."""
    found: frozenset[Who] | None = mark_of(route, _MARK)
    return frozenset() if found is None else found


def mark_of(route: APIRoute, mark: str) -> Any:
    """What one of the route's own dependencies is marked with; None where none is."""
    marks = (getattr(each.call, mark, None) for each in route.dependant.dependencies)
    return next((each for each in marks if each is not None), None)


_PROOF_MARK = "dingban_proof"


class Proof(StrEnum):
    """When a route wants it shown again who is there (ASVS 7.5)."""

    ALWAYS = "always"
    SOMETIMES = "sometimes"  # the route itself asks, by `Desk.demand_proof`


def proven(when: Proof = Proof.ALWAYS) -> Any:
    """For the `dependencies` of a route: who uses it has shown within the last minutes that it is he."""

    async def rule() -> None:
        """Enforced where the desk is opened, which looks for this mark."""

    setattr(rule, _PROOF_MARK, when)
    return Depends(rule)


def proof_of(route: APIRoute) -> Proof | None:
    """When a route wants proof; None where it never does."""
    found: Proof | None = mark_of(route, _PROOF_MARK)
    return found


_SCOPE_MARK = "dingban_scope"


def allow_scope(scope: TokenScope) -> Any:
    """The rule of a route of the API, for its `dependencies`: whoever brings a token of this scope may use it."""

    async def rule() -> None:
        """Enforced where the token is looked at, which looks for this mark."""

    setattr(rule, _SCOPE_MARK, scope)
    return Depends(rule)


def scope_of(route: APIRoute) -> TokenScope | None:
    """The scope that a route of the API asks for; None where it has no such rule."""
    found: TokenScope | None = mark_of(route, _SCOPE_MARK)
    return found


def admit(who: frozenset[Who], visitor: Visitor | None) -> None:
    """Raise NotSignedIn or NotForYou unless `visitor` is in one of the groups."""
    if Who.ANYONE in who:
        return
    if visitor is None:
        raise NotSignedIn
    if Who.SIGNED_IN in who or any(_ROLE_OF[each] in visitor.roles for each in who):
        return
    raise NotForYou(who)


# What somebody who has to choose a password, or to set up a second factor, may still do.
_LEAVING = frozenset({"/logout"})
_BEFORE_PASSWORD = _LEAVING | {"/password"}
_BEFORE_FACTOR = "/me/second-factor"


def require_ready(visitor: Visitor, path: str) -> None:
    """Raise PasswordDue or FactorDue where somebody has to see to his account before anything else."""
    if visitor.must_change_password and path not in _BEFORE_PASSWORD:
        raise PasswordDue
    if visitor.must_enrol and path not in _BEFORE_PASSWORD and not path.startswith(_BEFORE_FACTOR):
        raise FactorDue


def list_unguarded(app: FastAPI) -> list[str]:
    """The routes that nobody gave a rule, or whose rule nothing enforces."""
    return [f"{method} {path}" for method, path, route in list_routes(app) if not _is_guarded(route)]


def list_routes(app: FastAPI) -> list[tuple[str, str, APIRoute]]:
    """Every route of the application with its method and path, those of included routers among them, by path.

    What an application lists as its routes are the routers that it includes: these have to be looked into.
    """
    found = [
        (method, context.path or "", context.original_route)
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        for method in context.original_route.methods or ()
        if method != "HEAD"
    ]
    return sorted(found, key=lambda each: (each[1], each[0]))


def _is_guarded(route: APIRoute) -> bool:
    if scope_of(route) is not None:
        return _calls(route, "checks_token")
    who = rule_of(route)
    return bool(who) and (Who.ANYONE in who or _calls(route, "opens_desk"))


def _calls(route: APIRoute, mark: str) -> bool:
    return any(getattr(each.call, mark, False) for each in _dependants(route.dependant))


def _dependants(dependant: Dependant) -> Iterator[Dependant]:
    for each in dependant.dependencies:
        yield each
        yield from _dependants(each)
