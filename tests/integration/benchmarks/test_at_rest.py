"""What a server at rest does not hold: libraries that few requests need are loaded with the first of them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

NOT_AT_REST = (
    "alembic",
    "docx",  # python-docx, 7 MB with lxml: a report a week
    "httpx2",  # group robots and webhooks
    "icalendar",  # a feed an hour
    "lxml",
    "multipart",
    "olefile",  # old files of Office among the evidence
    "opencc",  # with its dictionaries, for reading tables
    "psycopg",
    "pydantic.v1",  # FastAPI would look for its models among ours
    "pygments",
    "rich",  # bars of progress on a terminal; structlog would load it for tracebacks in colour
    "sqlalchemy.dialects.postgresql",  # of offices that have one
    "tracker.deadlines.parsing",
    "tracker.importers.build",
    "tracker.importers.readers",
    "typst",
    "xml.sax",
    "xlsxwriter",
)
_PROGRAM = "import json, sys, runtime.cli.root, runtime.cli.serving, runtime.server; print(json.dumps(sorted(sys.modules)))"


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules that a process holds when it is about to serve."""
    asked = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    return set(json.loads(asked.stdout))


def test_the_server_itself_is_loaded(loaded: set[str]) -> None:
    assert {"runtime.server", "web.server", "runtime.worker"} <= loaded


@pytest.mark.parametrize("name", NOT_AT_REST)
def test_a_server_at_rest_is_without(name: str, loaded: set[str]) -> None:
    assert name not in loaded
