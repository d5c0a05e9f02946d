"""The OpenAPI document of the API: made from its routes, so that it cannot say something else."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema
from starlette.responses import JSONResponse

from web.access import Who, allow
from web.api.shapes import Problem

_DESCRIPTION = """\
盯办的接口。用接口令牌访问：`Authorization: Bearer dbt_…`，令牌由本人在“我的设置”里签发，看得到什么、能办什么与本人相同，\
不超过令牌的权限范围。

- 看不到的与不存在的同样答复 404。
- 出错时答复 `application/problem+json`（RFC 9457）；不能办理时 `unmet` 列出全部没有满足的条件。
- 修改已有内容须带 `If-Match`，值为读取时得到的 `ETag`：缺少时 428，已被他人更新时 412。
- 时刻为 UTC，日期为北京时间的日期。
"""
_LIBRARY_S_WORDS = "Successful Response"


def openapi_route(api: APIRouter) -> APIRouter:
    """The route of the document. Anybody may read it: it says nothing about an office."""
    router = APIRouter()

    @cache
    def document() -> dict[str, Any]:
        return describe(api)

    @router.get("/api/openapi.json", include_in_schema=False, dependencies=[allow(Who.ANYONE)])
    def show_openapi() -> JSONResponse:
        return JSONResponse(document(), headers={"Cache-Control": "no-cache"})

    return router


def describe(api: APIRouter) -> dict[str, Any]:
    """The document of these routes."""
    found = get_openapi(
        title="盯办接口", version=version("dingban"), description=_DESCRIPTION, routes=api.routes
    )
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    _, definitions = models_json_schema(
        [(Problem, "serialization")], ref_template="#/components/schemas/{model}"
    )
    schemas |= definitions["$defs"]
    for operation in _operations(found):
        for answer in operation["responses"].values():
            if answer["description"] == _LIBRARY_S_WORDS:
                answer["description"] = "成功"
    for name in ("HTTPValidationError", "ValidationError"):  # our own problems take their place
        schemas.pop(name, None)
    return found


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for item in document["paths"].values() for operation in item.values()]
