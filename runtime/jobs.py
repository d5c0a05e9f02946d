"""What a tick does. As thin as a route: ask the clock, open a transaction, call what decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from notifications.delivering import DeliveryOutcome, deliver_due
from notifications.reports import queue_weekly_reports as queue_reports
from notifications.rounds import RoundOutcome, RoundState, run_round
from notifications.webhook_delivery import WebhookOutcome
from notifications.webhook_delivery import deliver_webhooks as deliver_events
from notifications.webhook_targets import Reach
from runtime import doorkeeping, heartbeats
from runtime.bootstrap import Application
from runtime.channels import LoggedChannel, create_channel
from runtime.console import parked_dir_of
from runtime.doorkeeping import DoorKept
from runtime.logging import get_logger
from tracker import clock
from tracker.clock import OFFICE_ZONE
from tracker.parked_files import ParkedFiles
from tracker.services.evidence import sweep_evidence as sweep_store
from tracker.services.import_sessions.ending import discard_idle_imports

log = get_logger(__name__)


@dataclass(frozen=True)
class Reminding:
    """What one round wrote, and what became of the outbox."""

    round: RoundOutcome
    delivery: DeliveryOutcome


def real_now() -> datetime:
    """The clock on the wall, for the scheduler: it ticks on while a rehearsal's clock stands still."""
    return datetime.now(OFFICE_ZONE)


def beat(application: Application) -> None:
    """Say that this worker lives."""
    with application.writing() as session:
        heartbeats.beat(session, worker=heartbeats.this_worker(), at=clock.now())


def run_reminders(application: Application) -> Reminding:
    """Write what is owed, in one transaction; then deliver what is in the outbox.

    Outside office hours neither: what waits for another try waits for the next working moment as well.
    """
    at = clock.now()
    with application.writing() as session:
        written = run_round(
            session,
            at=at,
            policy=application.reminder_policy,
            hours=application.office_hours,
            calendar=application.calendar(session),
            console_url=application.settings.console_url,
        )
    if written.letters:
        log.info("已生成提醒", letters=written.letters)
    if written.state is RoundState.CLOSED:
        return Reminding(written, DeliveryOutcome())
    return Reminding(written, deliver(application, at=at))


def queue_weekly_reports(application: Application) -> int:
    """Post last week's reports where they are owed and were not posted; returns how many letters."""
    at = clock.now()
    with application.writing() as session:
        posted = queue_reports(
            session,
            at=at,
            rules=application.rules,
            calendar=application.calendar(session),
            hours=application.office_hours,
            console_url=application.settings.console_url,
            standing_silent_days=application.policy.signing.standing_silent_days,
        )
    if posted:
        log.info("已生成每周通报", letters=posted)
    return posted


def keep_door(application: Application) -> DoorKept:
    """End sessions whose time is over, and delete records of the door that were kept long enough."""
    kept = doorkeeping.keep_door(application)
    if kept.sessions or kept.records:
        log.info("已清理登录会话和过期登录日志", sessions=kept.sessions, records=kept.records)
    return kept


def discard_imports(application: Application) -> int:
    """Discard imports that nobody has touched for thirty days, with their files; returns how many."""
    with application.writing() as session:
        count = discard_idle_imports(session, ParkedFiles(parked_dir_of(application)), at=clock.now())
    if count:
        log.info("已清理三十天未动的导入", imports=count)
    return count


def sweep_evidence(application: Application) -> int:
    """Delete contents that belong to nothing, and broken uploads, once they are a day old; returns how many contents.

    By the clock on the wall, which is the one that files are dated by: a rehearsal's clock, a year ahead, would
    take away what is being handed in at this moment.
    """
    with application.reading() as session:
        swept = sweep_store(session, application.store, at=real_now())
    if swept:
        log.info("已清理无人引用的材料文件", files=len(swept))
    return len(swept)


def deliver(application: Application, *, at: datetime) -> DeliveryOutcome:
    """Deliver everything that is due in the outbox; what fails waits for its next try, on record."""
    outcome = application.ending.run(
        deliver_due(
            application.engine,
            LoggedChannel(create_channel(application.settings)),
            at=at,
            worker=heartbeats.this_worker(),
            is_ending=lambda: application.ending.is_told,
        )
    )
    if outcome.sent:
        log.info("已投递", letters=outcome.sent)
    for error in outcome.errors:
        log.warning("投递失败", error=error)
    return outcome


def deliver_webhooks(application: Application) -> WebhookOutcome:
    """Tell other programs what happened, by the clock on the wall: receivers look at the time of a signature."""
    outcome = deliver_events(
        application.engine,
        at=real_now().astimezone(UTC),
        worker=heartbeats.this_worker(),
        reach=Reach(application.settings.webhook_reach),
        run=application.ending.run,
        is_ending=lambda: application.ending.is_told,
    )
    if outcome.delivered:
        log.info("已推送事件", deliveries=outcome.delivered)
    for error in outcome.errors:
        log.warning("推送事件失败", error=error)
    return outcome
