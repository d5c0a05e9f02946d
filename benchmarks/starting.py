"""Figure 9: from the command `dingban serve` to its first page; the peer imports the same libraries and does nothing.

The peer's libraries are those that a process which has served the page holds, listed by that process itself; what it
left out, the peer cannot load either. Both sides are processes of their own, on bytecode that is kept; the peer's time,
by the clock and of the processor, ends with its last import.
"""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Effort, Figure, slowness
from benchmarks.measuring import Paired
from benchmarks.serving import PYTHON, SIGN_IN, Installation, install, served

_OURS = ("benchmarks", "config", "notifications", "runtime", "tracker", "web", "workflows")
_LISTING = """
import atexit, json, sys
from runtime.cli import main
def tell():
    found = [name for name, module in list(sys.modules.items())
             if "site-packages" in (getattr(module, "__file__", None) or "") and name.split(".")[0] not in {ours}]
    with open({path!r}, "w") as file:
        json.dump(found, file)
atexit.register(tell)
main()
"""
_IMPORTING = """
import importlib.machinery, json, sys, time
with open({path!r}) as file:
    names = json.load(file)
known = set(names)
class OnlyThese(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        spec = super().find_spec(name, path, target)
        if spec and "site-packages" in (spec.origin or "") and name not in known:
            raise ModuleNotFoundError(name, name=name)
        return spec
sys.meta_path[-1] = OnlyThese
for name in names:
    importlib.import_module(name)
print(time.process_time(), flush=True)
"""


@dataclass(frozen=True)
class _Round:
    """Seconds from the start of the process; `processor` is what it spent itself."""

    page: float
    list: float
    processor: float


def measure(folder: Path, effort: Effort) -> list[Figure]:
    """The sides take turns, each first in every other round, after one round that does not count."""
    office = install(folder, effort.pages[0])
    libraries = _list_libraries(office)
    program = _IMPORTING.format(path=str(libraries))
    _start(office), _import(office, program)
    ours, peers = [], []
    for place in range(effort.start_rounds):
        if place % 2:
            peers.append(_import(office, program))
            ours.append(_start(office))
        else:
            ours.append(_start(office))
            peers.append(_import(office, program))
    return _figures(ours, peers, f"{len(json.loads(libraries.read_text()))} 个模块")


def _figures(ours: list[_Round], peers: list[tuple[float, float]], size: str) -> list[Figure]:
    bare = tuple(seconds for seconds, _ in peers)
    page = Paired(tuple(each.page for each in ours), bare)
    listed = Paired(tuple(each.list for each in ours), bare)
    processor = Paired(tuple(each.processor for each in ours), tuple(seconds for _, seconds in peers))
    return [
        slowness("冷启动到登录页，对单独导入所用的库", size, page, at_most=2.5),
        slowness("　到登录后的任务列表", size, listed),
        slowness("　到登录页所用的处理器时间", size, processor),
    ]


def _start(office: Installation) -> _Round:
    with served(office) as server:
        page = server.seconds_to(SIGN_IN)
        processor = server.processor_seconds()
        return _Round(page, server.seconds_to("/tasks"), processor)


def _import(office: Installation, program: str) -> tuple[float, float]:
    """Seconds until the last library was imported, and those of the processor until then."""
    started = time.perf_counter()
    with subprocess.Popen([PYTHON, "-c", program], env=office.environment, stdout=subprocess.PIPE) as process:
        assert process.stdout
        told = process.stdout.readline()
        seconds = time.perf_counter() - started
    if not told or process.returncode:
        raise RuntimeError("The libraries could not be imported by themselves.")
    return seconds, float(told)


def _list_libraries(office: Installation) -> Path:
    """A file with the modules of libraries that a process holds which answered the sign-in page, and nothing else."""
    path = office.folder / "libraries.json"
    program = _LISTING.format(ours=_OURS, path=str(path))
    with served(office, command=(PYTHON, "-c", program)) as server:
        server.seconds_to(SIGN_IN)
    return path
