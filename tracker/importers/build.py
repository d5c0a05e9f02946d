"""From a source document to a draft: the door of this room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from tracker.deadlines import Deadline
from tracker.deadlines import parse as parse_deadlines
from tracker.importers.cell_reader import ParseDeadlines
from tracker.importers.cells import cells_of, columns_of
from tracker.importers.checks import RowChecker, has_undated
from tracker.importers.columns import ColumnSynonyms, Field
from tracker.importers.corrections import NO_CORRECTIONS, Corrections
from tracker.importers.default_columns import DEFAULT_SYNONYMS
from tracker.importers.draft import Diagnostic, Draft, DraftTable, Severity, Skipped, SourceAccount, Unplaced
from tracker.importers.draft_rows import draft_row, lonely_groups, row_keys
from tracker.importers.fields import RowReader, reference_day
from tracker.importers.groups import fill_headings, fill_titles
from tracker.importers.ledger import Bucket, Ledger, Passage
from tracker.importers.milestones import milestones_in_text
from tracker.importers.prose import prose_title, read_prose
from tracker.importers.row_fields import Layout
from tracker.importers.rows import SetApart, logical_rows
from tracker.importers.source import Paragraph, SourceDocument, count_characters
from tracker.importers.spellings import Directory, find_lookalikes, find_variants
from tracker.importers.table_checks import check_table
from tracker.importers.tables import LogicalTable, find_tables, year_nearby
from tracker.importers.titles import looks_like_title, year_of_document, year_of_title
from tracker.importers.unit_checks import UnitWords

EMPTY_DIRECTORY = Directory()
HEAD_BLOCKS = 3


def build_draft(
    source: SourceDocument,
    *,
    year: int | None = None,
    synonyms: ColumnSynonyms = DEFAULT_SYNONYMS,
    directory: Directory = EMPTY_DIRECTORY,
    today: date | None = None,
    corrections: Corrections = NO_CORRECTIONS,
) -> Draft:
    """Read every responsibility table of a document into a draft. Raises nothing; what is doubtful is a diagnostic.

    `year` is what the coordinator says and goes before the titles; `today` (an office day) asks for a finding on
    dates already past. `corrections` are the coordinator's; each replaced cell is a finding on its row.
    """
    return _Builder(source, year, synonyms, directory, today, corrections).build()


class _Builder:
    def __init__(
        self,
        source: SourceDocument,
        year: int | None,
        synonyms: ColumnSynonyms,
        directory: Directory,
        today: date | None,
        corrections: Corrections,
    ) -> None:
        self.source, self.year, self.synonyms = source, year, synonyms
        self.directory, self.today, self.corrections = directory, today, corrections
        self.words = UnitWords(corrections.collectives, corrections.single_units, directory)
        self.ledger = Ledger(source)
        self.skipped: list[Skipped] = []
        self.findings: list[Diagnostic] = [
            *(Diagnostic("lost-table", Severity.ERROR, loss) for loss in source.losses),
            *(Diagnostic("reader-note", Severity.INFO, note) for note in source.notes),
        ]
        self.document_year = year_of_document(
            block.text for block in source.blocks if isinstance(block, Paragraph)
        )

    def build(self) -> Draft:
        found = find_tables(self.source, self.ledger, self.synonyms, self.corrections)
        titled = {y for table in found.tables if (y := year_of_title(table.title)) is not None}
        if self.document_year is None and len(titled) == 1:
            self.document_year = titled.pop()
        if self.document_year is None and not titled:
            self.document_year = year_of_heading(self.source)
        tables = [self._table(table) for table in found.tables if table.reason is None]
        for table in found.tables:
            if table.reason is not None:
                self._skip(table.title or "（无标题的表格）", table.reason, table.pieces, table.where, table)
        if not tables:
            tables = self._prose(found.loose)
        for paragraphs in found.loose:
            self._skip_paragraphs(paragraphs)
        if not any(table.rows for table in tables):
            self.findings.append(
                Diagnostic(
                    "no-table",
                    Severity.ERROR,
                    "没有找到责任分解表：需要一张含有任务列以及责任单位或责任人列的表格，或写明责任单位和完成时限的编号条目。",
                )
            )
        self._check_names(tables)
        return self._close(tables)

    def _prose(self, loose: Sequence[Sequence[Paragraph]]) -> list[DraftTable]:
        paragraphs = [paragraph for block in loose for paragraph in block]
        year = self.year or year_of_title(prose_title(paragraphs)) or self.document_year
        table = read_prose(
            paragraphs, self.ledger, self.source.name, year, _parser(year), self.corrections, self.words
        )
        return [table] if table is not None else []

    def _table(self, table: LogicalTable) -> DraftTable:
        assert table.header is not None
        year, findings = self._year_of(table)
        parse = _parser(year)
        works, apart = logical_rows(table, self.ledger, self.corrections)
        fill_headings(works)
        reader = RowReader(self.ledger, table.header, works, parse)
        checker = RowChecker(table.header, self.today, self.words)
        keys = row_keys(table.title, works)
        alone = lonely_groups(works)
        layout = reader.layout
        tasks = fill_titles(works, layout.title) if layout.title not in (None, layout.requirement) else {}
        edited = self.corrections.edited(table.number)
        rows = []
        for position, (work, key) in enumerate(zip(works, keys, strict=True)):
            fields = reader.read(work)
            fields.title = fields.title or tasks.get(position, "")
            row = draft_row(work, fields, key, alone, has_score=Field.SCORE in table.header.fields())
            if not table.header.columns_of(Field.MILESTONES) and reader.layout.requirement is not Field.BASIS:
                row = replace(row, milestones=milestones_in_text(row.requirement, parse))
            diagnostics = tuple(checker.check(work, fields, row))
            rows.append(replace(row, diagnostics=diagnostics, cells=cells_of(work, reader, edited)))
        whole, by_row = check_table(rows, table.header)
        rows = [
            replace(row, diagnostics=row.diagnostics + tuple(by_row.get(row.row_key, ()))) for row in rows
        ]
        findings += whole
        if year is None and has_undated(rows):
            findings.append(
                Diagnostic(
                    "year-missing",
                    Severity.ERROR,
                    "表题和文件里都没有年份，日期无法确定，请指明年份。",
                )
            )
        self._set_apart(table, apart)
        unplaced = self._sweep(table.pieces)
        return DraftTable(
            table.title,
            year,
            Layout.of(table.header).printed(table.header),
            tuple(rows),
            unplaced,
            tuple(findings),
            table.where,
            table.number,
            columns_of(table.header, table.rows),
            tuple(table.opening),
            table.printed_title,
        )

    def _year_of(self, table: LogicalTable) -> tuple[int | None, list[Diagnostic]]:
        titled = year_of_title(table.title)
        if self.year is not None:
            if titled not in (None, self.year):
                message = f"表题写{titled}年，导入时指定{self.year}年，按指定的年份计算，请核对。"
                return self.year, [Diagnostic("year-contradicts", Severity.WARNING, message)]
            return self.year, []
        if titled is not None:
            message = f"年份取自表题：{titled}年。"
            return titled, [
                Diagnostic("year-from-title", Severity.INFO, message, repair=f"按{titled}年计算日期")
            ]
        elsewhere = year_nearby(table) or self.document_year
        if elsewhere is not None:
            message = f"表题里没有年份，按文件中的{elsewhere}年计算日期，请核对。"
            repair = f"按{elsewhere}年计算日期"
            return elsewhere, [Diagnostic("year-from-document", Severity.WARNING, message, repair=repair)]
        return None, []

    def _set_apart(self, table: LogicalTable, apart: SetApart) -> None:
        for rows, title in (
            (apart.totals, "合计行"),
            (apart.footers, "表尾说明"),
            (apart.dropped, "协调员略去的行"),
        ):
            for row in rows:
                pieces = [slot.passage for slot in row.own()]
                self._skip(f"{table.title}：{title}", f"{title}，不是任务", pieces, row.where)
        for row in apart.titles:
            for slot in row.own():
                self.ledger.claim(slot.passage, Bucket.FURNITURE)

    def _sweep(self, pieces: Iterable[Passage]) -> tuple[Unplaced, ...]:
        swept = ((self.ledger.sweep(piece), piece.where) for piece in pieces)
        return tuple(Unplaced(text, where) for text, where in swept if text)

    def _skip(
        self,
        title: str,
        reason: str,
        pieces: Sequence[Passage],
        where: str,
        table: LogicalTable | None = None,
    ) -> None:
        for piece in pieces:
            self.ledger.claim(piece, Bucket.SKIPPED)
        characters = sum(self.ledger.count(piece, Bucket.SKIPPED) for piece in pieces)
        if characters:
            number = table.number if table is not None else None
            layout = columns_of(table.header, table.rows) if table is not None else ()
            opening = tuple(table.opening) if table is not None else ()
            self.skipped.append(Skipped(title, reason, characters, where, number, layout, opening))

    def _skip_paragraphs(self, paragraphs: Sequence[Paragraph]) -> None:
        pieces = [self.ledger.passage(paragraph) for paragraph in paragraphs]
        first = " ".join(paragraphs[0].text.split())
        title = first if len(first) <= 30 else first[:29] + "…"
        self._skip(title, "表格以外的文字", pieces, paragraphs[0].where)

    def _check_names(self, tables: Sequence[DraftTable]) -> None:
        names = [
            person.name
            for table in tables
            for row in table.rows
            for people in row.people.values()
            for person in people
            if not person.is_unit
        ]
        same = self.corrections.same_people
        for spellings in find_variants([*names, *sorted(self.directory.people)]):
            if not set(spellings) & set(names):
                continue  # of people whom this file does not name
            if same and sum(spelling not in same for spelling in spellings) <= 1:
                continue  # the coordinator has said who is who
            listed = "、".join(f"“{spelling}”" for spelling in spellings)
            message = (
                f"同一姓名有几种写法：{listed}（繁简或异体）。没有自动合并，请确认是否同一人并统一写法。"
            )
            self.findings.append(Diagnostic("name-variant", Severity.WARNING, message))
        for one, other in find_lookalikes(list(dict.fromkeys(names))):
            message = f"“{one}”和“{other}”只差一个字，请确认是两个人，还是其中一个写错。"
            self.findings.append(Diagnostic("name-lookalike", Severity.INFO, message))

    def _close(self, tables: Sequence[DraftTable]) -> Draft:
        blocks = self.source.blocks
        pieces = [
            self.ledger.passage(holder)
            for block in blocks
            for holder in ([block] if isinstance(block, Paragraph) else block.cells)
        ]
        unplaced = self._sweep(pieces)
        tables = [_with_unplaced(table) for table in tables]
        totals = self.ledger.totals()
        account = SourceAccount(
            self.source.name,
            self.source.sha256,
            self.source.characters,
            totals[Bucket.PLACED],
            totals[Bucket.UNPLACED],
            totals[Bucket.FURNITURE],
            totals[Bucket.SKIPPED],
        )
        people, units = self._proposals(tables)
        return Draft(
            account, tuple(tables), tuple(self.skipped), unplaced, tuple(self.findings), people, units
        )

    def _proposals(self, tables: Sequence[DraftTable]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        people: dict[str, None] = {}
        units: dict[str, None] = {}
        for row in (row for table in tables for row in table.rows):
            for person in (person for people_of in row.people.values() for person in people_of):
                if not person.is_unit and not self.directory.knows_person(person.name):
                    people[person.name] = None
            for unit in filter(None, (row.lead_unit, *row.units)):
                if not self.directory.knows_unit(unit) and not self.words.is_collective(unit):
                    units[unit] = None
        return tuple(people), tuple(units)


def year_of_heading(source: SourceDocument) -> int | None:
    """The year in the title of the document itself, which stands in its first lines."""
    first = [block.text for block in source.blocks[:HEAD_BLOCKS] if isinstance(block, Paragraph)]
    years = {year for text in first if looks_like_title(text) and (year := year_of_title(text)) is not None}
    return years.pop() if len(years) == 1 else None


def _parser(year: int | None) -> ParseDeadlines:
    ref = reference_day(year)

    @lru_cache(maxsize=1024)
    def parse(text: str) -> tuple[Deadline, ...]:
        return tuple(parse_deadlines(text, ref=ref))

    return parse


def _with_unplaced(table: DraftTable) -> DraftTable:
    if not table.unplaced:
        return table
    count = sum(count_characters(piece.text) for piece in table.unplaced)
    listed = "；".join(f"{piece.where}“{piece.text[:20]}”" for piece in table.unplaced[:5])
    finding = Diagnostic(
        "unplaced-text",
        Severity.WARNING,
        f"有{count}个字没有放入任何栏目：{listed}。请核对，需要的请补到相应的列里。",
    )
    return replace(table, diagnostics=(*table.diagnostics, finding))
