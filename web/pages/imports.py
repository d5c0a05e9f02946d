"""导入向导: upload, columns, rows, names, differences, issuing. The screens themselves are loaded when they are asked for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from starlette.responses import Response

from tracker.queries.import_sessions import get_visible_import
from web.access import Who, allow
from web.desk import ReadingDesk, WritingDesk
from web.house import House
from web.opening import PageRouter
from web.uploads import Uploaded, receive_upload

router = PageRouter(prefix="/imports")
ALLOWED = allow(Who.COORDINATOR, Who.ADMINISTRATOR)


def _import_limit(house: House) -> int:
    return house.import_limit


class RowFilter:
    """What the rows are filtered by, from the address."""

    def __init__(
        self,
        table: Annotated[int | None, Query(ge=-1, le=10_000)] = None,
        severity: Annotated[str, Query(max_length=10)] = "",
        code: Annotated[str, Query(max_length=60)] = "",
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
        focus: Annotated[str, Query(max_length=40)] = "",
    ) -> None:
        self.values = (table, severity, code, page, focus)


Filtered = Annotated[RowFilter, Depends()]


@router.get("", dependencies=[ALLOWED])
def show_list(desk: ReadingDesk) -> Response:
    from web.import_wizard import uploading

    return uploading.show_list(desk)


@router.post("", dependencies=[ALLOWED, receive_upload(_import_limit)])
def take_in(desk: WritingDesk, upload: Uploaded) -> Response:
    from web.import_wizard import uploading

    return uploading.take_in(desk, upload)


@router.get("/{import_id}", dependencies=[ALLOWED])
def resume(desk: ReadingDesk, import_id: int) -> Response:
    """Take an import up where it was left."""
    run = get_visible_import(desk.session, desk.visitor.sight, import_id)
    return desk.done(f"/imports/{import_id}/{run.step}")


@router.post("/{import_id}/advance", dependencies=[ALLOWED])
def advance(desk: WritingDesk, import_id: int) -> Response:
    from web.import_wizard import uploading

    return uploading.advance(desk, import_id)


@router.post("/{import_id}/discard", dependencies=[ALLOWED])
def discard(desk: WritingDesk, import_id: int) -> Response:
    from web.import_wizard import uploading

    return uploading.discard(desk, import_id)


@router.get("/{import_id}/columns", dependencies=[ALLOWED])
def show_columns(desk: ReadingDesk, import_id: int) -> Response:
    from web.import_wizard import columns

    return columns.show(desk, import_id)


@router.post("/{import_id}/place", dependencies=[ALLOWED])
def choose_place(desk: WritingDesk, import_id: int) -> Response:
    from web.import_wizard import columns

    return columns.place(desk, import_id)


@router.post("/{import_id}/headings", dependencies=[ALLOWED])
def choose_headings(desk: WritingDesk, import_id: int) -> Response:
    from web.import_wizard import layouts

    return layouts.headings(desk, import_id)


@router.post("/{import_id}/title", dependencies=[ALLOWED])
def choose_title(desk: WritingDesk, import_id: int) -> Response:
    from web.import_wizard import layouts

    return layouts.title(desk, import_id)


@router.post("/{import_id}/carried", dependencies=[ALLOWED])
def choose_side(desk: WritingDesk, import_id: int) -> Response:
    from web.import_wizard import carried

    return carried.choose(desk, import_id)


@router.post("/{import_id}/columns", dependencies=[ALLOWED])
def choose_columns(desk: WritingDesk, import_id: int) -> Response:
    from web.import_wizard import columns

    return columns.columns(desk, import_id)


@router.post("/{import_id}/exclude", dependencies=[ALLOWED])
def exclude(desk: WritingDesk, import_id: int) -> Response:
    from web.import_wizard import columns

    return columns.exclude(desk, import_id)


@router.get("/{import_id}/rows", dependencies=[ALLOWED])
def show_rows(desk: ReadingDesk, import_id: int, wanted: Filtered) -> Response:
    from web.import_wizard import rows

    return rows.show(desk, import_id, rows.Filter(*wanted.values))


@router.get("/{import_id}/cells/{row}/{column}", dependencies=[ALLOWED])
def ask_for_cell(desk: ReadingDesk, import_id: int, row: str, column: int, wanted: Filtered) -> Response:
    from web.import_wizard import cells, rows

    return cells.ask(desk, import_id, row, column, rows.Filter(*wanted.values))


@router.post("/{import_id}/cells", dependencies=[ALLOWED])
def edit_cell(desk: WritingDesk, import_id: int, wanted: Filtered) -> Response:
    from web.import_wizard import cells, rows

    return cells.edit(desk, import_id, rows.Filter(*wanted.values))


@router.post("/{import_id}/cells/undo", dependencies=[ALLOWED])
def undo_cell(desk: WritingDesk, import_id: int, wanted: Filtered) -> Response:
    from web.import_wizard import cells, rows

    return cells.undo(desk, import_id, rows.Filter(*wanted.values))


@router.post("/{import_id}/fill", dependencies=[ALLOWED])
def fill_column(desk: WritingDesk, import_id: int) -> Response:
    from web.import_wizard import cells

    return cells.fill(desk, import_id)


@router.post("/{import_id}/notes", dependencies=[ALLOWED])
def note_finding(desk: WritingDesk, import_id: int, wanted: Filtered) -> Response:
    from web.import_wizard import cells, rows

    return cells.note(desk, import_id, rows.Filter(*wanted.values))


@router.post("/{import_id}/notes/undo", dependencies=[ALLOWED])
def reopen_finding(desk: WritingDesk, import_id: int, wanted: Filtered) -> Response:
    from web.import_wizard import cells, rows

    return cells.unnote(desk, import_id, rows.Filter(*wanted.values))


@router.get("/{import_id}/names", dependencies=[ALLOWED])
def show_names(desk: ReadingDesk, import_id: int) -> Response:
    from web.import_wizard import naming

    return naming.show(desk, import_id)


@router.post("/{import_id}/names", dependencies=[ALLOWED])
def choose_name(desk: WritingDesk, import_id: int) -> Response:
    from web.import_wizard import naming

    return naming.choose(desk, import_id)


@router.get("/{import_id}/differences", dependencies=[ALLOWED])
def show_differences(desk: ReadingDesk, import_id: int) -> Response:
    from web.import_wizard import writing

    return writing.show(desk, import_id)


@router.post("/{import_id}/commit", dependencies=[ALLOWED])
def commit(desk: WritingDesk, import_id: int) -> Response:
    from web.import_wizard import writing

    return writing.commit(desk, import_id)


@router.get("/{import_id}/issuing", dependencies=[ALLOWED])
def show_issuing(desk: ReadingDesk, import_id: int) -> Response:
    from web.import_wizard import issuing

    return issuing.show(desk, import_id)


@router.post("/{import_id}/issue", dependencies=[ALLOWED])
def issue(desk: WritingDesk, import_id: int) -> Response:
    from web.import_wizard import issuing

    return issuing.issue(desk, import_id)


@router.post("/{import_id}/settle", dependencies=[ALLOWED])
def settle(desk: WritingDesk, import_id: int) -> Response:
    from web.import_wizard import issuing

    return issuing.settle(desk, import_id)
