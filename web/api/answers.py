"""Which problems a route may answer with, as OpenAPI tells them; path parameters and bodies that many routes have."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path

from tracker.identity import LARGEST_ID
from web.problems import MEDIA_TYPE, title_for_programs

TaskId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="任务编号")]
MilestoneId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="节点编号")]
PROBLEM = {"$ref": "#/components/schemas/Problem"}
# What any route may answer: no token, a token without the scope, too many bad ones, no database.
ALWAYS = (401, 403, 429, 503)
ETAG = {"ETag": {"description": "写进 If-Match 以办理", "schema": {"type": "string"}}}
BINARY_BODY = {
    "requestBody": {
        "required": True,
        "description": "文件的内容，原样放在正文里",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
LINK = {"Link": {"description": "相邻各页（RFC 8288）", "schema": {"type": "string"}}}


def problems(
    *statuses: int, headers: dict[str, Any] | None = None, status: int = 200
) -> dict[int | str, Any]:
    """The `responses` of a route: these problems and those that every route has; `headers` of the good answer."""
    listed: dict[int | str, Any] = {
        each: {"description": title_for_programs(each), "content": {MEDIA_TYPE: {"schema": PROBLEM}}}
        for each in sorted({*statuses, *ALWAYS})
    }
    return listed | ({status: {"headers": headers}} if headers else {})


READ_ONE = problems(404, 422, headers=ETAG)
READ_LIST = problems(422, headers=LINK)
ACT = problems(404, 409, 412, 422, 428, headers=ETAG)
ADD = problems(404, 409, 422, headers=ETAG, status=201)
