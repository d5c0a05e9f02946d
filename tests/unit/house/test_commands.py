"""The commands of the house: what `make` would run, and what a machine that lacks something is told."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.house.tree import ROOT


def planned(*arguments: str) -> str:
    """What make would run, without running it."""
    result = subprocess.run(
        ["make", "--dry-run", "--always-make", *arguments],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return result.stdout


class TestMake:
    def test_demo_serves_unless_told_otherwise(self) -> None:
        assert "--no-serve" not in planned("demo")
        assert "dingban demo --no-serve" in planned("demo", "DEMO_SERVE=0")

    @pytest.mark.parametrize(
        "part",
        ["ruff format --check", "ruff check", "mypy --strict", "lint-imports", "runtime.migrations check"],
    )
    def test_check_covers(self, part: str) -> None:
        assert part in planned("check")

    def test_help_names_the_two_commands_in_chinese(self) -> None:
        help_text = subprocess.run(
            ["make", "help"], cwd=ROOT, capture_output=True, check=True, text=True, encoding="utf-8"
        ).stdout

        assert "make demo" in help_text
        assert "运行全部测试" in help_text


class TestInstall:
    def run_with_python(self, tmp_path: Path, script: str | None) -> subprocess.CompletedProcess[str]:
        """Run a copy of the installer where `script` is the only Python, and uv is not there."""
        project, commands = tmp_path / "project", tmp_path / "commands"
        (project / "scripts").mkdir(parents=True)
        commands.mkdir()
        shutil.copy(ROOT / "scripts" / "install.sh", project / "scripts")
        for tool in ("sh", "dirname"):
            (commands / tool).symlink_to(shutil.which(tool) or tool)
        if script is not None:
            (commands / "python3").write_text(f"#!/bin/sh\n{script}\n", "utf-8")
            (commands / "python3").chmod(0o755)
        environment = {"PATH": str(commands), "LANG": os.environ.get("LANG", "C.UTF-8")}
        installer = project / "scripts" / "install.sh"
        return subprocess.run(
            ["/bin/sh", installer], env=environment, capture_output=True, check=False, encoding="utf-8"
        )

    def test_a_machine_without_python_is_told_what_to_install(self, tmp_path: Path) -> None:
        result = self.run_with_python(tmp_path, None)

        assert result.returncode == 1
        assert "没有找到 Python 3.11 或更高版本" in result.stderr

    def test_an_older_python_is_not_enough(self, tmp_path: Path) -> None:
        result = self.run_with_python(tmp_path, "exit 1")  # as it answers when asked for its version

        assert result.returncode == 1
        assert "没有找到 Python 3.11 或更高版本" in result.stderr

    def test_a_python_without_pip_and_ensurepip_is_told_what_to_install(self, tmp_path: Path) -> None:
        knows_its_version = 'case "$2" in *version_info*) exit 0;; esac\nexit 1'

        result = self.run_with_python(tmp_path, knows_its_version)

        assert result.returncode == 1
        assert "不带 pip" in result.stderr
        assert "python3-pip" in result.stderr
        assert not (tmp_path / "project" / ".venv").exists()
