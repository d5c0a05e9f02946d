"""Step 2: the rows, with what is doubtful beside the cell it concerns; cells are edited where they stand."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.responses import Response

from tracker.importers.draft import Diagnostic, Draft, DraftCell, DraftRow, DraftTable, Severity
from tracker.models import ImportSession, ImportStep
from tracker.services.import_sessions.deciding import note_key
from web.desk import Desk
from web.import_wizard import frame
from web.import_wizard.findings import Key, PlacedFinding, column_of, placed_findings
from web.import_wizard.readings import readings_of

PAGE = 15
LONG_FIELDS = frozenset({"requirement", "basis", "deliverables", "milestones", "source"})
MAIN_FIELDS = LONG_FIELDS - {"basis", "source"} | {
    "title",
    "lead_unit",
    "units",
    "expediter",
    "owner",
    "leader",
}
# What a person would call the kinds of findings, for the filter; the sentence of each says the rest.
KIND_LABELS = {
    "missing-person": "没有填人员",
    "missing-unit": "没有填部门",
    "missing-deliverables": "没有成果清单",
    "missing-deadline": "没有时限",
    "missing-requirement": "没有任务内容",
    "missing-column": "缺少一列",
    "past-date": "日期已过",
    "vague-deadline": "时限不明确",
    "deadline-without-year": "不知哪一年",
    "deadline-contradicts": "时限互相矛盾",
    "role-is-unit": "人员填了单位",
    "same-person": "盯办人与责任人相同",
    "several-persons": "一个角色多人",
    "several-lead-units": "多个牵头部门",
    "open-ended-units": "部门没有列全",
    "name-variant": "姓名写法不一",
    "name-lookalike": "姓名只差一字",
    "repeated-text": "内容重复",
    "points-contradict": "分值矛盾",
    "missing-group": "没有分组",
    "group-filled": "补了分组",
    "title-filled": "补了任务名称",
    "no-table": "没有责任分解表",
    "shifted-row": "单元格错列",
    "continued-row": "接续上一行",
    "joined-row": "合并了拆开的行",
    "list-continues": "清单编号不从1开始",
    "numbering-gap": "编号不连续",
    "numbering-restart": "编号重新开始",
    "numbering-repeat": "编号重复",
    "truncated-text": "文字像没写完",
    "unreadable-cell": "无法辨认",
    "unknown-column": "不认识的列",
    "assumed-column": "推定的列",
    "duplicate-seq": "序号重复",
    "seq-gap": "序号不连续",
    "seq-assigned": "补编序号",
    "year-missing": "没有年份",
    "year-from-title": "年份取自表题",
    "year-from-document": "年份取自文件",
    "year-contradicts": "年份不一致",
    "read-from-prose": "从条目中读出",
    "unplaced-text": "没有放下的文字",
    "edited-cell": "手工改动",
    "reader-note": "读取说明",
}


@dataclass(frozen=True)
class Filter:
    """What of the rows is shown; everything for the defaults. `table` -9 is all tables."""

    table: int | None = None
    severity: str = ""
    code: str = ""
    page: int = 1
    focus: str = ""

    def query(self, **changes: object) -> str:
        values = {
            "table": self.table,
            "severity": self.severity,
            "code": self.code,
            "page": self.page,
            "focus": "",
        } | changes
        kept = {name: value for name, value in values.items() if value not in (None, "", 1)}
        if values["table"] == 1:
            kept["table"] = 1
        return f"?{urlencode(kept)}" if kept else ""


@dataclass(frozen=True)
class FindingView:
    """A finding where it is shown. `note` says how it was settled; empty while it is open."""

    name: str
    diagnostic: Diagnostic
    key: Key
    note: str = ""
    noted_by: str = ""

    @property
    def severity(self) -> Severity:
        return self.diagnostic.severity

    @property
    def is_open(self) -> bool:
        return not self.note

    @property
    def can_be_noted(self) -> bool:
        return self.severity is not Severity.INFO


@dataclass(frozen=True)
class CellView:
    cell: DraftCell
    readings: tuple[str, ...] = ()
    findings: tuple[FindingView, ...] = ()


@dataclass(frozen=True)
class RowView:
    """One row with its cells; findings on the row as a whole stand above them."""

    slug: str
    table: int
    row: DraftRow
    cells: tuple[CellView, ...]
    findings: tuple[FindingView, ...] = ()

    def all_findings(self) -> list[FindingView]:
        return [*self.findings, *(each for cell in self.cells for each in cell.findings)]

    @property
    def main_cells(self) -> list[CellView]:
        """What makes the task, and whatever is doubtful."""
        return [each for each in self.cells if not _is_side(each)]

    @property
    def side_cells(self) -> list[CellView]:
        return [each for each in self.cells if _is_side(each)]

    @property
    def tone(self) -> str:
        """The worst of what is open, as the colour of the card's edge."""
        open_ones = [each.severity for each in self.all_findings() if each.is_open]
        if Severity.ERROR in open_ones:
            return "red"
        return "yellow" if Severity.WARNING in open_ones else "green"


@dataclass(frozen=True)
class RowsView:
    """The rows of one page under a filter, what is above them, and the findings before and after the one at hand."""

    wanted: Filter
    rows: list[RowView]
    count: int
    general: list[FindingView]
    kinds: list[tuple[str, str, int]]
    previous: str | None
    following: str | None
    position: str
    dropped: list[dict[str, str]] = field(default_factory=list)
    first: int = 0

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def _is_side(view: CellView) -> bool:
    is_doubtful = any(each.is_open and each.can_be_noted for each in view.findings)
    return view.cell.field not in MAIN_FIELDS and not is_doubtful and not view.cell.is_edited


def slug_of(table: int, where: str) -> str:
    """A name for a row that can stand in an address; the same while the row stands where it does."""
    return f"r{hashlib.sha1(f'{table}/{where}'.encode(), usedforsecurity=False).hexdigest()[:10]}"


def seen_mark(text: str) -> str:
    """What a form brings back to say which text its writer saw."""
    return hashlib.sha256("".join(text.split()).encode()).hexdigest()[:16]


def show(desk: Desk, import_id: int, wanted: Filter) -> Response:
    run, draft = frame.opened(desk, import_id)
    return frame.show(desk, run, draft, ImportStep.ROWS, "rows.html", **context_of(run, draft, wanted))


def context_of(run: ImportSession, draft: Draft, wanted: Filter) -> dict[str, object]:
    tables = [table for table in draft.tables if table.rows]
    return {
        "view": view_of(run, draft, wanted),
        "tables": tables,
        "table_columns": {table.number: table.rows[0].cells for table in tables},
        "kind_labels": KIND_LABELS,
        "long_fields": LONG_FIELDS,
    }


def row_views(run: ImportSession, draft: Draft, table_number: int | None = None) -> list[RowView]:
    """Every row of the draft, or of one table, in reading order."""
    notes = {note_key(each): each for each in run.notes}
    return [
        view_row(table, row, notes)
        for table in draft.tables
        if table_number is None or table.number == table_number
        for row in table.rows
    ]


def view_row(table: DraftTable, row: DraftRow, notes: dict[Key, dict[str, str]]) -> RowView:
    slug = slug_of(table.number, row.where)
    by_column: dict[int | None, list[FindingView]] = {}
    for number, diagnostic in enumerate(row.diagnostics):
        placed = PlacedFinding(table, row, diagnostic)
        view = view_finding(f"{slug}-{number}", placed, notes)
        by_column.setdefault(column_of(row, diagnostic), []).append(view)
    cells = tuple(
        CellView(cell, _readings(row, cell), tuple(by_column.get(cell.column, ()))) for cell in row.cells
    )
    return RowView(slug, table.number, row, cells, tuple(by_column.get(None, ())))


def _readings(row: DraftRow, cell: DraftCell) -> tuple[str, ...]:
    """What was understood, where that is more than the words themselves."""
    found = tuple(readings_of(row, cell.field))
    return () if "".join(found) == "".join(cell.text.split()) else found


def view_finding(name: str, placed: PlacedFinding, notes: dict[Key, dict[str, str]]) -> FindingView:
    note = notes.get(placed.key)
    if note is None:
        return FindingView(name, placed.diagnostic, placed.key)
    return FindingView(name, placed.diagnostic, placed.key, note["note"], note["by"])


def view_of(run: ImportSession, draft: Draft, wanted: Filter) -> RowsView:
    everything = row_views(run, draft, wanted.table)
    general = general_findings(run, draft, wanted.table)
    rows = [row for row in everything if _is_wanted(row.all_findings(), wanted)]
    stops = [
        (finding.name, number // PAGE + 1)
        for number, row in enumerate(rows)
        for finding in row.all_findings()
        if _counts(finding, wanted)
    ]
    places = {row.slug: number // PAGE + 1 for number, row in enumerate(rows)}
    asked = places.get(wanted.focus, wanted.page)
    page = min(max(1, asked), max(1, -(-len(rows) // PAGE)))
    previous, following, position = _neighbours(stops, wanted, page)
    first = (page - 1) * PAGE
    kinds = Counter(
        (each.diagnostic.code)
        for each in [*general, *(each for row in everything for each in row.all_findings())]
        if each.is_open and (not wanted.severity or each.severity == wanted.severity)
    )
    return RowsView(
        Filter(wanted.table, wanted.severity, wanted.code, page, wanted.focus),
        rows[first : first + PAGE],
        len(rows),
        [each for each in general if not _is_filtered(wanted) or _counts(each, wanted)],
        [(code, KIND_LABELS.get(code, code), count) for code, count in kinds.most_common()],
        previous,
        following,
        position,
        [each for each in run.excluded if each["row"] and wanted.table in (None, each["table"])],
        first + 1 if rows else 0,
    )


def matching_findings(run: ImportSession, draft: Draft, wanted: Filter) -> list[FindingView]:
    """Every open finding under a filter, for saying one thing about all of them."""
    general = general_findings(run, draft, wanted.table)
    rows = row_views(run, draft, wanted.table)
    found = [*general, *(each for row in rows for each in row.all_findings())]
    return [each for each in found if _counts(each, wanted) and each.can_be_noted]


def general_findings(run: ImportSession, draft: Draft, table: int | None) -> list[FindingView]:
    notes = {note_key(each): each for each in run.notes}
    return [
        view_finding(f"general-{number}", placed, notes)
        for number, placed in enumerate(placed_findings(draft))
        if placed.row is None and (table is None or placed.table is None or placed.table.number == table)
    ]


def _is_filtered(wanted: Filter) -> bool:
    return bool(wanted.severity or wanted.code)


def _is_wanted(findings: Sequence[FindingView], wanted: Filter) -> bool:
    return not _is_filtered(wanted) or any(_counts(each, wanted) for each in findings)


def _counts(finding: FindingView, wanted: Filter) -> bool:
    """Whether a finding is open and meant by the filter; without one, all but mere remarks are."""
    if not finding.is_open:
        return False
    if wanted.code:
        return finding.diagnostic.code == wanted.code
    if wanted.severity:
        return finding.severity == wanted.severity
    return finding.severity is not Severity.INFO


def _neighbours(
    stops: Sequence[tuple[str, int]], wanted: Filter, page: int
) -> tuple[str | None, str | None, str]:
    """Addresses of the findings before and after the one at hand, and where among all it is."""
    names = [name for name, _ in stops]
    if wanted.focus in names:
        here = names.index(wanted.focus)
        before, after, position = here - 1, here + 1, f"第{here + 1}处，共{len(stops)}处"
    else:
        before = next((n for n in range(len(stops) - 1, -1, -1) if stops[n][1] < page), -1)
        after = next((n for n, stop in enumerate(stops) if stop[1] >= page), len(stops))
        position = f"共{len(stops)}处" if stops else "没有待处理的问题"

    def address(number: int) -> str | None:
        if not 0 <= number < len(stops):
            return None
        name, its_page = stops[number]
        return f"{wanted.query(page=its_page, focus=name)}#{name}"

    return address(before), address(after), position
