"""审核: everything of one task that waits for the visitor's review, on one page and in one form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from tracker.identity import id_of, is_possible_id
from tracker.models import Deliverable, EvidenceState
from tracker.queries.task_page import TaskRows
from tracker.services.possibilities import Act, Possibilities
from tracker.services.reviewing import Reviewed, Verdict, give_verdicts
from web.access import Who, allow
from web.desk import own_path
from web.forms import InputRefused
from web.opening import PageRouter
from web.task_desk import TaskAct, TaskDesk, TaskPage
from web.task_view import FileView, StepView, TaskView, task_view
from workflows.kernel import Unmet
from workflows.milestone import MilestoneState

router = PageRouter(prefix="/tasks/{task_id:int}/review")
GOOD, BACK = "good", "back"
REASON_CHARACTERS = 2000


@dataclass(frozen=True)
class Paper:
    """A file or link that waits, and the deliverable that it is for."""

    deliverable: Deliverable
    file: FileView

    def settles(self, condition: Unmet) -> bool:
        """Whether accepting it meets a condition of the task's approval."""
        label = f"第{self.deliverable.number}项成果“{self.deliverable.text}”"
        return condition.code == "unaccepted-evidence" and condition.message.startswith(label)


@dataclass(frozen=True)
class Waiting:
    """What waits for this reviewer. `approval` is None where the task itself does not.

    `obstacles` keep the task from approval whatever is accepted here.
    """

    steps: Sequence[StepView]
    papers: Sequence[Paper]
    approval: Act | None
    obstacles: Sequence[str]

    @property
    def count(self) -> int:
        return len(self.steps) + len(self.papers) + (self.approval is not None)


@router.get("", dependencies=[allow(Who.SIGNED_IN)])
def show_review(page: TaskPage) -> Response:
    desk = page.desk
    rows, acts = page.read()
    view = task_view(rows, acts, today=desk.today, rules=desk.house.rules)
    return desk.page(
        "task/review.html",
        task=page.task,
        rows=rows,
        view=view,
        waiting=_waiting(rows, acts, view),
        back=own_path(desk.request.query_params.get("back", "")),
        REASON_CHARACTERS=REASON_CHARACTERS,
    )


@router.post("", dependencies=[allow(Who.SIGNED_IN)])
def review(act: TaskAct) -> Response:
    desk = act.desk
    verdicts = list(_verdicts(act))
    if not verdicts:
        raise InputRefused("verdict", "还没有对任何一项作出审核意见，请至少选择一项“通过”或者“退回”。")
    give_verdicts(
        desk.session,
        verdicts,
        actor=desk.actor,
        at=desk.at,
        rules=desk.house.rules,
        expected_version=act.version,
    )
    counts = Counter(verdict.is_good for verdict in verdicts)
    said = [f"{word} {counts[key]} 项" for key, word in ((True, "通过"), (False, "退回")) if counts[key]]
    return act.done(f"“{act.task.title[:40]}”已审核：{'，'.join(said)}。")


def _waiting(rows: TaskRows, acts: Possibilities, view: TaskView) -> Waiting:
    triggers = {act.name: act for act in acts.triggers}
    approve, send_back = triggers.get("approve"), triggers.get("send_back")
    is_his = approve is not None and send_back is not None and send_back.is_allowed
    unmet = approve.unmet if approve is not None and is_his else ()
    papers = [
        Paper(each.row, file)
        for each in view.deliverables
        for file in each.files
        if file.row.state is EvidenceState.SUBMITTED and any(act.name == "accept" for act in file.allowed)
    ]
    return Waiting(
        steps=[
            step
            for step in view.steps
            if step.row.state is MilestoneState.REPORTED
            and any(act.name == "confirm" and act.is_allowed for act in step.acts)
        ],
        papers=papers,
        approval=approve if is_his else None,
        obstacles=[each.message for each in unmet if not any(paper.settles(each) for paper in papers)],
    )


def _verdicts(act: TaskDesk) -> Iterator[Verdict]:
    """What the form says of each thing on it; of what it leaves open, nothing."""
    for field, value in act.desk.form.items():
        name, _, number = field.partition("-")
        if value not in (GOOD, BACK) or name not in set(Reviewed) or not number.isascii():
            continue
        if not number.isdecimal() or len(number) > 10 or not is_possible_id(int(number)):
            continue
        reason = act.desk.form.optional_text(f"{field}-reason", "退回理由", limit=REASON_CHARACTERS) or ""
        yield _verdict(act, Reviewed(name), int(number), value == GOOD, reason)


def _verdict(act: TaskDesk, subject: Reviewed, number: int, is_good: bool, reason: str) -> Verdict:
    """Raises MilestoneNotFound or EvidenceNotFound for what does not belong to the task."""
    match subject:
        case Reviewed.MILESTONE:
            name = f"节点“{act.milestone(number).text}”"
        case Reviewed.EVIDENCE:
            name = f"材料“{act.evidence(number).name}”"
        case Reviewed.TASK:
            number, name = id_of(act.task), "任务"
    return Verdict(subject, number, name, is_good, reason)
