"""Figure 2: a guarded, audited, durable transition; the peer compares and sets, and writes a history row."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.figures import Effort, Figure, speed
from benchmarks.measuring import Paired, by_turns, timed
from benchmarks.office import AT, RULES, expediter_of, leader_of, owner_of
from benchmarks.registers import connect, empty_register, fill_office, fill_tasks, filling
from tracker.database import write_session
from tracker.services.auditing import Actor
from tracker.services.lifecycle import move_task
from workflows.task import TaskTrigger

# A life with everything that guards look at: people, a deliverable with evidence, a milestone.
LIFE: tuple[tuple[TaskTrigger, Callable[[int], Actor], str], ...] = (
    (TaskTrigger.ACCEPT, owner_of, "签收"),
    (TaskTrigger.SUBMIT, owner_of, "提交审核"),
    (TaskTrigger.APPROVE, expediter_of, "审核通过"),
    (TaskTrigger.CLOSE, leader_of, "销号"),
)
NAME = "状态变更，含约束、留痕、落盘"


def measure(folder: Path, effort: Effort) -> list[Figure]:
    """Every task lives through its life, one transaction a step, by turns with the peer's; then a larger register."""
    found = _measure(folder / "moves.db", effort.moves, effort.moves)
    everything = Paired(
        tuple(seconds for pair in found.values() for seconds in pair.ours),
        tuple(seconds for pair in found.values() for seconds in pair.peer),
    )
    figures = [speed(NAME, "四步合计", everything, at_least=0.45)]
    figures += [speed(f"　其中：{label}", f"{effort.moves} 件任务", pair) for label, pair in found.items()]
    crowded = _measure(folder / "crowded.db", effort.moves, effort.moves * 100, steps=LIFE[:1])
    figures += [
        speed(f"　{label}，库中任务多百倍", f"{effort.moves * 100} 件任务", pair)
        for label, pair in crowded.items()
    ]
    return figures


def _measure(
    path: Path,
    moves: int,
    tasks: int,
    *,
    steps: tuple[tuple[TaskTrigger, Callable[[int], Actor], str], ...] = LIFE,
) -> dict[str, Paired]:
    with empty_register(path) as engine:
        _fill(path, tasks + 1)
        with _bare(path.with_suffix(".peer.db"), tasks + 1) as bare:
            return {
                label: by_turns(_ours(engine, trigger, actor_of), _peer(bare, place, label), rounds=moves - 1)
                for place, (trigger, actor_of, label) in enumerate(steps)
            }


def _fill(path: Path, tasks: int) -> None:
    """Issued tasks, each with one met milestone and one deliverable whose evidence was accepted."""
    with filling(path) as connection:
        fill_office(connection)
        fill_tasks(connection, tasks, state="issued")
        connection.execute(
            "INSERT INTO milestone (task_id, number, part, text, kind, state, due_on, first_due_on, was_overdue,"
            " is_provisional, met_at) SELECT id, 1, 1, '完成装备清点', 'step', 'met', '2024-05-31', '2024-05-31', 0, 0,"
            " '2024-05-20 01:00:00.000000' FROM task"
        )
        connection.execute(
            "INSERT INTO deliverable (id, task_id, number, text, is_required) SELECT id, id, 1, '情况说明', 1 FROM task"
        )
        connection.execute(
            "INSERT INTO evidence (deliverable_id, name, version, link, state, submitted_at, submitted_by_id)"
            " SELECT id, '情况说明', 1, 'https://oa.example.org/1', 'accepted', '2024-05-20 01:00:00.000000', 20"
            " FROM deliverable"
        )


def _ours(engine: Engine, trigger: TaskTrigger, actor_of: Callable[[int], Actor]) -> Callable[[], float]:
    tasks = count(1)

    def move() -> float:
        task_id = next(tasks)
        actor = actor_of(task_id)
        with timed() as watch, write_session(engine) as session:
            move_task(session, task_id, trigger, actor=actor, at=AT, rules=RULES)
        return watch.seconds

    return move


class _Bare:
    """A table of states and one of history, without anything else."""

    def __init__(self, path: Path, tasks: int) -> None:
        self.connection: sqlite3.Connection = connect(path)
        self.connection.execute("CREATE TABLE task (id INTEGER PRIMARY KEY, state INTEGER, version INTEGER)")
        self.connection.execute(
            "CREATE TABLE history (id INTEGER PRIMARY KEY, at TEXT, actor TEXT, kind TEXT, task_id INTEGER, data TEXT)"
        )
        self.connection.execute("BEGIN")
        self.connection.executemany(
            "INSERT INTO task VALUES (?, 0, 0)", ((number,) for number in range(1, tasks + 1))
        )
        self.connection.execute("COMMIT")

    def __enter__(self) -> sqlite3.Connection:
        return self.connection

    def __exit__(self, *_: object) -> None:
        self.connection.close()


_bare = _Bare


def _peer(connection: sqlite3.Connection, place: int, label: str) -> Callable[[], float]:
    tasks: Iterator[int] = count(1)

    def move() -> float:
        task_id = next(tasks)
        with timed() as watch:
            connection.execute("BEGIN IMMEDIATE")
            changed = connection.execute(
                "UPDATE task SET state = ?, version = ? WHERE id = ? AND state = ? AND version = ?",
                (place + 1, place + 1, task_id, place, place),
            ).rowcount
            connection.execute(
                "INSERT INTO history (at, actor, kind, task_id, data) VALUES (?, ?, ?, ?, ?)",
                (AT.isoformat(), "测试甲", label, task_id, f'{{"from":{place},"to":{place + 1}}}'),
            )
            connection.execute("COMMIT")
        if changed != 1:
            raise ValueError(f"task {task_id} was not in state {place}")
        return watch.seconds

    return move
