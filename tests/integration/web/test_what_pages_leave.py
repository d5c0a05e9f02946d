"""A page is gone with its answer: nothing that it showed waits for Python's collector of cycles.

A collector that has a thousand objects to look at after each page takes a seventh of the page's time.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from tests.console import Console
from tests.factories import COORDINATOR, create_deliverable, create_milestone, create_task
from web.desk import Desk


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Routes work in the thread of the loop: one of their own holds what it did a moment longer than the answer takes."""
    submit = ThreadPoolExecutor.submit

    def done(workers: ThreadPoolExecutor, work: Callable[..., Any], /, *given: Any, **named: Any) -> Any:
        if workers._thread_name_prefix != "page":
            return submit(workers, work, *given, **named)
        future: Future[Any] = Future()
        future.set_result(work(*given, **named))
        return future

    monkeypatch.setattr(ThreadPoolExecutor, "submit", done)


@pytest.mark.parametrize("path", ["/", "/tasks", "/tasks/1", "/tasks/1/review", "/board", "/month", "/me"])
def test_a_page_is_gone_with_its_answer(console: Console, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    task = create_task(console.session)
    create_milestone(console.session, task, due_on=date(2024, 3, 1))
    create_deliverable(console.session, task)
    client = console.as_(COORDINATOR)
    client.get(path)  # templates are compiled, which leaves cycles behind, once
    desks: list[weakref.ref[Desk]] = []
    page = Desk.page

    def heard(desk: Desk, *arguments: Any, **options: Any) -> Any:
        desks.append(weakref.ref(desk))
        return page(desk, *arguments, **options)

    monkeypatch.setattr(Desk, "page", heard)
    gc.collect()
    gc.disable()
    try:
        answer = client.get(path)
        left = [desk() for desk in desks]
    finally:
        gc.enable()

    assert answer.status_code == 200
    assert left == [None]
