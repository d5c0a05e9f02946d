"""Taking a file in: read first, kept only when it may stay and there is something in it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import BinaryIO

from sqlmodel import Session

from tracker.clock import office_day
from tracker.errors import ValueRefused
from tracker.identity import id_of
from tracker.importers.errors import SourceTooLarge
from tracker.importers.naming import why_nothing
from tracker.models import ImportSession
from tracker.queries.sight import Sight
from tracker.services.acting import require_coordinator
from tracker.services.auditing import Actor, record
from tracker.services.import_sessions.carrying import carry_over
from tracker.services.import_sessions.deciding import ACT
from tracker.services.import_sessions.earlier import list_earlier
from tracker.services.import_sessions.placing import propose_campaign, propose_titles
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
    today = office_day(at)
    with reader.files.receive(stream, max_bytes=limit, too_large=lambda: _too_large(name, limit)) as incoming:
        run = ImportSession(
            source_name=name,
            source_sha256=incoming.sha256,
            size=len(incoming.data),
            created_at=at,
            created_by_id=actor.person_id,
            updated_at=at,
            updated_by_id=actor.person_id,
        )
        draft = reader.first_draft(session, run, incoming.data, today=today)
        if is_hopeless(draft):
            raise ValueRefused(why_nothing(draft))
        earlier = list_earlier(session, run, draft, reader=reader, sight=sight, today=today)
        propose_campaign(session, run, draft, sight=sight, earlier=earlier)
        propose_titles(session, run, draft)
        take_up_earlier(session, run, reader=reader, sight=sight, today=today)
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


def take_up_earlier(
    session: Session,
    run: ImportSession,
    *,
    reader: ImportReader,
    sight: Sight,
    today: date,
    tables: Collection[int] | None = None,
) -> None:
    """Decide what was decided when these tables were imported into the same campaign before, the same file or another one."""
    bare = reader.bare_draft(session, run, today=today)
    earlier = [
        each
        for each in list_earlier(session, run, bare, reader=reader, sight=sight, today=today)
        if (each.run.campaign_id, each.run.campaign_name) == (run.campaign_id, run.campaign_name)
    ]
    carry_over(session, run, earlier, reader=reader, today=today, tables=tables)


def _too_large(name: str, limit: int) -> SourceTooLarge:
    return SourceTooLarge(
        f"文件“{name}”超过上限{limit / 1024 / 1024:g} MB，请删去图片等无关内容，另存后再导入。"
    )
