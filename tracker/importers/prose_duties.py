"""What one point of prose says of its duty, by labels (责任单位：…), brackets at its end, or 由…负责."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tracker.importers.draft import DraftPerson
from tracker.importers.labels import (
    DELIVERABLE_LABELS,
    DUE_LABELS,
    EXPEDITER_LABELS,
    LEAD_LABELS,
    LEADER_LABELS,
    OWNER_LABELS,
    UNIT_LABELS,
)
from tracker.importers.ledger import Passage
from tracker.importers.name_shapes import looks_like_name, looks_like_unit
from tracker.importers.people import split_people, split_units

LABEL = re.compile(
    rf"[(（【\[;；。,，\s]*(?P<label>(?P<LEAD>{LEAD_LABELS})|(?P<UNITS>{UNIT_LABELS})|(?P<LEADER>{LEADER_LABELS})"
    rf"|(?P<OWNER>{OWNER_LABELS})|(?P<EXPEDITER>{EXPEDITER_LABELS})|(?P<DUE>{DUE_LABELS})"
    rf"|(?P<DELIVERABLES>{DELIVERABLE_LABELS}))\s*[】\]]?\s*[:：]\s*"
)
# （指导监督科负责） （政策法规科） （市财政局牵头，各县区配合）
IN_BRACKETS = re.compile(
    r"[(（](?P<unit>[^()（）:：]{2,60}?)(?P<does>负责|牵头|落实|承办|组织实施)?(?P<rest>[,，;；][^()（）]{2,80})?[)）]\s*[。.]?\s*$"
)
BY_WHOM = re.compile(r"由(?P<unit>[^，。；,;]{2,20}?)(?:牵头|负责)")
VALUE_END = re.compile(r"[。；;）)】\]]*\s*$")
WHOLE_BRACKET = re.compile(
    r".*[(（][^()（）]*[)）]$", re.DOTALL
)  # 各村（社区）: the bracket belongs to the name

MARKDOWN = re.compile(r"^[#>\s]+|\*\*|^-{3,}$")


@dataclass
class Duty:
    """What the labels of a point say."""

    lead: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    people: dict[str, list[DraftPerson]] = field(default_factory=dict)
    due: list[str] = field(default_factory=list)
    deliverables: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    @property
    def is_one(self) -> bool:
        return bool(self.lead or self.units or self.people or self.due)


def read_duty(passages: Sequence[Passage]) -> Duty:
    duty = Duty()
    for place, passage in enumerate(passages):
        text = MARKDOWN.sub("", passage.text).strip()
        rest = _read_labels(text, duty)
        if not duty.lead and not duty.units and place == 0:
            _read_brackets(rest, duty)
        duty.text.append(rest)
    return duty


def _read_labels(text: str, duty: Duty) -> str:
    """Take the labelled parts out of a paragraph; what is left is the task."""
    labels = list(LABEL.finditer(text))
    if not labels:
        return text
    ends = [label.start() for label in labels[1:]] + [len(text)]
    for label, end in zip(labels, ends, strict=True):
        value = _value(text[label.end() : end])
        kind = next(
            name
            for name in ("LEAD", "UNITS", "LEADER", "OWNER", "EXPEDITER", "DUE", "DELIVERABLES")
            if label.group(name)
        )
        _take(kind, value, duty)
    return text[: labels[0].start()].rstrip("（(【[ ")


def _value(text: str) -> str:
    """What a label says, without the stop and the bracket that close it."""
    bare = text.strip().rstrip("。；;")
    return bare if WHOLE_BRACKET.match(bare) else VALUE_END.sub("", bare).strip()


def _take(kind: str, value: str, duty: Duty) -> None:
    if kind in ("LEAD", "UNITS"):
        target = duty.lead if kind == "LEAD" else duty.units
        target.extend(unit for unit in split_units(value)[0] if unit not in target)
    elif kind == "DUE":
        duty.due.append(value)
    elif kind == "DELIVERABLES":
        duty.deliverables.extend(part for part in re.split(r"[、;；]", value) if part.strip())
    else:
        duty.people.setdefault(kind.lower(), []).extend(split_people(value))


def _read_brackets(text: str, duty: Duty) -> None:
    match = IN_BRACKETS.search(text)
    if match is not None:
        words, _ = split_units(match.group("unit"))
        if words and all(looks_like_unit(word) for word in words):
            target = duty.lead if match.group("does") == "牵头" else duty.units
            target.extend(words)
            rest = re.sub(
                r"(?:配合|协助|参与|负责|牵头|落实)+$", "", (match.group("rest") or "").strip("，,；; ")
            )
            duty.units.extend(unit for unit in split_units(rest)[0] if looks_like_unit(unit))
        elif match.group("does") and words and all(looks_like_name(word) for word in words):
            duty.people.setdefault("owner", []).extend(split_people(match.group("unit")))
    elif (by := BY_WHOM.search(text)) is not None and looks_like_unit(by.group("unit")):
        duty.lead.append(by.group("unit"))
