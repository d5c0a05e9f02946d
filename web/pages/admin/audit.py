"""What auditors read: the trail of acts with its verification, and the record of who came. They change nothing."""

from __future__ import annotations

from starlette.responses import Response

from tracker.identity import id_of
from tracker.models import AccessKind
from tracker.models.accounts import ACCESS_LABELS
from tracker.queries.audit_log import (
    AccessFilter,
    AuditFilter,
    list_access_page,
    list_audit_kinds,
    list_audit_page,
)
from tracker.queries.people import resolve_person
from tracker.queries.sight import list_visible_ids
from tracker.queries.timeline import label_event
from tracker.services.auditing import verify_chain
from web.access import Who, allow
from web.desk import Desk, ReadingDesk
from web.opening import PageRouter
from web.pages.admin.asking import address, query_of
from web.pages.admin.trail_words import describe

router = PageRouter(prefix="/admin")
_ALLOWED = allow(Who.AUDITOR)
SUBJECT_LABELS = {
    "account": "账号",
    "calendar": "工作日历",
    "campaign": "专项工作",
    "comment": "留言",
    "deduction": "扣分",
    "event": "事件",
    "evidence": "佐证材料",
    "extension": "延期",
    "finding": "导入问题",
    "import": "导入",
    "instruction": "批示",
    "milestone": "节点",
    "package": "归档材料包",
    "password": "密码",
    "person": "人员",
    "task": "任务",
    "token": "接口令牌",
    "unit": "单位",
    "webhook": "事件推送",
}


@router.get("/audit", dependencies=[_ALLOWED])
def show_trail(desk: ReadingDesk) -> Response:
    asked = query_of(desk)
    typed = asked.optional_text("who", "人员", limit=254)
    person = resolve_person(desk.session, typed) if typed else None
    wanted = AuditFilter(
        person_id=id_of(person) if person else None,
        kind=asked.raw("kind")[:60],
        task_id=asked.optional_whole("task", "任务编号"),
        since=asked.optional_day("since", "从"),
        until=asked.optional_day("until", "到"),
    )
    sight = desk.visitor.sight
    audited = None if _audits_all(desk) else sight.audited
    page = list_audit_page(
        desk.session, wanted, audited=audited, before=asked.optional_whole("before", "起始编号")
    )
    said = {
        "who": typed,
        "kind": wanted.kind,
        "task": wanted.task_id,
        "since": wanted.since,
        "until": wanted.until,
    }
    tasks = sorted({entry.event.task_id for entry in page.entries if entry.event.task_id})
    return desk.page(
        "admin/audit.html",
        entries=[(entry, label_event(entry.event.kind), describe(entry.event)) for entry in page.entries],
        said=said,
        kinds=_kind_choices(list_audit_kinds(desk.session)),
        seen=set(list_visible_ids(desk.session, sight, tasks)),
        is_part=audited is not None,
        is_first=not asked.has("before"),
        newest=address("/admin/audit", **said),
        older=address("/admin/audit", **said, before=page.before) if page.before else None,
    )


@router.get("/audit/verification", dependencies=[_ALLOWED])
def verify(desk: ReadingDesk) -> Response:
    """Walk the whole chain. It reads every event, which takes a second for some ten thousand."""
    return desk.page("admin/verification.html", report=verify_chain(desk.session))


@router.get("/access", dependencies=[_ALLOWED])
def show_access(desk: ReadingDesk) -> Response:
    asked = query_of(desk)
    wanted = AccessFilter(
        kind=AccessKind(asked.raw("kind")) if asked.raw("kind") in set(AccessKind) else None,
        text=asked.optional_text("q", "登录名或者地址", limit=100) or "",
        since=asked.optional_day("since", "从"),
        until=asked.optional_day("until", "到"),
    )
    page = list_access_page(desk.session, wanted, before=asked.optional_whole("before", "起始编号"))
    said = {"kind": wanted.kind, "q": wanted.text, "since": wanted.since, "until": wanted.until}
    return desk.page(
        "admin/access.html",
        records=page.records,
        labels=ACCESS_LABELS,
        bad={
            AccessKind.SIGN_IN_REFUSED,
            AccessKind.SIGN_IN_LOCKED,
            AccessKind.SIGN_IN_THROTTLED,
            AccessKind.PASSWORD_CHANGE_REFUSED,
            AccessKind.TOKEN_REFUSED,
            AccessKind.CODE_REFUSED,
            AccessKind.PROOF_REFUSED,
            AccessKind.INVITE_REFUSED,
            AccessKind.ACCESS_REFUSED,
            AccessKind.OBJECT_REFUSED,
            AccessKind.FORM_REFUSED,
            AccessKind.REQUEST_THROTTLED,
        },
        said=said,
        is_first=not asked.has("before"),
        newest=address("/admin/access", **said),
        older=address("/admin/access", **said, before=page.before) if page.before else None,
    )


def _audits_all(desk: Desk) -> bool:
    sight = desk.visitor.sight
    return sight.sees_all and not sight.coordinated - sight.audited


def _kind_choices(kinds: list[str]) -> list[tuple[str, str]]:
    """Every kind that occurs, below its subject, which may be chosen as a whole."""
    subjects = list(dict.fromkeys(kind.partition(".")[0] for kind in kinds))
    choices = []
    for subject in sorted(subjects, key=lambda each: SUBJECT_LABELS.get(each, each)):
        choices.append((f"{subject}.", f"{SUBJECT_LABELS.get(subject, subject)}（全部）"))
        choices += [(kind, f"\u3000{label_event(kind)}") for kind in kinds if kind.startswith(f"{subject}.")]
    return choices
