"""A real `dingban serve` in a process of its own, on a register of the benchmark's, and what it holds."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from benchmarks.office import AT, TODAY
from benchmarks.paging import sign_in
from benchmarks.registers import (
    COORDINATOR,
    MILESTONES_A_TASK,
    fill_office,
    fill_open_milestones,
    fill_tasks,
    filling,
)
from runtime.migrations.running import upgrade
from tracker.database import create_engine_for

PYTHON = os.environ.get(
    "BENCHMARK_PYTHON", sys.executable
)  # another installation can be measured by its interpreter
COMMAND = (PYTHON, "-m", "runtime.cli")
SIGN_IN = "/login"
A_SUNDAY = AT - timedelta(days=1)  # nothing is sent; on the Monday the weekly report is drawn
_PATIENCE_SECONDS = 60
_LOOK_AGAIN_SECONDS = 0.002


@dataclass(frozen=True)
class Installation:
    """An office in a folder, whose clock stands still at `at`, and in which the coordinator is signed in by `token`.

    What Python compiles is kept there, as in every installation after its first start, and for both sides alike:
    elsewhere an environment may forbid it, and only the libraries would have theirs.
    """

    folder: Path
    token: str
    at: datetime

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return inherited | {
            "DINGBAN_DATABASE_URL": f"sqlite:///{self.folder / 'dingban.db'}",
            "DINGBAN_EVIDENCE_DIR": str(self.folder / "evidence"),
            "DINGBAN_OUTBOX_DIR": str(self.folder / "outbox"),
            "DINGBAN_CHANNEL": "file",
            "DINGBAN_NOW": self.at.isoformat(),
            "DINGBAN_REHEARSAL": "1",
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "PYTHONPYCACHEPREFIX": str(self.folder / "bytecode"),
        }


def install(folder: Path, tasks: int, *, at: datetime = A_SUNDAY) -> Installation:
    """Set up an office with so many tasks, as `dingban init` would."""
    path = folder / "dingban.db"
    engine = create_engine_for(f"sqlite:///{path}")
    upgrade(engine)
    with filling(path) as connection:
        fill_office(connection)
        fill_tasks(connection, tasks)
        milestones = tasks * MILESTONES_A_TASK
        fill_open_milestones(connection, milestones, due=tasks // 20, due_on=TODAY, today=TODAY)
    with Session(engine) as session:
        token = sign_in(session, COORDINATOR)
        session.commit()
    engine.dispose()
    return Installation(folder, token, at)


@dataclass(frozen=True)
class Served:
    """A process that serves. Times are counted from the moment at which it was started, in seconds."""

    process: subprocess.Popen[bytes]
    port: int
    started: float
    token: str

    def seconds_to(self, path: str) -> float:
        """The time until a page was answered, asked for again and again until somebody listens."""
        while True:
            try:
                self.ask(path)
            except ConnectionRefusedError:
                if self.process.poll() is not None or time.perf_counter() - self.started > _PATIENCE_SECONDS:
                    raise
                time.sleep(_LOOK_AGAIN_SECONDS)
            else:
                return time.perf_counter() - self.started

    def ask(self, path: str) -> None:
        """Ask for a page: the sign-in page as a stranger, any other as the coordinator. Raises RuntimeError without one."""
        headers = {} if path == SIGN_IN else {"Cookie": f"dingban={self.token}"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE_SECONDS)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            if answer.status != 200 or not answer.read():
                raise RuntimeError(f"{path} answered {answer.status}.")
        finally:
            connection.close()

    def processor_seconds(self) -> float:
        """What the process has spent of the processor so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self, kind: str) -> float:
        """What it holds: `Rss` is all that is resident, `Pss` shares libraries among the processes that use them."""
        for line in Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(f"{kind}:"):
                return int(line.split()[1]) / 1024
        raise RuntimeError(f"The kernel tells nothing of {kind}.")


@contextmanager
def served(office: Installation, command: Sequence[str] = COMMAND) -> Iterator[Served]:
    """Run `dingban serve` with its embedded worker while the block lasts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    started = time.perf_counter()
    process = subprocess.Popen(
        [*command, "serve", "--port", str(port)],
        cwd=office.folder,
        env=office.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Served(process, port, started, office.token)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
