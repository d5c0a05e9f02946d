"""Writing a comment (留言) on a task.

The trail says who wrote, when, how much, and the SHA-256 of the words; the words themselves stand in the comment
alone. So one that names somebody it should not can be blanked, and the chain still proves what was written.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from tracker.errors import ActRefused
from tracker.identity import id_of
from tracker.models import Comment, Task
from tracker.queries.locking import lock_task
from tracker.queries.sight import Sight, may_see_task, sight_of
from tracker.services.auditing import Actor, record
from workflows.kernel import Unmet
from workflows.task import TaskState

MOST_CHARACTERS = 2000
_ACT = "留言"


def write_comment(session: Session, task_id: int, *, text: str, actor: Actor, at: datetime) -> Comment:
    """Keep what somebody says of a task that he may see. The caller commits.

    Who only audits reads everything and writes nothing. Raises TaskNotFound, or ActRefused with everything unmet.
    """
    task = lock_task(session, task_id)
    words = text.strip()
    is_part = actor.person_id is not None and takes_part(session, task, sight_of(session, actor.person_id))
    if unmet := [*comment_unmet(task, actor, takes_part=is_part), *_text_unmet(words)]:
        raise ActRefused(_ACT, unmet)
    assert actor.person_id is not None  # somebody who may see the task
    comment = Comment(task_id=task_id, author_id=actor.person_id, text=words, written_at=at)
    session.add(comment)
    session.flush()
    record(
        session,
        kind="comment.write",
        actor=actor,
        at=at,
        subject="comment",
        subject_id=id_of(comment),
        task_id=task_id,
        data={"characters": len(words), "sha256": hashlib.sha256(words.encode()).hexdigest()},
    )
    return comment


def comment_unmet(task: Task, actor: Actor, *, takes_part: bool) -> list[Unmet]:
    """What keeps the actor from writing on the task."""
    unmet = []
    if actor.recorded_by_id is not None:
        unmet.append(Unmet("not-recordable", "留言不能代录，请由本人书写"))
    if not takes_part:
        unmet.append(Unmet("wrong-role", "留言须由本任务的办理人员、协调员或者责任单位的人员书写"))
    if task.state is TaskState.ARCHIVED:
        unmet.append(Unmet("wrong-state", "任务已经归档，不能再留言"))
    return unmet


def takes_part(session: Session, task: Task, sight: Sight) -> bool:
    """Whether somebody sees the task otherwise than as an auditor."""
    if sight.audited:
        sight = replace(sight, audited=frozenset(), sees_all=False)
    return may_see_task(session, sight, task)


def _text_unmet(words: str) -> list[Unmet]:
    if not words:
        return [Unmet("missing-text", "留言须写明内容")]
    if len(words) > MOST_CHARACTERS:
        return [Unmet("too-long", f"留言最多{MOST_CHARACTERS}个字，现在有{len(words)}个字，请精简")]
    return []
