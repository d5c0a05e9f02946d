"""提交材料: files for one deliverable, or for all that a task still owes, in one form.

The form has a field of files for each deliverable, so that nobody needs scripts to say what is for what.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from tracker.errors import ActRefused
from tracker.identity import id_of, is_possible_id
from tracker.queries.evidence import DeliverableNotFound, list_deliverables
from tracker.queries.served import SharedList, get_served_tasks, holder_of
from tracker.queries.sight import get_visible_task
from tracker.services.evidence import hand_in_content
from tracker.services.evidence_duties import handing_in_unmet
from web.access import Who, allow
from web.desk import Desk, own_path
from web.forms import InputRefused
from web.opening import PageRouter
from web.streaming import MOST_FILES, Received, ReceivedFile, UploadDesk, Uploading
from web.task_desk import TaskDesk, TaskPage
from web.task_view import occurrence_choices, task_view
from workflows.kernel import Unmet

router = PageRouter(prefix="/tasks/{task_id:int}")
FIELD = "deliverable-"


@router.get("/hand-in", dependencies=[allow(Who.SIGNED_IN)])
def show_hand_in(page: TaskPage) -> Response:
    desk = page.desk
    rows, acts = page.read()
    view = task_view(rows, acts, today=desk.today, rules=desk.house.rules)
    return desk.page(
        "task/hand_in.html",
        task=page.task,
        rows=rows,
        view=view,
        offered=view.to_hand_in,
        refused=next((each.hand_in for each in view.deliverables if not each.hand_in.is_allowed), None),
        occurrences=view.occurrences,
        occurrence_choices=occurrence_choices,
        back=own_path(desk.request.query_params.get("back", "")),
        FIELD=FIELD,
        MOST_FILES=MOST_FILES,
    )


@router.post("/files", dependencies=[allow(Who.SIGNED_IN)])
async def hand_in_several(upload: Uploading, task_id: int) -> Response:
    received = await upload.receive(lambda: _require_may_hand_in(upload, task_id, None))
    sent = [(deliverable_of(file), file) for file in received.files]
    return await run_in_threadpool(_enter, upload, received, task_id, sent)


@router.post("/deliverables/{deliverable_id:int}/files", dependencies=[allow(Who.SIGNED_IN)])
async def hand_in_files(upload: Uploading, task_id: int, deliverable_id: int) -> Response:
    received = await upload.receive(lambda: _require_may_hand_in(upload, task_id, deliverable_id))
    sent = [(deliverable_id, file) for file in received.files]
    return await run_in_threadpool(_enter, upload, received, task_id, sent)


def occurrence_of(act: TaskDesk) -> int | None:
    """The occurrence of a series that the material belongs to, where one was named."""
    milestone_id = act.desk.form.optional_whole("milestone_id", "所属期次")
    return None if milestone_id is None else act.milestone(milestone_id).id


def deliverable_of(file: ReceivedFile) -> int:
    """The deliverable whose field of the form the file came in."""
    number = file.field.removeprefix(FIELD)
    if not (number.isascii() and number.isdecimal() and len(number) < 11 and is_possible_id(int(number))):
        raise InputRefused(file.field[:40], f"“{file.name}”没有指明是哪一项成果的材料。")
    return int(number)


def _require_may_hand_in(upload: UploadDesk, task_id: int, deliverable_id: int | None) -> None:
    """Raise what handing in would be refused with, before anything is taken in; it is the same for a whole list."""

    def ask(desk: Desk) -> None:
        task = get_visible_task(desk.session, desk.visitor.sight, task_id)
        if deliverable_id is None:
            deliverable = next(iter(list_deliverables(desk.session, task)), None)
            if deliverable is None:
                raise ActRefused("提交材料", [Unmet("no-deliverable", "这项任务没有要求提交成果")])
        else:
            deliverable = TaskDesk(desk, task).deliverable(deliverable_id)
        holder = holder_of(task, SharedList.DELIVERABLES)
        served = get_served_tasks(desk.session, holder, SharedList.DELIVERABLES)
        if unmet := handing_in_unmet(served, deliverable, desk.actor):
            raise ActRefused("提交材料", unmet)

    upload.with_desk(ask, is_writing=False)


def _enter(
    upload: UploadDesk, received: Received, task_id: int, sent: Sequence[tuple[int, ReceivedFile]]
) -> Response:
    """Hand everything in, or nothing."""
    if not sent:
        raise InputRefused("file", "请先选择要提交的文件。")
    answers: list[Response] = []

    def act(desk: Desk) -> None:
        at_task = TaskDesk(desk, get_visible_task(desk.session, desk.visitor.sight, task_id))
        hand_in_all(at_task, sent)
        answers.append(at_task.done(_words(sent), _place(sent)))

    upload.with_desk(act, received.form, is_writing=True)
    return answers[0]


def hand_in_all(
    at_task: TaskDesk, sent: Sequence[tuple[int, ReceivedFile]], *, is_backfilled: bool = False
) -> None:
    """Hand each file in for its deliverable. Raises DeliverableNotFound for one that is not on the task's list."""
    desk = at_task.desk
    known = {id_of(each) for each in list_deliverables(desk.session, at_task.task)}
    for deliverable_id, file in sent:
        if deliverable_id not in known:
            raise DeliverableNotFound(deliverable_id)
        hand_in_content(
            desk.session,
            [deliverable_id],
            file.content,
            name=file.name,
            actor=desk.actor,
            at=desk.at,
            milestone_id=occurrence_of(at_task),
            is_backfilled=is_backfilled,
        )


def _words(sent: Sequence[tuple[int, ReceivedFile]]) -> str:
    if len(sent) > 3:
        return f"已提交{len(sent)}个文件，等待审核。"
    return f"已提交{'、'.join(f'“{file.name}”' for _, file in sent)}，等待审核。"


def _place(sent: Sequence[tuple[int, ReceivedFile]]) -> str:
    first = {deliverable_id for deliverable_id, _ in sent}
    return f"deliverable-{first.pop()}" if len(first) == 1 else "deliverables"
