"""The three documents in front of every package: cover, index (工作目录), and how the task went (办理过程)."""

from __future__ import annotations

from datetime import date, datetime

from tracker.archive.contents import PackageContents, PackagedDeliverable, PackagedEvidence
from tracker.archive.word import add_heading, add_table, add_text, document_bytes, new_document
from tracker.clock import OFFICE_ZONE

COVER_NAME = "00_封面.docx"
INDEX_NAME = "00_工作目录.docx"
HISTORY_NAME = "00_办理过程.docx"

_INDEX_HEADINGS = (
    "序号",
    "成果",
    "材料名称",
    "版本",
    "大小",
    "提交人",
    "提交日期",
    "审核人",
    "审核日期",
    "校验码",
)
_INDEX_WIDTHS = (1.2, 4.8, 6.1, 1.2, 1.9, 1.8, 2.3, 1.8, 2.3, 2.3)
_MILESTONE_HEADINGS = ("序号", "时间节点", "原定时限", "现定时限", "完成日期", "结果")
_MILESTONE_WIDTHS = (1.3, 10.4, 3.4, 3.4, 3.4, 3.0)
_HISTORY_HEADINGS = ("序号", "时间", "办理人", "办理事项", "说明")
_HISTORY_WIDTHS = (1.3, 3.8, 4.2, 4.6, 11.0)
_DIGEST_CHARACTERS = 8


def cover(contents: PackageContents) -> bytes:
    """The first sheet: whose task, what, when, how much."""
    document = new_document(title=f"{contents.title}归档材料", at=contents.closed_at)
    for _ in range(3):
        add_text(document, "")
    add_heading(document, contents.campaign, size=18)
    add_heading(document, "归 档 材 料", size=36)
    add_heading(document, contents.title, size=18)
    add_text(document, "")
    add_table(
        document, (), _cover_rows(contents), widths=(4.2, 11.0), size=12, padding=6, centred=frozenset({0})
    )
    add_text(document, "")
    add_text(
        document,
        "各项材料见《工作目录》，办理经过见《办理过程》。每个文件的 SHA-256 校验码列于 manifest.json，"
        "执行 dingban archive verify 可以离线校验；包内文件不得增删、改名或者修改。",
        size=10.5,
    )
    return document_bytes(document, at=contents.closed_at)


def index(contents: PackageContents) -> bytes:
    """The list of what is in the package, in the order in which it stands there."""
    document = new_document(title=f"{contents.title}工作目录", at=contents.closed_at, landscape=True)
    add_heading(document, "工 作 目 录")
    add_text(document, f"{contents.campaign}    任务：{_numbered_title(contents)}")
    rows = [row for deliverable in contents.deliverables for row in _index_rows(deliverable)]
    add_table(
        document,
        _INDEX_HEADINGS,
        rows,
        widths=_INDEX_WIDTHS,
        size=9,
        centred=frozenset({0, 3, 4, 5, 6, 7, 8, 9}),
    )
    for note in _sharing_notes(contents):
        add_text(document, note, size=10.5)
    add_text(document, f"校验码为 SHA-256 的前{_DIGEST_CHARACTERS}位，全文见 manifest.json。", size=10.5)
    return document_bytes(document, at=contents.closed_at)


def history(contents: PackageContents) -> bytes:
    """How the task went: its steps with their dates, and every recorded act."""
    document = new_document(title=f"{contents.title}办理过程", at=contents.closed_at, landscape=True)
    add_heading(document, "办 理 过 程")
    add_text(document, f"{contents.campaign}    任务：{_numbered_title(contents)}")
    if contents.milestones:
        rows = [
            (
                str(step.number),
                step.text,
                _day(step.first_due_on),
                _day(step.due_on),
                _day(step.done_on),
                step.state,
            )
            for step in contents.milestones
        ]
        add_table(
            document,
            _MILESTONE_HEADINGS,
            rows,
            widths=_MILESTONE_WIDTHS,
            size=9,
            centred=frozenset({0, 2, 3, 4, 5}),
        )
        add_text(document, "")
    lines = [
        (str(number), _moment(line.at), line.who, line.act, line.note)
        for number, line in enumerate(contents.history, start=1)
    ]
    add_table(document, _HISTORY_HEADINGS, lines, widths=_HISTORY_WIDTHS, size=9, centred=frozenset({0, 1}))
    add_text(
        document,
        f"以上取自办理记录，截至第{contents.audit_event_id}条，该条校验值 {contents.audit_hash}。",
        size=10.5,
    )
    return document_bytes(document, at=contents.closed_at)


def link_text(evidence: PackagedEvidence) -> bytes:
    """What stands in the package for a link. With a mark that old Windows editors need to see UTF-8."""
    return f"名称：{evidence.name}\r\n链接：{evidence.link}\r\n".encode("utf-8-sig")


def readable_size(size: int | None) -> str:
    """Bytes as people say them."""
    if size is None:
        return "链接"
    if size < 1024:
        return f"{size} 字节"
    if size < 1024 * 1024:
        return f"{size / 1024:.1f} KB"
    return f"{size / (1024 * 1024):.1f} MB"


def _cover_rows(contents: PackageContents) -> list[tuple[str, str]]:
    files = sum(1 for evidence in contents.evidence if evidence.sha256)
    links = len(contents.evidence) - files
    rows = [
        ("年    度", f"{contents.year}年"),
        ("序    号", contents.seq),
        ("评审项目", contents.group),
        ("责任部门", contents.lead_unit),
        ("协办部门", "、".join(contents.units)),
        *((part, "、".join(names)) for part, names in contents.people),
        ("下达日期", _day_of(contents.issued_at)),
        ("提交日期", _day_of(contents.submitted_at)),
        ("销号日期", _day_of(contents.closed_at)),
        (
            "材    料",
            f"成果{len(contents.deliverables)}项，文件{files}件" + (f"，链接{links}条" if links else ""),
        ),
    ]
    return [(label, value or "—") for label, value in rows]


def _index_rows(deliverable: PackagedDeliverable) -> list[tuple[str, ...]]:
    label = deliverable.text if deliverable.is_required else f"{deliverable.text}（非必需）"
    if not deliverable.evidence:
        return [(str(deliverable.number), label, "没有已审核通过的材料", *("—",) * 7)]
    return [
        (
            str(deliverable.number),
            label,
            f"{evidence.name}（{evidence.occurrence.isoformat()}期）"
            if evidence.occurrence
            else evidence.name,
            str(evidence.version),
            readable_size(evidence.size),
            evidence.submitted_by,
            _day(evidence.submitted_on),
            evidence.reviewed_by,
            _day(evidence.reviewed_on),
            evidence.sha256[:_DIGEST_CHARACTERS] if evidence.sha256 else "—",
        )
        for evidence in deliverable.evidence
    ]


def _sharing_notes(contents: PackageContents) -> list[str]:
    notes = []
    if contents.holder:
        notes.append(f"本任务与“{contents.holder}”共用一份成果清单，以上材料同时为两项任务提供佐证。")
    if contents.sharers:
        names = "、".join(f"“{name}”" for name in contents.sharers)
        notes.append(f"以上材料同时用于共用这份成果清单的任务：{names}。")
    return notes


def _numbered_title(contents: PackageContents) -> str:
    return f"{contents.seq} {contents.title}" if contents.seq else contents.title


def _day(day: date | None) -> str:
    return day.isoformat() if day else "—"


def _day_of(moment: datetime | None) -> str:
    return moment.astimezone(OFFICE_ZONE).strftime("%Y年%m月%d日") if moment else "—"


def _moment(moment: datetime) -> str:
    return moment.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M")
