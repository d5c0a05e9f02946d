"""What the demo's people do: each act looks up who has the part now, and calls one service."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from runtime.demo.papers import write_note, write_pdf
from runtime.demo.stage import Scene
from tracker.archive import build_package, record_package
from tracker.clock import office_day
from tracker.identity import id_of
from tracker.models import Milestone
from tracker.queries.evidence import list_deliverables, list_evidence
from tracker.queries.findings import list_findings
from tracker.queries.instructions import list_instructions
from tracker.queries.milestones import list_extensions, list_milestones
from tracker.queries.parts import get_campaign_parts, get_parts
from tracker.services import events, evidence, extensions, instructions, lifecycle, milestones
from tracker.services.auditing import Actor
from tracker.services.deductions import record_deduction
from tracker.services.findings import settle_finding
from tracker.services.people import appoint, hand_over
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.roles import Role
from workflows.task import TaskTrigger


def move_task(
    task_id: int,
    trigger: TaskTrigger,
    role: Role,
    scene: Scene,
    *,
    reason: str | None = None,
    is_on_paper: bool = False,
) -> None:
    task = scene.task(task_id)
    actor = scene.actor(task_id, role, submitted_by=task.submitted_by_id)
    if is_on_paper:
        recorder = scene.actor(task_id, Role.COORDINATOR)
        actor = Actor(actor.person_id, actor.name, recorder.person_id, recorder.name)
    lifecycle.move_task(
        scene.session,
        task_id,
        trigger,
        actor=actor,
        at=scene.at,
        rules=scene.application.rules,
        reason=reason,
        calendar=scene.calendar,
    )


def report_step(task_id: int, milestone_id: int, scene: Scene) -> None:
    owner = scene.actor(task_id, Role.OWNER)
    milestones.report_milestone(
        scene.session, milestone_id, note="已按要求完成，材料随附。", actor=owner, at=scene.at
    )


def _reviewer(scene: Scene, task_id: int, milestone_id: int) -> Actor:
    milestone = scene.session.get_one(Milestone, milestone_id)
    return scene.actor(task_id, Role.REVIEWER, submitted_by=milestone.reported_by_id)


def confirm_step(task_id: int, milestone_id: int, scene: Scene) -> None:
    reviewer = _reviewer(scene, task_id, milestone_id)
    milestones.confirm_milestone(scene.session, milestone_id, actor=reviewer, at=scene.at)


def return_step(task_id: int, milestone_id: int, scene: Scene) -> None:
    reviewer = _reviewer(scene, task_id, milestone_id)
    milestones.return_milestone(
        scene.session,
        milestone_id,
        reason="只有征求意见稿，没有正式印发，请补正后再报。",
        actor=reviewer,
        at=scene.at,
    )


def ask_for_longer(task_id: int, milestone_id: int, longer: date, scene: Scene) -> None:
    extensions.request_extension(
        scene.session,
        milestone_id,
        to_due_on=longer,
        reason="招标公告期延长，设备到货推迟。",
        actor=scene.actor(task_id, Role.OWNER),
        at=scene.at,
    )


def answer_request(task_id: int, milestone_id: int, scene: Scene) -> None:
    request = id_of(list_extensions(scene.session, milestone_id)[-1])
    leader = scene.actor(task_id, Role.LEADER)
    extensions.grant_extension(scene.session, request, actor=leader, at=scene.at, reason="同意，不再延。")


def finish_steps(task_id: int, scene: Scene) -> None:
    """Report and confirm, ahead of time, whatever step is still open."""
    for step in list_milestones(scene.session, scene.task(task_id)):
        if step.kind is MilestoneKind.STEP and step.state is MilestoneState.PENDING:
            report_step(task_id, id_of(step), scene)
        if step.kind is MilestoneKind.STEP and step.state is MilestoneState.REPORTED:
            confirm_step(task_id, id_of(step), scene)


def hand_in_everything(task_id: int, scene: Scene) -> None:
    for deliverable in list_deliverables(scene.session, scene.task(task_id)):
        _hand_in(task_id, id_of(deliverable), f"{deliverable.number}.{deliverable.text}", scene)


def _hand_in(task_id: int, deliverable_id: int, title: str, scene: Scene) -> None:
    task = scene.task(task_id)
    lines = [
        f"任务：{task.title}",
        f"材料：{title}",
        f"日期：{scene.at:%Y年%m月%d日}",
        "本材料为演示用，内容是虚构的。",
    ]
    write = write_note if deliverable_id % 3 == 0 else write_pdf
    name = "".join(each for each in title if each.isalnum() or each in ".-")[:40]
    evidence.hand_in_file(
        scene.session,
        scene.application.store,
        [deliverable_id],
        write(scene.folder, name, lines),
        actor=scene.actor(task_id, Role.OWNER),
        at=scene.at,
    )


def accept_everything(task_id: int, scene: Scene) -> None:
    task = scene.task(task_id)
    reviewer = scene.actor(task_id, Role.REVIEWER, submitted_by=task.submitted_by_id)
    for _, piece in list_evidence(scene.session, task):
        evidence.accept_evidence(scene.session, id_of(piece), actor=reviewer, at=scene.at)


def hand_in_some(task_id: int, scene: Scene) -> None:
    """Two pieces: one is accepted, the other one rejected."""
    wanted = list_deliverables(scene.session, scene.task(task_id))[:2]
    for deliverable in wanted:
        _hand_in(task_id, id_of(deliverable), f"{deliverable.number}.{deliverable.text}", scene)
    handed_in = [id_of(piece) for _, piece in list_evidence(scene.session, scene.task(task_id))]
    reviewer = scene.actor(task_id, Role.REVIEWER, submitted_by=scene.actor(task_id, Role.OWNER).person_id)
    for number, evidence_id in enumerate(handed_in):
        if number % 2 == 0:
            evidence.accept_evidence(scene.session, evidence_id, actor=reviewer, at=scene.at)
        else:
            evidence.reject_evidence(
                scene.session, evidence_id, reason="扫描件看不清，请重新提交。", actor=reviewer, at=scene.at
            )


def instruct_task(task_id: int, text: str, scene: Scene) -> None:
    leader = scene.actor(task_id, Role.LEADER)
    instructions.give_instruction(scene.session, task_id, text=text, actor=leader, at=scene.at)


def acknowledge(task_id: int, scene: Scene) -> None:
    given = id_of(list_instructions(scene.session, task_id)[-1])
    owner = scene.actor(task_id, Role.OWNER)
    instructions.acknowledge_instruction(scene.session, given, actor=owner, at=scene.at)


def urge_task(task_id: int, text: str, scene: Scene) -> None:
    instructions.urge_task(
        scene.session, task_id, text=text, actor=scene.actor(task_id, Role.EXPEDITER), at=scene.at
    )


def settle_import(scene: Scene, task_ids: Sequence[int]) -> None:
    """The coordinator goes through what the import asked: appoints who is missing, and says what he did."""
    for task_id in task_ids:
        coordinator = scene.actor(task_id, Role.COORDINATOR)
        parts = get_parts(scene.session, scene.task(task_id))
        anybody = next(iter((*parts.expediters, *parts.owners)), None)
        for role, holders in ((Role.OWNER, parts.owners), (Role.EXPEDITER, parts.expediters)):
            if not holders and anybody is not None:
                appoint(scene.session, task_id, person_id=anybody, role=role, actor=coordinator, at=scene.at)
        for finding in list_findings(scene.session, task_id=task_id, only_open=True):
            settle_finding(
                scene.session,
                id_of(finding),
                note="已与科室核对，按现有内容办理。",
                actor=coordinator,
                at=scene.at,
            )


def record_event(campaign_id: int, name: str, scene: Scene) -> None:
    coordinator = scene.person(get_campaign_parts(scene.session, campaign_id).coordinators[0])
    events.record_event(
        scene.session,
        campaign_id=campaign_id,
        name=name,
        on=office_day(scene.at),
        actor=coordinator,
        at=scene.at,
        calendar=scene.calendar,
    )


def deduct_points(task_id: int, points: float, scene: Scene) -> None:
    record_deduction(
        scene.session,
        task_id,
        on=office_day(scene.at),
        points=points,
        note="现场抽查发现一次不规范。",
        actor=scene.actor(task_id, Role.EXPEDITER),
        at=scene.at,
    )


def hand_over_everything(task_ids: Sequence[int], scene: Scene) -> None:
    """One owner leaves; whoever keeps an eye on his task takes over all that he had."""
    for task_id in task_ids:
        leaving, taking = scene.actor(task_id, Role.OWNER), scene.actor(task_id, Role.EXPEDITER)
        if leaving.person_id is None or taking.person_id in (None, leaving.person_id):
            continue
        hand_over(
            scene.session,
            from_person_id=leaving.person_id,
            to_person_id=taking.person_id,
            actor=scene.actor(task_id, Role.COORDINATOR),
            at=scene.at,
        )
        return


def archive_task(task_id: int, folder: Path, scene: Scene) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    coordinator = scene.actor(task_id, Role.COORDINATOR)
    path = folder / f"任务{task_id}_归档材料.zip"
    built = build_package(scene.session, scene.application.store, task_id, out=path, actor=coordinator)
    record_package(scene.session, built, actor=coordinator, at=scene.at)
    lifecycle.move_task(
        scene.session,
        task_id,
        TaskTrigger.ARCHIVE,
        actor=coordinator,
        at=scene.at,
        rules=scene.application.rules,
        package=built.verified,
    )
