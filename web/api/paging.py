"""Pages of lists, with the addresses of their neighbours in a Link header (RFC 8288)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request, Response

MOST_PER_PAGE = 200
LAST_PAGE = 1_000_000


@dataclass(frozen=True)
class Paging:
    page: int
    per_page: int

    @property
    def skipped(self) -> int:
        return (self.page - 1) * self.per_page

    def link(self, request: Request, answer: Response, *, has_next: bool) -> None:
        """Write the Link header: first, and prev and next where there are such pages."""
        neighbours = {"first": 1}
        if self.page > 1:
            neighbours["prev"] = self.page - 1
        if has_next:
            neighbours["next"] = self.page + 1
        answer.headers["Link"] = ", ".join(
            f'<{_address(request, page)}>; rel="{name}"' for name, page in neighbours.items()
        )


def read_paging(
    page: Annotated[int, Query(ge=1, le=LAST_PAGE, description="第几页，从1起")] = 1,
    per_page: Annotated[int, Query(ge=1, le=MOST_PER_PAGE, description="每页几项")] = 50,
) -> Paging:
    return Paging(page, per_page)


Pages = Annotated[Paging, Depends(read_paging)]


def _address(request: Request, page: int) -> str:
    """The address without scheme and host: behind a proxy only the asker knows them."""
    url = request.url.include_query_params(page=page)
    return f"{url.path}?{url.query}"
