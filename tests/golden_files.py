"""Comparison of what the product writes with samples that people have read and accepted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

import pytest

GOLDEN_FOLDER = Path(__file__).parent / "golden"


@dataclass(frozen=True)
class Golden:
    """Compares with `tests/golden/NAME`, or writes that file when `recording`."""

    folder: Path = GOLDEN_FOLDER
    recording: bool = False

    def check(self, name: str, actual: str | bytes) -> None:
        """Fail with a unified diff unless `actual` is what the golden file `name` holds, byte for byte."""
        __tracebackhide__ = True
        written = actual.encode() if isinstance(actual, str) else actual
        path = self.folder / name
        if self.recording:
            _record(path, written)
            return
        if not path.is_file():
            pytest.fail(f"There is no golden file {name}; record it with: make golden", pytrace=False)
        expected = path.read_bytes()
        if expected != written:
            pytest.fail(describe_difference(name, expected, written), pytrace=False)


def _record(path: Path, written: bytes) -> None:
    if path.is_file() and path.read_bytes() == written:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written)


def describe_difference(name: str, expected: bytes, actual: bytes) -> str:
    """A unified diff of two texts; for other bytes their sizes, checksums and first difference."""
    try:
        before, after = expected.decode().splitlines(True), actual.decode().splitlines(True)
    except UnicodeDecodeError:
        return _describe_bytes(name, expected, actual)
    lines = unified_diff(before, after, f"golden/{name}", "as written now")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end\n" for line in lines)


def _describe_bytes(name: str, expected: bytes, actual: bytes) -> str:
    pairs = enumerate(zip(expected, actual, strict=False))
    first = next((place for place, (left, right) in pairs if left != right), min(len(expected), len(actual)))
    sides = [
        f"{label}: {len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}"
        for label, content in (("golden", expected), ("as written now", actual))
    ]
    return "\n".join([f"{name} differs from byte {first} on.", *sides])
