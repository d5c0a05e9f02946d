"""Telling webhooks of events: claim, post, mark. What fails waits a growing while, and is given up on record.

At least once: a worker that dies between posting and marking leaves its deliveries to the next one, who posts them
under the same Webhook-Id. No redirect is followed and no proxy asked: what was resolved is what is posted to.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

from notifications.retrying import RetryPlan
from notifications.webhook_signing import signed_headers
from notifications.webhook_targets import Reach, TargetRefused, resolve
from tracker.database import read_session, write_session
from tracker.identity import id_of
from tracker.models import AuditEvent, DeliveryState, WebhookDelivery
from tracker.queries.timeline import label_event
from tracker.queries.webhooks import Claimed, claim_deliveries, has_delivery_due, list_claimed
from tracker.services.webhooks import is_queueing_due, queue_deliveries

if TYPE_CHECKING:
    import httpx2

LEASE = timedelta(minutes=10)
BATCH = 50
TIMEOUT_SECONDS = 10.0
SCHEMA = "dingban.event/1"
USER_AGENT = "dingban-webhook/1"


class PostFailed(Exception):
    """An event could not be told, with a sentence for whoever looks after the installation."""


@dataclass
class WebhookOutcome:
    """What became of one round: how many deliveries were written down, told, put off and given up."""

    queued: int = 0
    delivered: int = 0
    put_off: int = 0
    abandoned: int = 0
    errors: list[str] = field(default_factory=list)


def wall_clock() -> datetime:
    return datetime.now(UTC)


def deliver_webhooks(
    engine: Engine,
    *,
    at: datetime,
    worker: str,
    reach: Reach = Reach.INTRANET,
    plan: RetryPlan | None = None,
    timeout: float = TIMEOUT_SECONDS,
    now: Callable[[], datetime] = wall_clock,
    run: Callable[[Coroutine[Any, Any, None]], None] = asyncio.run,
    is_ending: Callable[[], bool] = lambda: False,
) -> WebhookOutcome:
    """Write down what is owed to webhooks and post what may be tried at `at`. Never raises for one that fails.

    `timeout` are seconds for one post as a whole; `now` is asked for the time that a signature carries. Posts are
    awaited by `run`, which may raise where the process ends; no others are begun once `is_ending` says so.
    """
    outcome = WebhookOutcome()
    with read_session(engine) as session:
        is_behind = is_queueing_due(session)
    if is_behind:
        with write_session(engine) as session:
            outcome.queued = queue_deliveries(session, at=at)
    this_round = _Round(engine, at, worker, reach, plan or RetryPlan(), timeout, now, outcome)
    while not is_ending() and (batch := this_round.claim()):
        run(this_round.post_all(batch))
        if outcome.put_off + outcome.abandoned:
            break  # somebody does not listen: the next tick goes on
    return outcome


def message_of(claimed: Claimed) -> tuple[str, bytes]:
    """The Webhook-Id and the body: the same on every try. Ids and the names that the trail holds, nothing more."""
    event = claimed.event
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "id": event.id,
        "kind": event.kind,
        "label": label_event(event.kind),
        "at": event.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "campaign_id": _campaign_of(claimed),
        "task_id": event.task_id,
        "subject": event.subject,
        "subject_id": event.subject_id,
        "actor": {"id": event.actor_id, "name": event.actor_name},
        "recorded_by": _recorder(event),
    }
    return f"event-{event.id}", json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _campaign_of(claimed: Claimed) -> int | None:
    is_of_campaign = claimed.event.subject == "campaign"
    return claimed.event.subject_id if is_of_campaign else claimed.campaign_id


def _recorder(event: AuditEvent) -> dict[str, Any] | None:
    if event.recorded_by_id is None:
        return None
    return {"id": event.recorded_by_id, "name": event.recorded_by_name}


@dataclass
class _Round:
    """One round. Webhooks are served beside each other, the deliveries of one after each other."""

    engine: Engine
    at: datetime
    worker: str
    reach: Reach
    plan: RetryPlan
    timeout: float
    now: Callable[[], datetime]
    outcome: WebhookOutcome

    def claim(self) -> list[Claimed]:
        with read_session(self.engine) as session:
            if not has_delivery_due(session, at=self.at):
                return []
        with write_session(self.engine) as session:
            ids = claim_deliveries(session, worker=self.worker, at=self.at, until=self.at + LEASE, most=BATCH)
        with read_session(self.engine) as session:
            return list_claimed(session, ids)

    async def post_all(self, batch: Sequence[Claimed]) -> None:
        import httpx2  # 2 MB, loaded when the first event is told

        ordered = sorted(batch, key=lambda each: (id_of(each.webhook), each.event.id))
        limits = httpx2.Limits(
            max_keepalive_connections=0
        )  # a connection is to one address, looked at before
        async with httpx2.AsyncClient(
            timeout=self.timeout, follow_redirects=False, trust_env=False, limits=limits
        ) as client:
            await asyncio.gather(
                *(
                    self._serve(client, list(of_one))
                    for _, of_one in groupby(ordered, key=lambda each: id_of(each.webhook))
                )
            )

    async def _serve(self, client: httpx2.AsyncClient, claimed: Sequence[Claimed]) -> None:
        """Post to one webhook. Where it does not listen, the rest waits like the one that failed."""
        failure: PostFailed | None = None
        for each in claimed:
            if failure is None:
                try:
                    await self._post(client, each)
                except PostFailed as error:
                    failure = error
            self._mark(each, failure)

    async def _post(self, client: httpx2.AsyncClient, claimed: Claimed) -> None:
        import httpx2

        message_id, body = message_of(claimed)
        headers = signed_headers(claimed.webhook.secret, message_id, body, at=self.now())
        headers |= {"Content-Type": "application/json", "User-Agent": USER_AGENT}
        try:
            async with asyncio.timeout(self.timeout):
                status = await self._status_of(client, claimed.webhook.url, headers, body)
        except TargetRefused as error:
            raise PostFailed(str(error)) from error
        except TimeoutError as error:
            raise PostFailed(f"接收方在{self.timeout:g}秒内没有答复") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:  # its text may hold the address
            raise PostFailed(f"连接不上接收方（{type(error).__name__}）") from error
        if 300 <= status < 400:
            raise PostFailed(f"接收方要求转到别处（HTTP {status}），推送不跟随跳转，请改用最终的地址")
        if not 200 <= status < 300:
            raise PostFailed(f"接收方没有接收（HTTP {status}）")

    async def _status_of(
        self, client: httpx2.AsyncClient, address: str, headers: dict[str, str], body: bytes
    ) -> int:
        """Post to the address that the name was resolved to; certificate and Host are those of the name."""
        import httpx2

        url = httpx2.URL(address)
        port = url.port or (443 if url.scheme == "https" else 80)
        target = await resolve(url.host, port, self.reach)
        request = client.build_request(
            "POST",
            url.copy_with(host=target),
            headers={**headers, "Host": url.netloc.decode("ascii")},
            content=body,
            extensions={"sni_hostname": url.host, "timeout": httpx2.Timeout(self.timeout).as_dict()},
        )
        response = await client.send(request, stream=True)  # what it says beside its status is not read
        await response.aclose()
        return response.status_code

    def _mark(self, claimed: Claimed, failure: PostFailed | None) -> None:
        with write_session(self.engine) as session:
            row = session.get(WebhookDelivery, id_of(claimed.delivery), with_for_update=True)
            if row is None or row.claimed_by != self.worker:
                return  # removed meanwhile, or its lease ran out and another took it
            row.claimed_by = row.claimed_until = None
            if failure is None:
                row.state, row.delivered_at, row.error = DeliveryState.DELIVERED, self.at, None
                self.outcome.delivered += 1
            else:
                self._put_off(row, str(failure))
            session.add(row)

    def _put_off(self, row: WebhookDelivery, error: str) -> None:
        row.tries += 1
        row.error = error
        again_at = self.plan.next_try_at(row.tries, self.at)
        if again_at is None:
            row.state = DeliveryState.ABANDONED
            self.outcome.abandoned += 1
        else:
            row.next_try_at = again_at
            self.outcome.put_off += 1
        if error not in self.outcome.errors:
            self.outcome.errors.append(error)
