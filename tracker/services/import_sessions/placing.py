"""Where a file belongs, as far as can be told from it and from what was imported before: proposed, never settled.

The campaign: that of an earlier import of the same table, else one of the coordinator's for the same year that is related
to it by name or holds a table that says mostly the same, else one of the same name, else one to be opened. The table: one of the campaign's that says mostly the same, where the file calls it otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from sqlmodel import Session

from tracker.identity import id_of
from tracker.importers.draft import Draft, DraftTable
from tracker.importers.naming import campaign_name_of, titles_of
from tracker.importers.titles import title_key, year_of_title
from tracker.models import Campaign, ImportSession, ResponsibilityTable
from tracker.queries.campaigns import get_campaign, list_campaigns
from tracker.queries.directory import find_newest_table, find_table, list_tables, list_tasks_of_table
from tracker.queries.sight import Sight
from tracker.services.import_sessions.deciding import MAX_CAMPAIGN_CHARACTERS
from tracker.services.import_sessions.earlier import Earlier

SHARE_OF_SAME_ROWS = 0.5
FEWEST_SAME_ROWS = 2
RELATED = 0.5  # of the pairs of characters of the shorter name
OF_ANY_NAME = re.compile(
    r"\d+|年度?|工作|任务|责任|分解|清单|方案|专项|行动|实施|重点|推进|落实|活动|计划|要点|台账|一览|表|全[省市县区局]|[\s　“”（）()《》、，]"
)


def propose_campaign(
    session: Session, run: ImportSession, draft: Draft, *, sight: Sight, earlier: Sequence[Earlier]
) -> None:
    """Propose the campaign into which the tables go; the coordinator may choose another one."""
    own = [
        each for each in list_campaigns(session) if each.closed_at is None and each.id in sight.coordinated
    ]
    ids = {id_of(each) for each in own}
    name = campaign_name_of(draft)[:MAX_CAMPAIGN_CHARACTERS]
    run.campaign_id, run.campaign_name = None, ""
    for other in earlier:
        if other.run.campaign_id in ids:
            run.campaign_id = other.run.campaign_id
            return
        if other.run.campaign_id is None and other.run.campaign_name:
            run.campaign_name = other.run.campaign_name
            return
    known = [find_newest_table(session, table.title) for table in draft.tables]
    run.campaign_id = next((each.campaign_id for each in known if each and each.campaign_id in ids), None)
    if run.campaign_id is None and (
        best := _of_same_year(session, own, draft, name) or _of_same_name(own, name)
    ):
        run.campaign_id = best.id
    if run.campaign_id is None:
        run.campaign_name = name


def propose_titles(session: Session, run: ImportSession, draft: Draft) -> None:
    """Say of each table that its campaign does not know which one it seems to correct, by the rows that say the same."""
    if run.campaign_id is None:
        return
    known = {title_key(each.title): each for each in list_tables(session, run.campaign_id)}
    unknown = [table for table in draft.tables if table.rows and title_key(table.title) not in known]
    free = [each for key, each in known.items() if key not in {title_key(t.title) for t in draft.tables}]
    for table in unknown:
        if (found := _most_alike(session, table, free)) is not None:
            free.remove(found)
            said = {"table": table.number, "headings_at": None, "title": found.title, "by": "", "at": ""}
            run.layouts = [*run.layouts, said]


def list_known_titles(session: Session, campaign_id: int | None) -> list[str]:
    """The titles of the tables that a campaign holds."""
    return [] if campaign_id is None else [each.title for each in list_tables(session, campaign_id)]


def explain_campaign(session: Session, run: ImportSession, draft: Draft) -> str:
    """Why the tables seem to belong to the campaign of the import, in a few words; empty where nothing says so."""
    if run.campaign_id is None:
        return ""
    campaign = get_campaign(session, run.campaign_id)
    if any(each["title"] for each in run.layouts):
        return "内容与其中已导入的表大体相同"
    if any(find_table(session, run.campaign_id, table.title) for table in draft.tables):
        return "这张表以前导入过这一项"
    return "与表名相近" if are_related(campaign.name, campaign_name_of(draft)) else ""


def are_related(one: str, other: str) -> bool:
    """Whether most of what is peculiar to the shorter of two names stands in the other one too; 年度, 工作 or 专项 is in any."""
    first, second = (set(_pairs(text)) for text in (one, other))
    fewer = min(len(first), len(second))
    return fewer > 0 and len(first & second) >= RELATED * fewer


def _of_same_year(session: Session, own: Collection[Campaign], draft: Draft, name: str) -> Campaign | None:
    years = {table.year for table in draft.tables} or {year_of_title(title) for title in titles_of(draft)}
    of_year = [each for each in own if each.year in years]
    found = [each for each in of_year if are_related(each.name, name)] or [
        each for each in of_year if _holds_the_same(session, each, draft)
    ]
    return max(found, key=lambda each: (_likeness(each.name, name), id_of(each)), default=None)


def _holds_the_same(session: Session, campaign: Campaign, draft: Draft) -> bool:
    known = list_tables(session, id_of(campaign))
    return any(_most_alike(session, table, known) for table in draft.tables if table.rows)


def _of_same_name(own: Collection[Campaign], name: str) -> Campaign | None:
    return next((each for each in own if each.name == name), None)


def _likeness(one: str, other: str) -> float:
    """Common pairs of characters, 0 to 1; what stands in any name counts for nothing."""
    first, second = (set(_pairs(text)) for text in (one, other))
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def _pairs(text: str) -> Iterator[str]:
    return (words[place : place + 2] for words in OF_ANY_NAME.split(text) for place in range(len(words) - 1))


def _most_alike(
    session: Session, table: DraftTable, known: Sequence[ResponsibilityTable]
) -> ResponsibilityTable | None:
    texts = {_said(row.title, row.requirement, row.basis) for row in table.rows} - {""}
    best: tuple[int, ResponsibilityTable] | None = None
    for each in known:
        years = {year_of_title(table.title), year_of_title(each.title)} - {None}
        if len(years) > 1:
            continue  # last year's table says much the same
        drafts = [task.draft or {} for task in list_tasks_of_table(session, id_of(each))]
        before = {_said(*(row.get(name) for name in ("title", "requirement", "basis"))) for row in drafts}
        same = len(texts & before)
        is_enough = same >= max(FEWEST_SAME_ROWS, SHARE_OF_SAME_ROWS * min(len(texts), len(before)))
        if is_enough and (best is None or same > best[0]):
            best = (same, each)
    return best[1] if best else None


def _said(*texts: str | None) -> str:
    return "".join("".join((text or "").split()) for text in texts)
