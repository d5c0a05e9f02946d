"""Taking a file in: read first, kept only when it may stay and there is something in it."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

from sqlmodel import Session

from tracker.clock import office_day
from tracker.errors import ValueRefused
from tracker.identity import id_of
from tracker.importers.draft import Draft
from tracker.importers.errors import SourceTooLarge
from tracker.importers.naming import campaign_name_of, why_nothing
from tracker.models import ImportSession
from tracker.queries.campaigns import find_campaign, get_campaign
from tracker.queries.directory import find_newest_table
from tracker.queries.import_sessions import find_written_import
from tracker.queries.sight import Sight
from tracker.services.acting import require_coordinator
from tracker.services.auditing import Actor, record
from tracker.services.import_sessions.deciding import ACT, MAX_CAMPAIGN_CHARACTERS
from tracker.services.import_sessions.reading import ImportReader, is_hopeless

MAX_NAME_CHARACTERS = 255


def begin_import(
    session: Session,
    stream: BinaryIO,
    name: str,
    *,
    reader: ImportReader,
    sight: Sight,
    actor: Actor,
    at: datetime,
) -> ImportSession:
    """Begin an import with a file. Nothing is kept of one that cannot be read, is classified, or holds no table.

    Raises ActRefused, SourceUnreadable (SourceClassified, SourceTooLarge …) or ValueRefused. The caller commits.
    """
    require_coordinator(session, actor, None, ACT)
    assert actor.person_id is not None
    limit = reader.limits.max_bytes
    with reader.files.receive(stream, max_bytes=limit, too_large=lambda: _too_large(name, limit)) as incoming:
        draft = reader.first_draft(session, incoming.data, name, incoming.sha256, today=office_day(at))
        if is_hopeless(draft):
            raise ValueRefused(why_nothing(draft))
        run = ImportSession(
            source_name=name,
            source_sha256=incoming.sha256,
            size=len(incoming.data),
            created_at=at,
            created_by_id=actor.person_id,
            updated_at=at,
            updated_by_id=actor.person_id,
        )
        _propose_place(session, run, draft, sight)
        _carry_decisions_over(session, run)
        incoming.keep()
    session.add(run)
    session.flush()
    record(
        session,
        kind="import.begin",
        actor=actor,
        at=at,
        subject="import",
        subject_id=id_of(run),
        data={"source": draft.source.to_json()},
    )
    return run


def _propose_place(session: Session, run: ImportSession, draft: Draft, sight: Sight) -> None:
    """The campaign into which a table of this title went last, if it is the coordinator's; else one to be opened."""
    for table in draft.tables:
        known = find_newest_table(session, table.title)
        is_his = known is not None and known.campaign_id in sight.coordinated
        if known is not None and is_his and get_campaign(session, known.campaign_id).closed_at is None:
            run.campaign_id = known.campaign_id
            return
    name = campaign_name_of(draft)[:MAX_CAMPAIGN_CHARACTERS]
    known_campaign = find_campaign(session, name)
    if known_campaign is not None and known_campaign.id in sight.coordinated and not known_campaign.closed_at:
        run.campaign_id = known_campaign.id
    else:
        run.campaign_name = name


def _carry_decisions_over(session: Session, run: ImportSession) -> None:
    """Take up what was decided when this very file was written before: importing it again must change nothing.

    A corrected file is another one, whose cells may stand elsewhere: there the differences show what was edited.
    """
    if run.campaign_id is None:
        return
    earlier = find_written_import(session, run.source_sha256, run.campaign_id)
    if earlier is not None:
        run.year = earlier.year
        for decisions in ("columns", "excluded", "edits", "names", "notes"):
            setattr(run, decisions, [dict(each) for each in getattr(earlier, decisions)])


def _too_large(name: str, limit: int) -> SourceTooLarge:
    return SourceTooLarge(
        f"文件“{name}”超过上限{limit / 1024 / 1024:g} MB，请删去图片等无关内容，另存后再导入。"
    )
