"""Forms that hold a password: what is refused is said on the form itself, since nothing secret is offered again elsewhere."""

from __future__ import annotations

from typing import Any, Protocol

from fastapi import Depends
from fastapi.routing import APIRoute
from starlette.responses import Response

from web.access import mark_of
from web.desk import Desk

_MARK = "dingban_own_form"


class FormPage(Protocol):
    """The page with the form. It may not look at the database: the transaction of what was refused is over."""

    def __call__(self, desk: Desk, *, status: int, refusal: str) -> Response: ...


def refused_on(page: FormPage) -> Any:
    """For the `dependencies` of a route: its refusals are shown on this page."""

    async def rule() -> None:
        """Looked for where a refusal is answered (`web.problems`)."""

    setattr(rule, _MARK, page)
    return Depends(rule)


def find_form_page(route: Any) -> FormPage | None:
    """The page on which refusals of a route are shown; None where they have a page of their own."""
    found: FormPage | None = mark_of(route, _MARK) if isinstance(route, APIRoute) else None
    return found
