"""Errors turned into answers: pages for people, RFC 9457 problem documents for programs. One table says which status.

An act that is refused leaves the form alone: a request of htmx gets the reasons for the message region of the page it
came from; a form without scripts gets a page that shows the reasons and brings back what was typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from tracker.database import is_taken
from tracker.errors import (
    NotFound,
    PersonAmbiguous,
    SourceRefused,
    StaleTask,
    TaskNotFound,
    TrackerError,
    ValueRefused,
)
from tracker.evidence_store import FileTooLarge
from tracker.media_types import FileRefused
from web.access import FactorDue, NotForYou, NotSignedIn, PasswordDue, ProofDue
from web.desk import PROOF_FIELD, SAFE_METHODS, Desk, ForgedForm, page_before
from web.forms import InputRefused
from web.input_errors import describe_errors
from web.own_forms import find_form_page
from web.task_desk import MovedOn
from workflows.kernel import NoSuchTrigger, Unmet, WorkflowError

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "请求的内容有误",
    401: "请先登录",
    403: "没有权限",
    404: "没有这个页面",
    405: "不支持这种请求方式",
    408: "提交得太慢",
    409: "现在不能办理",
    412: "内容已被他人更新",
    413: "提交的内容过大",
    415: "不支持这种内容类型",
    422: "填写的内容有误",
    428: "缺少 If-Match",
    429: "请求过于频繁",
    500: "程序内部出错",
    503: "暂时不能服务",
}
STATUS_OF: dict[type[Exception], int] = {
    NotFound: 404,
    StaleTask: 409,
    MovedOn: 409,
    NoSuchTrigger: 404,
    WorkflowError: 409,
    TrackerError: 409,
    ValueRefused: 422,
    SourceRefused: 422,
    PersonAmbiguous: 422,
    FileTooLarge: 413,
    FileRefused: 415,
    InputRefused: 422,
    ForgedForm: 403,
    NotForYou: 403,
}
# Programs say which state they had read, and are told by a status of its own that it is no longer so.
_STATUS_FOR_PROGRAMS: dict[type[Exception], int] = {StaleTask: 412}
_TITLES_FOR_PROGRAMS = {401: "需要接口令牌", 404: "没有找到", 415: "不收这种文件"}
_APOLOGY = "请稍后再试；仍不行时请联系管理员，错误已记入日志。"
# A condition that one field of its form decides.
_FIELD_OF_UNMET = {"not-later": "to_due_on"}
FIELD_HEADER = "X-Refused-Field"
# Fields that are ours and not what somebody typed.
_OWN_FIELDS = frozenset({"csrf", "password", "current", "new", "again", "code", PROOF_FIELD})


# For htmx: the page in place of whatever was asked for.
_WHOLE_PAGE = {"HX-Retarget": "body", "HX-Reswap": "innerHTML", "HX-Push-Url": "false"}
NOTHING_RENEWED: Mapping[str, str] = MappingProxyType({})


def problem_answer(status: int, title: str, detail: str | None = None, **more: Any) -> JSONResponse:
    """A problem document. `more` are further members of it, such as `unmet`."""
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JSONResponse(
        {key: value for key, value in document.items() if value is not None},
        status_code=status,
        media_type=MEDIA_TYPE,
    )


def title_for_programs(status: int) -> str:
    """What a program is told: it knows no pages and signs in nowhere."""
    return _TITLES_FOR_PROGRAMS.get(status) or title_of(status)


def title_of(status: int) -> str:
    return TITLES.get(status) or HTTPStatus(status).phrase


def answer_problems(app: FastAPI) -> None:
    """Have every error of `app` answered; what nobody foresaw tells nothing of itself."""
    for kind, status in STATUS_OF.items():
        app.add_exception_handler(kind, _refusal_with(status))
    app.add_exception_handler(NotSignedIn, _ask_to_sign_in)
    app.add_exception_handler(PasswordDue, _ask_for_password)
    app.add_exception_handler(FactorDue, _ask_for_factor)
    app.add_exception_handler(ProofDue, _ask_for_proof)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(OperationalError, _database_away)
    app.add_exception_handler(NoConnection, _database_away)
    app.add_exception_handler(IntegrityError, _taken)
    app.add_exception_handler(Exception, _unforeseen)


def _refusal_with(status: int) -> Any:
    async def answer(request: Request, error: Exception) -> Response:
        request.state.refused_by = error
        told = _STATUS_FOR_PROGRAMS.get(type(error), status) if is_for_programs(request) else status
        return refuse(
            request,
            told,
            _said_to(request, error),
            unmet=getattr(error, "unmet", ()),
            since=getattr(error, "since", ()),
            renewed=getattr(error, "renewed", {}),
            field=_field_of(error),
        )

    return answer


def _field_of(error: Exception) -> str | None:
    """The field of the form that has to be filled in otherwise, where one is to blame."""
    if isinstance(error, InputRefused):
        return error.field
    unmet: Sequence[Unmet] = getattr(error, "unmet", ())
    return _FIELD_OF_UNMET.get(unmet[0].code) if len(unmet) == 1 else None


def _said_to(request: Request, error: Exception) -> str:
    """A task that is not there and one that may not be seen are the same to a reader: the page names both."""
    if isinstance(error, TaskNotFound) and not is_for_programs(request):
        return f"没有编号为{error.key}的任务，或者您没有查看权限，请核对后重试。"
    return str(error)


def refuse(
    request: Request,
    status: int,
    detail: str,
    *,
    unmet: Sequence[Unmet] = (),
    since: Sequence[str] = (),
    renewed: Mapping[str, str] = NOTHING_RENEWED,
    field: str | None = None,
) -> Response:
    """Say that something was not done, in the form that the asker understands.

    `since` says what others did meanwhile, `renewed` what the form's hidden fields have to bring next time. `field` is
    the one to blame: console.js takes the reader there, and what is said with him.
    """
    if is_for_programs(request):
        conditions = [{"code": each.code, "message": each.message} for each in unmet]
        return problem_answer(status, title_for_programs(status), detail, unmet=conditions or None)
    desk: Desk | None = getattr(request.state, "desk", None)
    templates = request.app.state.templates
    context = {
        "status": status,
        "title": title_of(status),
        "detail": detail,
        "unmet": unmet,
        "since": since,
        "renewed": renewed,
        "message": None,
    }
    if "hx-request" in request.headers and request.method not in SAFE_METHODS:
        text = templates.render("_refusal.html", request=request, desk=desk, **context)
        headers = {"HX-Retarget": "#messages", "HX-Reswap": "innerHTML show:none", "HX-Push-Url": "false"}
        if field is not None:
            headers[FIELD_HEADER] = quote(field)
        return HTMLResponse(text, status, headers=headers)
    page = find_form_page(request.scope.get("route"))
    if page is not None and desk is not None and request.method not in SAFE_METHODS and status != 500:
        return page(desk, status=status, refusal=detail)
    text = templates.render(
        "problem.html",
        request=request,
        desk=desk,
        typed=_typed(request, desk, renewed),
        action=request.url.path,
        back=_came_from(request),
        **context,
    )
    return HTMLResponse(text, status)


def is_for_programs(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/healthz", "/readyz"))


def _typed(request: Request, desk: Desk | None, renewed: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the form brought, to be sent again or copied; nothing secret is shown again."""
    if desk is None or request.method in SAFE_METHODS:
        return []
    return [
        (field, renewed.get(field, value)) for field, value in desk.form.items() if field not in _OWN_FIELDS
    ]


def _came_from(request: Request) -> str:
    """The page that the form was on, if it is one of ours."""
    return page_before(request) or "/"


async def _ask_to_sign_in(request: Request, _error: Exception) -> Response:
    """Send a reader to the sign-in page and back; keep what a form brought while its session had ended."""
    if is_for_programs(request):
        return problem_answer(401, title_of(401), "请带上有效的访问令牌。")
    if request.method in SAFE_METHODS:
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        goal = "/login" if path == "/" else f"/login?next={quote(path, safe='')}"
        if "hx-request" in request.headers:
            return Response(status_code=200, headers={"HX-Redirect": goal})
        return RedirectResponse(goal, status_code=303)
    from web.forms import read_form

    form = await read_form(request)
    kept = [(field, value) for field, value in form.items() if field not in _OWN_FIELDS]
    text = request.app.state.templates.render(
        "login.html",
        request=request,
        desk=None,
        message=None,
        refusal="登录已经过期，这次没有提交。",
        sign_on=None,
        login_name="",
        next=_came_from(request),
        kept_path=request.url.path,
        kept=kept,
    )
    return HTMLResponse(text, 401, headers=_WHOLE_PAGE)


async def _ask_for_password(request: Request, _error: Exception) -> Response:
    if is_for_programs(request):
        return problem_answer(403, title_of(403), "请先登录网页修改初始密码。")
    return _sent_to(request, "/password")


async def _ask_for_factor(request: Request, _error: Exception) -> Response:
    if is_for_programs(request):
        return problem_answer(403, title_of(403), "请先登录网页启用动态口令。")
    return _sent_to(request, "/me/second-factor")


def _sent_to(request: Request, path: str) -> Response:
    if "hx-request" in request.headers:
        return Response(status_code=200, headers={"HX-Redirect": path})
    return RedirectResponse(path, status_code=303)


async def _ask_for_proof(request: Request, error: Exception) -> Response:
    """Ask who is there to show again that it is he, with everything that the form brought: it is sent along once more."""
    assert isinstance(error, ProofDue)
    desk: Desk = request.state.desk
    sign_on = desk.house.sign_on
    text = request.app.state.templates.render(
        "proof.html",
        request=request,
        desk=desk,
        message=None,
        refusal=error.sentence,
        action=request.url.path,
        kept=[(field, value) for field, value in desk.form.items() if field not in _OWN_FIELDS],
        back=_came_from(request),
        sign_on=sign_on.provider.label if sign_on and desk.visitor.is_by_provider else None,
    )
    return HTMLResponse(text, 401, headers=_WHOLE_PAGE)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = error.status_code
    sentences = {
        404: "网址可能有误，或者内容已被移动；也可能您没有查看权限。",
        405: "请从页面上的按钮办理。",
        408: "长时间没有收到内容，请检查网络后重新提交。",
        413: "请压缩或拆分后再提交。",
    }
    answer = refuse(request, status, sentences.get(status, title_of(status)))
    answer.headers.update(error.headers or {})
    return answer


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if is_for_programs(request):
        errors = describe_errors(error.errors())
        return problem_answer(422, title_of(422), "请求的内容不符合接口说明。", errors=errors)
    return refuse(request, 404, "网址有误，请从页面上的链接进入。")


async def _database_away(request: Request, error: Exception) -> Response:
    log.error("数据库没有应答", error=str(error.__cause__ or error)[:300])
    return refuse(request, 503, "数据库正忙或连接不上，请稍后再试；填写的内容仍在页面上。")


async def _taken(request: Request, error: Exception) -> Response:
    """Two people enter the same at the same moment: the database keeps the first, and the second hears of it."""
    assert isinstance(error, IntegrityError)
    if not is_taken(error):
        raise error
    log.warning("同时写入了相同的内容", path=request.url.path)
    return refuse(request, 409, "刚才有人写入了相同的内容，这次没有保存，请刷新页面后再办理。")


async def _unforeseen(request: Request, _error: Exception) -> Response:
    return refuse(request, 500, _APOLOGY)
