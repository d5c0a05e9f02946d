"""Refusals that only programs meet: about tokens, and about what they read before they write."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from tracker.models import TokenScope
from tracker.models.accounts import SCOPE_LABELS
from web.problems import problem_answer, title_for_programs

REALM = 'Bearer realm="dingban"'


class ApiRefused(Exception):
    """Answered with `status` and `headers`; the text is one Chinese sentence for whoever looks after the program."""

    status = 400

    def __init__(self, sentence: str, headers: dict[str, str] | None = None) -> None:
        self.headers = headers or {}
        super().__init__(sentence)


class TokenRequired(ApiRefused):
    status = 401

    def __init__(self) -> None:
        sentence = "请在 Authorization 请求头里写明接口令牌：Authorization: Bearer <令牌>。"
        super().__init__(sentence, {"WWW-Authenticate": REALM})


class TokenRefused(ApiRefused):
    """Unknown, revoked, over, or of somebody who may not come in: all alike."""

    status = 401

    def __init__(self) -> None:
        sentence = "接口令牌无效、已经作废或者已经过期，请在“我的设置”里重新签发。"
        super().__init__(sentence, {"WWW-Authenticate": f'{REALM}, error="invalid_token"'})


class ScopeMissing(ApiRefused):
    status = 403

    def __init__(self, scope: TokenScope) -> None:
        sentence = f"这个接口令牌没有“{SCOPE_LABELS[scope]}”（{scope.value}）的权限，请另行签发。"
        header = f'{REALM}, error="insufficient_scope", scope="{scope.value}"'
        super().__init__(sentence, {"WWW-Authenticate": header})


class TooManyTries(ApiRefused):
    status = 429

    def __init__(self, seconds: int) -> None:
        sentence = f"这个网络地址使用无效令牌的次数过多，请在{-(-seconds // 60)}分钟后再试。"
        super().__init__(sentence, {"Retry-After": str(seconds)})


class PreconditionRequired(ApiRefused):
    status = 428

    def __init__(self) -> None:
        super().__init__("请先读取，再把读到的 ETag 写进 If-Match 请求头，以免覆盖他人刚刚所做的办理。")


class PreconditionFailed(ApiRefused):
    status = 412

    def __init__(self) -> None:
        super().__init__("内容刚刚被他人更新，本次操作没有生效，请重新读取以后再办理。")


async def answer_refusal(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiRefused)
    answer = problem_answer(error.status, title_for_programs(error.status), str(error))
    answer.headers.update(error.headers)
    return answer
