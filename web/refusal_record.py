"""The record of what was refused: pages and acts of others, objects that are hidden, forged forms, wrong one-time codes.

Written after the answer has left, in a transaction of its own: nobody learns from the time that an answer takes whether
what he asked for is there. A flood is one row that counts (`tally_refusal`).
"""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, SQLModel
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from notifications.models import Letter, SentReport
from notifications.reports.archived import SentReportNotFound
from notifications.told import LetterNotFound
from tracker.errors import (
    ApiTokenNotFound,
    CampaignNotFound,
    DeviceNotFound,
    ExtensionNotFound,
    InstructionNotFound,
    InviteRefused,
    MilestoneNotFound,
    NotFound,
    TaskNotFound,
    ViewNotFound,
)
from tracker.models import (
    AccessKind,
    ApiToken,
    Campaign,
    Deliverable,
    Evidence,
    Extension,
    ImportFinding,
    ImportSession,
    Instruction,
    LoginSession,
    Milestone,
    SavedView,
    Task,
)
from tracker.queries.accounts import find_account
from tracker.queries.evidence import DeliverableNotFound, EvidenceNotFound
from tracker.queries.import_sessions import ImportSessionNotFound
from tracker.queries.rows import is_there
from tracker.services.accounts import tally_refusal
from tracker.services.findings import FindingNotFound
from web.desk import ForgedForm, wall_clock
from web.house import House

log = structlog.get_logger(__name__)
NOBODY = "（未登录）"
# What is said not to be there, though it may be hidden. People, units and accounts are hidden from none of those who
# may ask for them by number, and tokens of feeds and provider's tickets are no numbers.
HIDDEN: dict[type[NotFound], type[SQLModel]] = {
    ApiTokenNotFound: ApiToken,
    CampaignNotFound: Campaign,
    DeliverableNotFound: Deliverable,
    DeviceNotFound: LoginSession,
    EvidenceNotFound: Evidence,
    ExtensionNotFound: Extension,
    FindingNotFound: ImportFinding,
    ImportSessionNotFound: ImportSession,
    InstructionNotFound: Instruction,
    LetterNotFound: Letter,
    MilestoneNotFound: Milestone,
    SentReportNotFound: SentReport,
    TaskNotFound: Task,
    ViewNotFound: SavedView,
}
_STATUSES = {403: AccessKind.ACCESS_REFUSED, 429: AccessKind.REQUEST_THROTTLED}


class RefusalRecord:
    """Looks at every answer, and writes down the refusals after they were sent."""

    def __init__(self, app: ASGIApp, *, house: House) -> None:
        self._app = app
        self._house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 0

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self._app(scope, receive, note)
        error = scope.get("state", {}).get("refused_by")
        if status in _STATUSES or isinstance(error, (NotFound, InviteRefused)):
            await run_in_threadpool(self._write, scope, status, error)

    def _write(self, scope: Scope, status: int, error: Exception | None) -> None:
        try:
            if isinstance(error, NotFound) and not self._is_hidden(error):
                return
            with self._house.writing() as session:
                _tally(session, scope, _kind_of(status, error))
        except OperationalError as problem:  # the answer has left, and must not become an error
            log.warning("没有记下被拒绝的访问", error=str(problem.__cause__ or problem)[:300])

    def _is_hidden(self, error: NotFound) -> bool:
        """Whether what was said not to be there is there."""
        model = HIDDEN.get(type(error))
        if model is None or not isinstance(error.key, int):
            return False
        with self._house.reading() as session:
            return is_there(session, model, error.key)


def _kind_of(status: int, error: Exception | None) -> AccessKind:
    if isinstance(error, ForgedForm):
        return AccessKind.FORM_REFUSED
    if isinstance(error, InviteRefused):
        return AccessKind.INVITE_REFUSED
    return AccessKind.OBJECT_REFUSED if isinstance(error, NotFound) else _STATUSES[status]


def _tally(session: Session, scope: Scope, kind: AccessKind) -> None:
    login_name, account_id = _who(session, scope.get("state", {}))
    tally_refusal(
        session,
        kind,
        at=wall_clock(),
        route=_route_of(scope),
        login_name=login_name,
        account_id=account_id,
        address=scope["client"][0] if scope.get("client") else "",
        agent=Headers(scope=scope).get("user-agent", ""),
    )


def _who(session: Session, state: dict[str, Any]) -> tuple[str, int | None]:
    """Whoever was found behind the cookie, or behind the token of a program."""
    visitor, caller = state.get("visitor"), state.get("caller")
    if visitor is not None:
        return visitor.login_name, visitor.account_id
    if caller is None:
        return NOBODY, None
    account = find_account(session, caller.person_id)
    return (account.login_name, account.id) if account else (caller.name, None)


def _route_of(scope: Scope) -> str:
    """The template of the address: what fills its places may be a secret, or a name."""
    template = getattr(scope.get("route"), "path", "")
    return f"{scope['method']} {template or '（没有这个网址）'}"
