"""ETag and If-Match: whoever changes something says which state of it he had read (RFC 9110, 13.1.1; RFC 6585)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header

from tracker.models import Task
from web.api.refusals import PreconditionFailed, PreconditionRequired

_LENGTH = 16


def tag_of_version(version: int) -> str:
    return f'"{version}"'


def tag_of_task(task: Task) -> str:
    return tag_of_version(task.version)


def tag_of_document(document: Mapping[str, Any]) -> str:
    """The tag of what keeps no version: a digest of what it says."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, default=str)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]}"'


@dataclass(frozen=True)
class Precondition:
    """What the request says of the state that it knows; `given` is None where it says nothing."""

    given: str | None

    def demand(self, tag: str) -> None:
        """Raise PreconditionRequired where nothing was said, PreconditionFailed where it is another state."""
        if self.given is None:
            raise PreconditionRequired
        named = [each.strip() for each in self.given.split(",")]
        if tag not in named and named != ["*"]:  # a weak tag never matches
            raise PreconditionFailed


def read_precondition(
    if_match: Annotated[
        str | None, Header(alias="If-Match", description="读取时得到的 ETag；缺少时答复 428，过时时答复 412")
    ] = None,
) -> Precondition:
    return Precondition(if_match)


IfMatch = Annotated[Precondition, Depends(read_precondition)]
