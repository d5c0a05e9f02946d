"""`dingban import`: from a file to tasks in draft, everything that was found said first."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session

from config.policy import load_policy
from runtime.bootstrap import Application
from runtime.cli.acting import acting
from runtime.cli.choosing import resolve_campaign
from runtime.cli.exits import REFUSED
from runtime.cli.grammar import Commands
from runtime.cli.invocation import Refused, now, opened_application, read_settings
from runtime.cli.options import AsAnybody, Json
from runtime.cli.output import note, print_json, print_table, say, shorten
from runtime.reading import column_synonyms, read_limits
from tracker import clock
from tracker.documents import import_document
from tracker.importers import build_draft
from tracker.importers.draft import Diagnostic, Draft, DraftTable, Severity
from tracker.importers.naming import campaign_name_of, why_nothing
from tracker.importers.readers import read_source
from tracker.importers.spellings import Directory
from tracker.queries.directory import load_directory
from tracker.services.importing import RowDifference, commit_draft, compare_with_register
from tracker.services.importing.differences import FIELD_LABELS

app = Commands()

SEVERITY_LABELS = {Severity.ERROR: "错误", Severity.WARNING: "提醒", Severity.INFO: "说明"}
COLUMN_LABELS = {
    **FIELD_LABELS,
    "measure": "工作措施",
    "progress": "进展",
    "contact": "联系人",
    "remark": "备注",
}
SHOWN_DIAGNOSTICS = 60


@app.command("import")
def take_in(
    file: Annotated[Path, typer.Argument(metavar="文件", help="docx、xlsx、xls、csv、tsv、txt、md")],
    year: Annotated[
        int | None,
        typer.Option("--year", metavar="年份", min=2000, max=2100, help="没有写明年份的日期属于哪一年"),
    ] = None,
    campaign: Annotated[
        str | None, typer.Option("--campaign", metavar="名称", help="归入哪项专项工作，不写则取自标题")
    ] = None,
    is_dry_run: Annotated[bool, typer.Option("--dry-run", help="只看读出了什么，不写入")] = False,
    is_difference: Annotated[bool, typer.Option("--diff", help="只看与已导入的相差什么，不写入")] = False,
    is_confirmed: Annotated[bool, typer.Option("--yes", help="再次导入时不再询问，直接按差异更新")] = False,
    as_person: AsAnybody = None,
    as_json: Json = False,
) -> None:
    """读入一份责任分解表，存为草稿；由协调员下达之前不通知任何人。

    先列出读出的表、认出的列、字数去向和全部问题，再一次写入：要么全部写入，要么一点不写。
    文件里没有责任分解表的，只看（--dry-run）也以 1 退出。
    """
    if is_dry_run:
        _show_only(file, year, as_json)
        return
    with acting(as_person) as desk:
        draft = _read(desk.application, desk.session, file, year, desk.today)
        if not as_json:
            print_draft(draft)
        _refuse_without_tables(draft)
        name = _known_name(desk.session, campaign)
        differences = compare_with_register(desk.session, draft, campaign_name=name)
        if is_difference or (differences and not as_json):
            _print_differences(differences, as_json=as_json)
        if is_difference:
            return
        if differences and not is_confirmed:
            _ask(len(differences))
        outcome = commit_draft(
            desk.session,
            draft,
            campaign_name=name or campaign_name_of(draft),
            year=year,
            actor=desk.actor,
            at=desk.at,
            calendar=desk.application.calendar(desk.session),
        )
        document = import_document(draft.source.to_json(), outcome)
    print_json(document) if as_json else _print_outcome(document)


def _show_only(file: Path, year: int | None, as_json: bool) -> None:
    """Read and show, with the office's directory where there is one; a fresh machine needs no database."""
    settings = read_settings()
    policy = load_policy(settings.policy_dir)
    today = clock.office_day(settings.now or now())
    source = read_source(file, limits=read_limits(settings))
    draft = build_draft(
        source, year=year, synonyms=column_synonyms(policy), directory=_known_names(), today=today
    )
    if as_json:
        print_json(draft.to_json())
    else:
        print_draft(draft)
    if refusal := why_nothing(draft):
        note(refusal)
        raise typer.Exit(REFUSED)
    if not as_json:
        note("只看不写：没有写入任何内容。")


def _known_names() -> Directory:
    from runtime.bootstrap import NotReady

    try:
        with opened_application() as application, application.reading() as session:
            return load_directory(session)
    except NotReady:
        return Directory()


def _read(application: Application, session: Session, file: Path, year: int | None, today: date) -> Draft:
    source = read_source(file, limits=read_limits(application.settings))
    return build_draft(
        source,
        year=year,
        synonyms=column_synonyms(application.policy),
        directory=load_directory(session),
        today=today,
    )


def _known_name(session: Session, campaign: str | None) -> str | None:
    """The name of a campaign that was given by its id; any other name as it stands."""
    if campaign is None or not (campaign.isascii() and campaign.isdigit()):
        return campaign
    return resolve_campaign(session, campaign).name


def _refuse_without_tables(draft: Draft) -> None:
    if refusal := why_nothing(draft):
        raise Refused(refusal)


def _ask(count: int) -> None:
    import sys

    question = f"这份表导入过，与已导入的有{count}处不同。"
    if not sys.stdin.isatty():
        raise Refused(f"{question}没有写入；核对以后加上 --yes 再运行，就按差异更新。")
    if not typer.confirm(f"{question}要按差异更新吗？", default=False):
        raise Refused("没有更新，什么也没有写入。")


def print_draft(draft: Draft) -> None:
    """Show what was read: tables, columns, the account of characters, and every finding, the worst first."""
    say(f"文件：{draft.source.name}")
    for table in draft.tables:
        _print_table(table)
    for skipped in draft.skipped:
        say(f"略过：“{shorten(skipped.title, 40)}”，{skipped.reason}（{skipped.characters}字）")
    account = draft.source
    say(
        f"字数：共{account.characters}，其中放入栏目{account.placed}，标题表头编号{account.furniture}，"
        f"略过{account.skipped}，没有放下{account.unplaced}。"
    )
    for piece in (*draft.unplaced, *(each for table in draft.tables for each in table.unplaced)):
        say(f"  没有放下（{piece.where}）：{shorten(piece.text, 60)}")
    for title, names in (("新的人员", draft.proposed_people), ("新的单位", draft.proposed_units)):
        if names:
            say(f"{title}：{'、'.join(names)}")
    _print_diagnostics(draft)


def _print_table(table: DraftTable) -> None:
    deadlines = [
        deadline for row in table.rows for milestone in row.milestones for deadline in milestone.deadlines
    ]
    say()
    say(f"表：{table.title or '（没有标题）'}　{table.year or '年份不明'}")
    say(
        f"  {len(table.rows)}行，{sum(len(row.deliverables) for row in table.rows)}项成果，"
        f"{sum(len(row.milestones) for row in table.rows)}个节点，{sum(1 for each in deadlines if each.due)}个时限。"
    )
    say(
        "  认出的列："
        + "；".join(
            f"{COLUMN_LABELS.get(field, field)}←{heading}" for field, heading in table.columns.items()
        )
    )


def _print_diagnostics(draft: Draft) -> None:
    order = list(SEVERITY_LABELS)
    labels = {id(each): row.label for table in draft.tables for row in table.rows for each in row.diagnostics}
    found = sorted(draft.all_diagnostics(), key=lambda each: order.index(each.severity))
    counts = Counter(each.severity for each in found)
    say()
    say(
        "发现的问题："
        + "，".join(f"{label}{counts[severity]}条" for severity, label in SEVERITY_LABELS.items())
    )
    for each in found[:SHOWN_DIAGNOSTICS]:
        say(f"  [{SEVERITY_LABELS[each.severity]}] {_in_words(each, labels.get(id(each)))}")
    if len(found) > SHOWN_DIAGNOSTICS:
        say(f"  ……另有{len(found) - SHOWN_DIAGNOSTICS}条，用 --json 查看全部。")


def _in_words(diagnostic: Diagnostic, label: str | None) -> str:
    number = f"（序号{label}）" if label else ""
    place = f"{diagnostic.where or ''}{number}：" if diagnostic.where or number else ""
    repair = f"（已处理：{diagnostic.repair}）" if diagnostic.repair else ""
    option = "（用“--year”指明）" if diagnostic.asks_for_year else ""
    return f"{place}{diagnostic.message}{option}{repair}"


def _print_differences(differences: list[RowDifference], *, as_json: bool) -> None:
    if as_json:
        print_json(
            {"schema": "dingban.difference/1", "differences": [each.to_json() for each in differences]}
        )
    elif differences:
        say("与已导入的不同之处：")
        print_table(
            ["序号", "栏目", "原为", "现为"],
            [
                (each.label, each.field_label, shorten(each.before, 30), shorten(each.after, 30))
                for each in differences
            ],
        )
    else:
        say("与已导入的没有不同（或者是第一次导入）。")


def _print_outcome(document: dict[str, Any]) -> None:
    counts = "，".join(
        f"{label}{len(document[key])}项"
        for key, label in (
            ("created", "新建"),
            ("changed", "更新"),
            ("unchanged", "没有变化"),
            ("withdrawn", "新文件中没有（保留）"),
        )
        if document[key]
    )
    say()
    say(f"已写入草稿：任务{counts or '没有变化'}。")
    errors = sum(1 for each in document["findings"] if each["severity"] == "error")
    if errors:
        say(f"有{errors}个错误要先处理：dingban finding list，dingban finding settle 编号 --note 怎样处理的")
    if document["created"]:
        say(f"下一步：dingban task issue --campaign {document['campaign_id']} --as 协调员")
