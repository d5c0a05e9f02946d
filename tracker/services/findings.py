"""Settling what an import found, and confirming that two spellings of a name are one person."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from tracker.errors import ActRefused, NotFound, ValueRefused
from tracker.identity import id_of
from tracker.importers.spellings import name_key
from tracker.models import ImportFinding, Person, ResponsibilityTable
from tracker.queries.people import get_person
from tracker.services.acting import require_coordinator
from tracker.services.auditing import Actor, record
from tracker.services.people import add_alias, deactivate_person, hand_over
from workflows.kernel import Unmet

_SETTLE, _MERGE = "处理导入问题", "合并同一人的两种写法"


class FindingNotFound(NotFound):
    noun = "导入问题"


def settle_finding(
    session: Session, finding_id: int, *, note: str, actor: Actor, at: datetime
) -> ImportFinding:
    """Say what was done about a finding; an error no longer keeps its task from being issued. The caller commits.

    Raises FindingNotFound, ValueRefused without a note, ActRefused where it is settled already.
    """
    finding = session.get(ImportFinding, finding_id, populate_existing=True, with_for_update=True)
    if finding is None:
        raise FindingNotFound(finding_id)
    table = session.get_one(ResponsibilityTable, finding.table_id)
    require_coordinator(session, actor, table.campaign_id, _SETTLE)
    if not note.strip():
        raise ValueRefused("处理导入问题须写明处理结果（例如“已核对，日期无误”）。")
    if finding.settled_at is not None:
        raise ActRefused(_SETTLE, [Unmet("already-settled", f"这个问题已经处理：{finding.settlement}")])
    finding.settled_at, finding.settled_by_id, finding.settlement = at, actor.person_id, note.strip()
    session.add(finding)
    record(
        session,
        kind="finding.settle",
        actor=actor,
        at=at,
        subject="finding",
        subject_id=finding.id,
        task_id=finding.task_id,
        data={"code": finding.code, "message": finding.message, "note": note.strip()},
    )
    return finding


def merge_spellings(
    session: Session, *, from_person_id: int, to_person_id: int, actor: Actor, at: datetime
) -> Person:
    """Confirm that two people of the register are one, entered under two spellings: the first ends in the second.

    Everything of the first is handed over, his spelling leads to the second from now on, and he is deactivated.
    Raises ValueRefused unless the names differ in their form only (白聖豪 / 白圣豪). The caller commits.
    """
    one, other = get_person(session, from_person_id), get_person(session, to_person_id)
    if one.id == other.id or one.name == other.name or name_key(one.name) != name_key(other.name):
        raise ValueRefused(
            f"“{one.name}”和“{other.name}”不是同一姓名的繁简两种写法，不能合并；确需换人的，请用移交。"
        )
    require_coordinator(session, actor, None, _MERGE)
    hand_over(session, from_person_id=id_of(one), to_person_id=id_of(other), actor=actor, at=at)
    add_alias(session, id_of(other), name=one.name, actor=actor, at=at)
    deactivate_person(session, id_of(one), actor=actor, at=at)
    return other
