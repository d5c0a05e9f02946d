"""A cell of persons that says itself who is what: 责任领导：张三丰；责任人：李莫愁."""

from __future__ import annotations

import re

from tracker.importers.columns import Field
from tracker.importers.draft import DraftPerson
from tracker.importers.labels import EXPEDITER_LABELS, LEADER_LABELS, OWNER_LABELS
from tracker.importers.people import split_people

LABEL = re.compile(
    rf"(?:(?P<leader>{LEADER_LABELS}|领导)|(?P<expediter>{EXPEDITER_LABELS})|(?P<owner>{OWNER_LABELS}|经办人))\s*[:：]"
)


def read_labelled_people(text: str) -> tuple[dict[Field, tuple[DraftPerson, ...]], list[tuple[int, int]]]:
    """Persons by the role their label names, and the places of the labels; nothing where the cell does not open with one."""
    labels = list(LABEL.finditer(text))
    if not labels or text[: labels[0].start()].strip():
        return {}, []
    found: dict[Field, tuple[DraftPerson, ...]] = {}
    ends = [label.start() for label in labels[1:]] + [len(text)]
    for label, end in zip(labels, ends, strict=True):
        role = Field(str(label.lastgroup))
        found[role] = (*found.get(role, ()), *split_people(text[label.end() : end]))
    return found, [label.span() for label in labels]
