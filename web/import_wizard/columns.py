"""Step 1: what was recognised. The campaign and the year, the tables, and each column with the field it was taken for."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from tracker.importers.columns import Field
from tracker.importers.corrections import ADDED_HEADINGS, NO_HEADINGS, added_column
from tracker.importers.draft import Draft, DraftColumn, DraftTable, OpeningRow, Skipped, is_tabular
from tracker.importers.tables import LEFT_OUT
from tracker.importers.titles import year_of_title
from tracker.models import Campaign, ImportSession, ImportStep
from tracker.queries.campaigns import list_campaigns
from tracker.services.import_sessions.deciding import choose_columns, choose_place, leave_out
from tracker.services.import_sessions.placing import explain_campaign, list_known_titles
from web.desk import Desk
from web.forms import InputRefused
from web.import_wizard import frame
from web.import_wizard.carried import summary_of
from web.import_wizard.labels import COLUMN_LABELS
from web.import_wizard.layouts import table_number, take_up


@dataclass(frozen=True)
class TableView:
    """A table with its columns: one that is taken in, or one that is skipped and could be. Prose has no columns."""

    number: int | None
    title: str
    year: int | None
    rows: int
    reason: str
    columns: tuple[DraftColumn, ...]
    addable: tuple[tuple[str, str], ...] = ()
    characters: int = 0
    is_left_out: bool = False
    opening: tuple[OpeningRow, ...] = ()
    printed_title: str = ""
    headings_at: str = ""  # as the coordinator said; empty where the importer found them itself

    @property
    def is_shown(self) -> bool:
        return self.is_taken or bool(self.columns) or self.can_be_headed

    @property
    def can_be_headed(self) -> bool:
        """Whether there is a choice of rows for its headings."""
        return is_tabular(self.opening) and not self.is_left_out

    @property
    def is_taken(self) -> bool:
        return not self.reason


def show(desk: Desk, import_id: int) -> Response:
    run, draft = frame.opened(desk, import_id)
    headings = {each["table"]: each["headings_at"] or "" for each in run.layouts}
    return frame.show(
        desk,
        run,
        draft,
        ImportStep.COLUMNS,
        "columns.html",
        tables=[_taken(table, headings) for table in draft.tables if table.rows],
        skipped=[_skipped(each, headings) for each in draft.skipped],
        known_titles=list_known_titles(desk.session, run.campaign_id),
        carried=summary_of(run, draft),
        no_headings=NO_HEADINGS,
        campaigns=list_open_campaigns(desk),
        why_campaign=explain_campaign(desk.session, run, draft),
        fields=[(str(field), label) for field, label in COLUMN_LABELS.items()],
        year_hint=_year_hint(run, draft),
        must_say_year=_must_say_year(run, draft),
        unplaced=[*draft.unplaced, *(piece for table in draft.tables for piece in table.unplaced)],
    )


def place(desk: Desk, import_id: int) -> Response:
    run, _ = frame.locked(desk, import_id)
    before = run.campaign_id
    year = desk.form.optional_whole("year", "年份")
    choose_place(
        desk.session,
        run,
        frame.decision_of(desk),
        campaign_id=desk.form.optional_whole("campaign", "专项工作"),
        campaign_name=desk.form.optional_text("campaign_name", "新专项工作的名称", limit=200) or "",
        year=year,
    )
    said = ""
    if run.campaign_id not in (None, before):
        said = take_up(desk, run)
    return desk.done(frame.path_of(run, ImportStep.COLUMNS), f"已保存归属和年份，各行日期已重新计算。{said}")


def columns(desk: Desk, import_id: int) -> Response:
    """Take the whole form of one table: a select for each heading, and perhaps a column to add."""
    run, draft = frame.locked(desk, import_id)
    number = table_number(desk)
    layout = _layout_of(draft, number)
    chosen: dict[int, Field | None] = {}
    for column in layout:
        name = f"column-{column.column}"
        wanted = desk.form.choice(name, column.heading or "（空表头）", {"", *map(str, Field)})
        if not (column.is_added and not wanted):
            chosen[column.column] = Field(wanted) if wanted else None
    if add := desk.form.raw("add"):
        if add not in set(map(str, ADDED_HEADINGS)):
            raise InputRefused("add", "请在“补一列”中选择一项。")
        chosen[added_column(Field(add))] = Field(add)
    choose_columns(
        desk.session,
        run,
        frame.decision_of(desk),
        table=number,
        chosen=_of_all(chosen, layout, draft, number),
        recognised=_recognised(run, layout, number),
    )
    return desk.done(
        frame.path_of(run, ImportStep.COLUMNS) + f"#table-{number}", "已按新的对应关系重新读取。"
    )


def exclude(desk: Desk, import_id: int) -> Response:
    """Leave a table or a row out, or take it in again."""
    run, _ = frame.locked(desk, import_id)
    row = desk.form.optional_text("row", "行", limit=200) or ""
    is_out = desk.form.is_ticked("out")
    leave_out(desk.session, run, frame.decision_of(desk), table=table_number(desk), row=row, is_out=is_out)
    what = "这一行" if row else "这张表"
    default = frame.path_of(run, ImportStep.ROWS if row else ImportStep.COLUMNS)
    return desk.back(default, f"已略去{what}，可以随时恢复。" if is_out else f"已恢复{what}。")


def list_open_campaigns(desk: Desk) -> list[Campaign]:
    """The campaigns into which this person may import."""
    sight = desk.visitor.sight
    return [
        each
        for each in list_campaigns(desk.session)
        if each.closed_at is None and (sight.is_administrator or each.id in sight.coordinated)
    ]


def _must_say_year(run: ImportSession, draft: Draft) -> bool:
    """Whether no table names its year, so that nothing can be written without one given here."""
    tables = [table for table in draft.tables if table.rows]
    if run.year is None:
        return bool(tables) and not any(table.year for table in tables)
    return not any(year_of_title(table.printed_title or table.title) for table in tables)


def _year_hint(run: ImportSession, draft: Draft) -> str:
    """Where the year comes from; one that was given here, or taken over from the last import, is not the file's."""
    tables = [table for table in draft.tables if table.rows]
    if run.year is None:
        found = "、".join(dict.fromkeys(str(table.year) for table in tables if table.year))
        return (
            f"从文件认出{found}年；不对时在此指明。"
            if found
            else "文件里没有年份，请填写。没有写明年份的日期按此计算。"
        )
    printed = {year_of_title(table.printed_title or table.title) for table in tables} - {None}
    if not printed - {run.year}:
        return f"按这里填的{run.year}年计算。"
    said = "、".join(str(year) for year in sorted(filter(None, printed)))
    return f"文件标题写的是{said}年，现按这里填的（或上次导入沿用的）{run.year}年计算；不填则按文件。"


def _taken(table: DraftTable, headings: dict[int, str]) -> TableView:
    has = {column.field for column in table.layout}
    addable = tuple(
        (str(field), COLUMN_LABELS[field])
        for field in ADDED_HEADINGS
        if str(field) not in has and table.layout
    )
    return TableView(
        table.number,
        table.title or "（没有标题）",
        table.year,
        len(table.rows),
        "",
        table.layout,
        addable,
        opening=table.opening,
        printed_title=table.printed_title or table.title,
        headings_at=headings.get(table.number, ""),
    )


def _skipped(each: Skipped, headings: dict[int, str]) -> TableView:
    return TableView(
        each.number,
        each.title,
        None,
        0,
        each.reason,
        each.layout,
        characters=each.characters,
        is_left_out=each.reason == LEFT_OUT,
        opening=each.opening if each.number is not None else (),
        headings_at=headings.get(each.number, "") if each.number is not None else "",
    )


def _layout_of(draft: Draft, number: int) -> tuple[DraftColumn, ...]:
    layouts = [(each.number, each.layout) for each in draft.tables]
    layouts += [(each.number, each.layout) for each in draft.skipped if each.number is not None]
    for table, layout in layouts:
        if table == number and layout:
            return layout
    raise InputRefused("table", "这张表没有可以对应的列，请刷新页面。")


def _recognised(run: ImportSession, layout: tuple[DraftColumn, ...], number: int) -> dict[int, Field | None]:
    """What the importer itself took the columns for; of one that was decided before, nothing is known."""
    decided = {each["column"] for each in run.columns if each["table"] == number}
    return {
        column.column: Field(column.field) if column.field else None
        for column in layout
        if column.column not in decided and not column.is_assumed
    }


def _of_all(
    chosen: dict[int, Field | None], layout: tuple[DraftColumn, ...], draft: Draft, number: int
) -> dict[int, Field | None]:
    """The choices for all columns that one printed heading spans."""
    spread = dict(chosen)
    for table in draft.tables:
        if table.number == number and table.rows:
            headings = {cell.column: (cell.heading, cell.field) for cell in table.rows[0].cells}
            for column in layout:
                said = headings.get(column.column)
                for other, heading in headings.items():
                    if heading == said and heading[0] and column.column in chosen:
                        spread[other] = chosen[column.column]
    return spread
