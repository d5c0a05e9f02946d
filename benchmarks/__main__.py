"""`python -m benchmarks`: measure everything and print the table."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks import entering, importing, mailing, moving, paging, reminding, reporting, resting, starting
from benchmarks.figures import SCALES, Benchmark, Effort, Figure
from benchmarks.printing import print_figures, print_json

BENCHMARKS: dict[str, tuple[str, Benchmark]] = {
    "import": ("导入", importing.measure),
    "move": ("状态变更", moving.measure),
    "enter": ("新建任务", entering.measure),
    "remind": ("提醒", reminding.measure),
    "mail": ("邮件", mailing.measure),
    "report": ("每周通报", reporting.measure),
    "page": ("页面", paging.measure),
    "rest": ("静止时的内存", resting.measure),
    "start": ("冷启动", starting.measure),
}


def main() -> None:
    options = _arguments().parse_args()
    figures = run(options.only or list(BENCHMARKS), SCALES[options.scale], folder=options.folder)
    if options.json:
        print_json(figures, scale=options.scale)
    else:
        print_figures(figures)


def run(names: list[str], effort: Effort, *, folder: Path | None = None) -> list[Figure]:
    """Measure the named benchmarks one after the other, in a folder that is removed afterwards."""
    figures: list[Figure] = []
    for name in names:
        label, measure = BENCHMARKS[name]
        print(f"正在测量：{label} ……", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix="dingban-bench-") as place:
            figures += measure(Path(place), effort)
    return figures


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="与裸库对比的性能测量，打印同一次运行中的比值。"
    )
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.add_argument(
        "--scale", choices=SCALES, default="full", help="工作量：tiny 试跑，quick 约一分钟，full 正式"
    )
    parser.add_argument("--only", action="append", choices=BENCHMARKS, help="只测一项，可重复")
    parser.add_argument(
        "--folder", type=Path, help="临时数据库放在哪个目录（默认系统临时目录，落盘速度取决于它）"
    )
    return parser


if __name__ == "__main__":
    main()
