"""Errors as RFC 9457 problem documents: one shape for everything that goes wrong."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"
TITLES = {404: "没有这个页面", 405: "不支持这种请求方式", 500: "程序内部出错"}


def problem_answer(status: int, title: str, detail: str | None = None, **more: Any) -> JSONResponse:
    """A problem document. `more` are further members of it, such as `unmet`."""
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JSONResponse(
        {key: value for key, value in document.items() if value is not None},
        status_code=status,
        media_type=MEDIA_TYPE,
    )


def answer_problems(app: FastAPI) -> None:
    """Have every error of `app` answered as a problem document; what nobody foresaw tells nothing of itself."""

    @app.exception_handler(HTTPException)
    async def refuse(_request: Request, error: HTTPException) -> JSONResponse:
        title = TITLES.get(error.status_code, HTTPStatus(error.status_code).phrase)
        answer = problem_answer(error.status_code, title)
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Exception)
    async def fail(_request: Request, _error: Exception) -> JSONResponse:
        return problem_answer(500, TITLES[500], "请稍后再试；仍不行时请联系管理员，错误已记入日志。")
