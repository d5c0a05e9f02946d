"""Step 2: the rows, with what is doubtful beside the cell it concerns; cells are edited where they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.responses import Response

from tracker.importers.draft import Draft, Severity
from tracker.models import ImportSession, ImportStep
from web.desk import Desk
from web.import_wizard import frame
from web.import_wizard.carried import summary_of
from web.import_wizard.labels import KIND_LABELS
from web.import_wizard.row_views import LONG_FIELDS, FindingView, RowView, general_findings, row_views

PAGE = 15


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
class RowMark:
    """One row in the map of all rows: its number, how bad it is, and the way to it."""

    label: str
    tone: str
    href: str
    is_here: bool


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
    marks: list[RowMark] = field(default_factory=list)
    dropped: list[dict[str, str]] = field(default_factory=list)
    first: int = 0

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def show(desk: Desk, import_id: int, wanted: Filter) -> Response:
    run, draft = frame.opened(desk, import_id)
    return frame.show(desk, run, draft, ImportStep.ROWS, "rows.html", **context_of(run, draft, wanted))


def context_of(run: ImportSession, draft: Draft, wanted: Filter) -> dict[str, object]:
    tables = [table for table in draft.tables if table.rows]
    return {
        "view": view_of(run, draft, wanted),
        "next_note": _next_note(frame.count_open(run, draft)[Severity.ERROR]),
        "tables": tables,
        "table_columns": {table.number: table.rows[0].cells for table in tables},
        "kind_labels": KIND_LABELS,
        "carried": summary_of(run, draft),
        "long_fields": LONG_FIELDS,
    }


def _next_note(errors: int) -> str:
    return f"还有 {errors} 处错误；可以先往下走，下达之前处理完即可" if errors else "没有错误了"


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
    order = [row.slug for row in everything]
    places = {row.slug: number // PAGE + 1 for number, row in enumerate(rows)}
    asked = places.get(wanted.focus, wanted.page)
    page = min(max(1, asked), max(1, -(-len(rows) // PAGE)))
    previous, following, position = _neighbours(stops, wanted, page, order)
    if apart := sum(_counts(each, wanted) for each in general):
        position += f"，另有整张表的{apart}处"
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
        [_mark(row, wanted, places, page) for row in everything],
        [each for each in run.excluded if each["row"] and wanted.table in (None, each["table"])],
        first + 1 if rows else 0,
    )


def matching_findings(run: ImportSession, draft: Draft, wanted: Filter) -> list[FindingView]:
    """Every open finding under a filter, for saying one thing about all of them."""
    general = general_findings(run, draft, wanted.table)
    rows = row_views(run, draft, wanted.table)
    found = [*general, *(each for row in rows for each in row.all_findings())]
    return [each for each in found if _counts(each, wanted) and each.can_be_noted]


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


def _mark(row: RowView, wanted: Filter, places: dict[str, int], page: int) -> RowMark:
    """A row in the map; one that the filter hides is shown without it."""
    at = places.get(row.slug)
    query = wanted.query(page=at) if at else Filter(wanted.table).query(focus=row.slug)
    return RowMark(row.row.label, row.tone, f"{query}#{row.slug}", at == page)


def _neighbours(
    stops: Sequence[tuple[str, int]], wanted: Filter, page: int, order: Sequence[str]
) -> tuple[str | None, str | None, str]:
    """Addresses of the findings before and after the one at hand, and where among all it is.

    At hand may also be a row, where its last finding was just settled; `order` holds the rows from top to bottom.
    """
    names = [name for name, _ in stops]
    at_row = wanted.focus.partition("-")[0]
    if wanted.focus in names:
        here = names.index(wanted.focus)
        before, after, position = here - 1, here + 1, f"第{here + 1}处，共{len(stops)}处"
    elif at_row in order:
        here = order.index(at_row)
        rows = [order.index(name.partition("-")[0]) for name in names]
        before = next((n for n in range(len(stops) - 1, -1, -1) if rows[n] < here), -1)
        after = next((n for n, row in enumerate(rows) if row >= here), len(stops))
        position = f"{_asked_words(wanted)}还有{len(stops)}处" if stops else _nothing_words(wanted)
    else:
        before = next((n for n in range(len(stops) - 1, -1, -1) if stops[n][1] < page), -1)
        after = next((n for n, stop in enumerate(stops) if stop[1] >= page), len(stops))
        position = f"{_asked_words(wanted)}共{len(stops)}处" if stops else _nothing_words(wanted)

    def address(number: int) -> str | None:
        if not 0 <= number < len(stops):
            return None
        name, its_page = stops[number]
        return f"{wanted.query(page=its_page, focus=name)}#{name}"

    return address(before), address(after), position


def _asked_words(wanted: Filter) -> str:
    """What the filter asks for, before a count of it: the counts of the whole import stand beside it."""
    return f"本表{_kind_words(wanted)}" if wanted.table is not None else _kind_words(wanted)


def _kind_words(wanted: Filter) -> str:
    if wanted.code:
        return "这种问题"
    return next((label for each, label in frame.SEVERITY_LABELS.items() if each == wanted.severity), "")


def _nothing_words(wanted: Filter) -> str:
    return f"没有待处理的{_kind_words(wanted) or '问题'}"
