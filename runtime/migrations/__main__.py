"""`python -m runtime.migrations upgrade | check | revision -m MESSAGE | initial`: for those who work on the program.

An office uses `dingban init`, which upgrades as well.
"""

from __future__ import annotations

import argparse
import sys

from config.settings import load_settings
from runtime.migrations import newest_revision
from runtime.migrations.running import (
    find_drift,
    rewrite_first_revision,
    temporary_engine,
    upgrade,
    write_revision,
)
from tracker.database import create_engine_for


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m runtime.migrations", description="数据库迁移")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("upgrade", help="把设置中的数据库升级到最新版本")
    commands.add_parser("check", help="在空库上核对迁移与模型是否一致")
    revision = commands.add_parser("revision", help="按现在的模型写一份新的迁移")
    revision.add_argument("-m", "--message", required=True, help="这份迁移做什么（英文一句话）")
    commands.add_parser("initial", help="按现在的模型重写第一份迁移（只在发布第一个版本之前使用）")
    arguments = parser.parse_args()
    match arguments.command:
        case "upgrade":
            engine = create_engine_for(load_settings().database_url)
            upgrade(engine)
            engine.dispose()
            _say(f"数据库已是最新版本 {newest_revision()}。")
        case "revision":
            _say(f"已写好 {write_revision(arguments.message)}，请逐行检查。")
        case "initial":
            _say(f"已重写 {rewrite_first_revision()}。")
        case "check":
            with temporary_engine() as engine:
                drift = find_drift(engine)
            _say(f"迁移与模型不一致：{drift}" if drift else "迁移与模型一致。")
            return 1 if drift else 0
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
