"""Many who wait for the write lock at once: whoever only reads, or watches whether the server is well, waits for nobody."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Semaphore
from typing import cast

from sqlalchemy import Engine, event
from sqlmodel import select

from tests.console import Client, Console
from tests.factories import create_task
from tracker.database import write_session
from tracker.models import Comment, LoginSession

WRITERS = 24  # more than there are threads for forms
WAITING = 20
WAIT_SECONDS = 20


@contextmanager
def held_lock(engine: Engine) -> Iterator[None]:
    """Somebody has been writing for long."""
    with write_session(engine) as session:
        session.connection()
        yield


def have_all_asked(taken: Semaphore, number: int) -> bool:
    return all(taken.acquire(timeout=WAIT_SECONDS) for _ in range(number))


class TestReaders:
    def test_wait_for_nobody_who_writes(self, console: Console) -> None:
        """SQLite: one writes at a time, and the others wait with a thread and a connection each."""
        task = create_task(console.session)
        writer, reader = console.as_("测试甲"), console.as_("测试甲")
        path, taken = f"/tasks/{task.id}/comments", Semaphore(0)

        with ThreadPoolExecutor(WRITERS) as pool, held_lock(console.engine):
            event.listen(console.engine, "checkout", lambda *_: taken.release())
            sent = [pool.submit(writer.submit, path, {"text": f"第{n}条"}) for n in range(WRITERS)]
            assert have_all_asked(taken, WAITING)
            answers = [reader.get(each).status_code for each in ("/tasks", path, "/login", "/readyz")]
            written = console.look(select(Comment))

        assert answers == [200, 200, 303, 200]
        assert written == []
        assert {each.result().status_code for each in sent} == {303}
        assert len(console.look(select(Comment))) == WRITERS

    def test_whose_session_was_last_used_long_ago_wait_for_nobody_either(self, console: Console) -> None:
        client = long_unused(console)

        with held_lock(console.engine):
            status = client.get("/tasks").status_code
        unnoted = last_use(console)
        client.get("/tasks")

        assert status == 200
        assert last_use(console) > unnoted


def long_unused(console: Console) -> Client:
    client = console.as_("测试甲")
    row = console.session.exec(select(LoginSession)).one()
    row.seen_at -= timedelta(minutes=10)
    console.session.add(row)
    console.session.commit()
    return client


def last_use(console: Console) -> datetime:
    [moment] = console.look(select(LoginSession.seen_at))
    return cast(datetime, moment)
