"""Figure 8: what one process that serves web and worker holds at rest, as the kernel counts it.

At rest: started on a day on which nothing is sent, its jobs run once, the sign-in page answered once, and a while
later. Then the same process after somebody who is signed in looked at a handful of pages; and another one that has
sent the letters of a Monday and drawn the weekly report. Memory is no ratio: the machine's load does not change it.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from benchmarks.figures import Effort, Figure, memory
from benchmarks.office import AT
from benchmarks.serving import SIGN_IN, install, served

PAGES = ("/", "/tasks", "/tasks/17", "/board", "/month")


def measure(folder: Path, effort: Effort) -> list[Figure]:
    """Each round is another process on the same office, after a start that does not count: it compiles what others read."""
    tasks = effort.pages[0]
    office = install(folder, tasks)
    with served(office) as server:
        server.seconds_to(SIGN_IN)
    resting, shared, used, monday = [], [], [], []
    for _ in range(effort.start_rounds):
        with served(office) as server:
            server.seconds_to(SIGN_IN)
            time.sleep(effort.rest_seconds)
            resting.append(server.megabytes("Rss"))
            shared.append(server.megabytes("Pss"))
            for path in PAGES:
                server.ask(path)
            used.append(server.megabytes("Rss"))
        with served(replace(office, at=AT)) as server:
            server.seconds_to(SIGN_IN)
            time.sleep(effort.rest_seconds)
            monday.append(server.megabytes("Rss"))
    size = f"{tasks} 件任务"
    return [
        memory("网页和提醒一个进程，静止", size, tuple(resting), at_most=100),
        memory("　其中按共享折算（PSS）", size, tuple(shared)),
        memory("　看过五个页面之后", size, tuple(used)),
        memory("　周一发过提醒和通报之后", size, tuple(monday)),
    ]
