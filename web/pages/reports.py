"""周报: any week and scope as the register tells it, to download or to send; and what was sent, unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import Query
from starlette.exceptions import HTTPException
from starlette.responses import Response

from notifications.reports import draw_report, read_snapshot
from notifications.reports.archived import get_sent, list_sent
from notifications.reports.drawing import WORD_TYPE, WORKBOOK_TYPE
from notifications.reports.mail import NOTES
from notifications.reports.pdf import PDF_TYPE, can_print_pdf, pdf_of
from notifications.reports.sections import list_sections
from notifications.reports.sending import list_receivers, send_report
from notifications.reports.snapshot import Snapshot
from notifications.reports.wording import (
    TITLE,
    as_of_text,
    has_nothing,
    list_measured,
    list_points,
    percent,
    points_text,
    summary,
    week_text,
)
from tracker.errors import ValueRefused
from tracker.figures import IsoWeek, Scope, ScopeKind
from tracker.figures.choosing import get_scope, list_scopes
from tracker.identity import id_of
from tracker.lights import WORST_FIRST, Light
from web.access import Who, allow
from web.charts import draw_light_bar, draw_trend
from web.desk import Desk, ReadingDesk, WritingDesk
from web.figures import figures_of, snapshot_of
from web.opening import PageRouter

router = PageRouter(prefix="/reports")
WEEKS_BACK = 53
MOST_ROWS = 100
MAIL_TYPE = "text/html; charset=utf-8"
# A report as it was sent has its styles within: it may style itself, and do nothing else.
_MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
Word = Annotated[str | None, Query(max_length=60)]


@router.get("", dependencies=[allow(Who.SIGNED_IN)])
def show_report(desk: ReadingDesk, week: Word = None, scope: Word = None) -> Response:
    scopes = list_scopes(desk.session, desk.visitor.sight)
    if not scopes:
        return desk.page("reports/none.html")
    chosen, wanted = get_scope(desk.session, desk.visitor.sight, scope), _week(desk, week)
    snapshot = read_snapshot(snapshot_of(desk, wanted, chosen))
    current = IsoWeek.of(desk.today)
    return desk.page(
        "reports/show.html",
        scopes=scopes,
        scope=chosen,
        week=wanted,
        weeks=[(str(each), _week_words(each, current)) for each in _weeks(current, wanted)],
        previous=_address("/reports", wanted.shift(-1), chosen),
        following=_address("/reports", wanted.shift(1), chosen) if wanted < current else None,
        downloads=_downloads(lambda kind: _address(f"/reports/download/{kind}", wanted, chosen)),
        may_send=_may_send(desk, chosen),
        send_address=_address("/reports/send", wanted, chosen),
        sent=[each for each in list_sent(desk.session, {chosen.key}) if each.week == str(wanted)],
        **_drawn(snapshot),
    )


@router.get("/download/{kind}", dependencies=[allow(Who.SIGNED_IN)])
def download(desk: ReadingDesk, kind: str, week: Word = None, scope: Word = None) -> Response:
    chosen = get_scope(desk.session, desk.visitor.sight, scope)
    return _file(snapshot_of(desk, _week(desk, week), chosen), kind)


@router.get("/send", dependencies=[allow(Who.COORDINATOR)])
def ask_before_sending(desk: ReadingDesk, week: Word = None, scope: Word = None) -> Response:
    """Whom it would reach, before it does."""
    chosen, wanted = _sendable(desk, scope), _week(desk, week)
    return desk.page(
        "reports/send.html",
        scope=chosen,
        week=wanted,
        figures=figures_of(desk, wanted, chosen),
        week_words=week_text(figures_of(desk, wanted, chosen)),
        receivers=list_receivers(desk.session, chosen),
        back=_address("/reports", wanted, chosen),
        sent=[each for each in list_sent(desk.session, {chosen.key}) if each.week == str(wanted)],
    )


@router.post("/send", dependencies=[allow(Who.COORDINATOR)])
def send(desk: WritingDesk) -> Response:
    form = desk.form
    chosen, wanted = (
        _sendable(desk, form.text("scope", "范围", limit=60)),
        _week(desk, form.raw("week") or None),
    )
    ticked = set(form.wholes("receiver", "收件人"))
    receivers = [each for each in list_receivers(desk.session, chosen) if id_of(each) in ticked]
    if not receivers:
        raise ValueRefused("请至少选择一名收件人。")
    stored = send_report(
        desk.session,
        week=wanted,
        scope=chosen,
        snapshot=snapshot_of(desk, wanted, chosen),
        receivers=receivers,
        actor=desk.actor,
        at=desk.at,
    )
    return desk.done(
        f"/reports/sent/{stored.id}", f"通报已发给{'、'.join(each.name for each in receivers)}，并存档。"
    )


@router.get("/sent", dependencies=[allow(Who.SIGNED_IN)])
def show_archive(desk: ReadingDesk) -> Response:
    return desk.page("reports/archive.html", lines=list_sent(desk.session, _readable(desk)))


@router.get("/sent/{report_id:int}", dependencies=[allow(Who.SIGNED_IN)])
def show_sent(desk: ReadingDesk, report_id: int) -> Response:
    """Drawn from the snapshot that was sent, whatever has happened since."""
    stored, snapshot = get_sent(desk.session, report_id, _readable(desk))
    return desk.page(
        "reports/sent.html",
        stored=stored,
        downloads=_downloads(lambda kind: f"/reports/sent/{report_id}/{kind}"),
        **_drawn(read_snapshot(snapshot)),
    )


@router.get("/sent/{report_id:int}/{kind}", dependencies=[allow(Who.SIGNED_IN)])
def download_sent(desk: ReadingDesk, report_id: int, kind: str) -> Response:
    _, snapshot = get_sent(desk.session, report_id, _readable(desk))
    return _file(snapshot, kind)


def _week(desk: Desk, text: str | None) -> IsoWeek:
    """The week asked for; last week where none is, for that is the one that goes out. Raises ValueRefused."""
    return IsoWeek.parse(text) if text else IsoWeek.of(desk.today).shift(-1)


def _weeks(current: IsoWeek, wanted: IsoWeek) -> list[IsoWeek]:
    """The last year, the newest first, and the week asked for."""
    found = [current.shift(-number) for number in range(WEEKS_BACK)]
    return found if wanted in found else [*found, wanted]


def _week_words(week: IsoWeek, current: IsoWeek) -> str:
    mark = {current: "（本周）", current.shift(-1): "（上周）"}.get(week, "")
    monday, sunday = week.monday, week.sunday
    return f"{week.year}年第{week.number}周 {monday.month}.{monday.day}–{sunday.month}.{sunday.day}{mark}"


def _readable(desk: Desk) -> set[str] | None:
    """The scopes of which he may read what was sent; None: of all."""
    if desk.visitor.sight.sees_all:
        return None
    return set(list_scopes(desk.session, desk.visitor.sight))


def _may_send(desk: Desk, scope: Scope) -> bool:
    """A coordinator sends what is wholly of campaigns that he runs."""
    sight = desk.visitor.sight
    if scope.kind is ScopeKind.CAMPAIGN:
        return scope.id in sight.coordinated
    return sight.sees_all and sight.audited <= sight.coordinated


def _sendable(desk: Desk, key: str | None) -> Scope:
    """Raises ScopeNotFound, or ValueRefused for a scope that he may read and not send."""
    scope = get_scope(desk.session, desk.visitor.sight, key)
    if not _may_send(desk, scope):
        raise ValueRefused(f"“{scope.label}”的通报须由负责其全部工作的协调员发送。")
    return scope


def _address(path: str, week: IsoWeek, scope: Scope) -> str:
    return f"{path}?{urlencode({'week': str(week), 'scope': scope.key})}"


def _downloads(address: Any) -> list[tuple[str, str, str]]:
    """Address, label and icon of the files. Where no PDF can be printed, it is not offered."""
    found = [(address("docx"), "Word", "file-earmark-text"), (address("xlsx"), "Excel", "table")]
    if can_print_pdf():
        found.append((address("pdf"), "PDF", "file-earmark-pdf"))
    return found


def _file(snapshot: Mapping[str, Any], kind: str) -> Response:
    """One form of a report. The same snapshot makes the same bytes."""
    if kind not in ("docx", "xlsx", "html", "pdf"):
        raise HTTPException(404)
    if kind == "pdf" and not can_print_pdf():
        raise ValueRefused("本机没有安装 PDF 组件，请下载 Word 版，或者请管理员安装 dingban[pdf]。")
    drawn = draw_report(snapshot)
    if kind == "pdf":
        return _attached(pdf_of(read_snapshot(snapshot)), PDF_TYPE, f"{drawn.name}.pdf")
    if kind == "docx":
        return _attached(drawn.word, WORD_TYPE, f"{drawn.name}.docx")
    if kind == "xlsx":
        return _attached(drawn.workbook, WORKBOOK_TYPE, f"{drawn.name}.xlsx")
    return Response(drawn.html, media_type=MAIL_TYPE, headers={"Content-Security-Policy": _MAIL_POLICY})


def _attached(content: bytes, media_type: str, name: str) -> Response:
    """A file to keep, under its Chinese name (RFC 6266)."""
    ending = name.rpartition(".")[2]
    disposition = f"attachment; filename=\"report.{ending}\"; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})


def _drawn(snapshot: Snapshot) -> dict[str, Any]:
    """What the page shows of a snapshot, and of nothing else."""
    figures = snapshot.figures
    longest = max((unit.lights.total for unit in figures.units), default=0)
    return {
        "title": TITLE,
        "figures": figures,
        "week_words": week_text(figures),
        "as_of": as_of_text(figures),
        "has_nothing": has_nothing(figures),
        "summary": summary(figures),
        "measured": list_measured(figures),
        "sections": list_sections(figures),
        "most_rows": MOST_ROWS,
        "points": [
            (label, points_text(value), rule) for label, value, rule in list_points(figures.totals.points)
        ],
        "units": [
            (unit, draw_light_bar({light: unit.lights.of(light) for light in Light}, longest))
            for unit in figures.units
        ],
        "shown_lights": [light for light in WORST_FIRST if figures.lights.of(light)],
        "trend": draw_trend(figures.trend),
        "percent": percent,
        "notes": NOTES,
    }
