"""What a corrected file says differently, row by row and field by field. Pure: two imports in, differences out.

The new row is compared with the row as it was last imported, not with the task: what people changed in the register
since stays, unless the file's own value changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tracker.importers.draft import DraftRow
from tracker.row_numbers import row_number

Row = Mapping[str, Any]

FIELD_LABELS = {
    "seq": "序号",
    "sub": "分项",
    "group": "评审项目",
    "title": "任务",
    "requirement": "任务内容",
    "basis": "依据",
    "source": "数据来源",
    "score": "分值",
    "lead_unit": "牵头部门",
    "units": "责任部门",
    "owner": "责任人",
    "expediter": "盯办人",
    "leader": "分管领导",
    "deliverables": "成果",
    "milestones": "时间节点",
    "shared": "共用清单",
    "notes": "备注",
}
_PARTS = ("owner", "expediter", "leader")


class DifferenceKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class RowDifference:
    """One field of one row that differs; for whole rows the field is empty and the title is what differs."""

    kind: DifferenceKind
    table: str
    row_key: str
    label: str  # 序号 as people see it
    field: str
    before: str
    after: str

    @property
    def field_label(self) -> str:
        return FIELD_LABELS.get(self.field, "整行")

    def to_json(self) -> dict[str, str]:
        return {
            "kind": self.kind.value,
            "table": self.table,
            "row_key": self.row_key,
            "label": self.label,
            "field": self.field,
            "before": self.before,
            "after": self.after,
        }


def compared(row: Row) -> dict[str, Any]:
    """The fields of an imported row that a person would compare; findings and places are not among them."""
    people = row.get("people") or {}
    values = {name: row.get(name) for name in FIELD_LABELS if name not in _PARTS}
    return values | {part: list(people.get(part) or []) for part in _PARTS}


def changed_fields(before: Row, after: Row) -> dict[str, tuple[Any, Any]]:
    """Every field whose value differs between two imports of one row."""
    old, new = compared(before), compared(after)
    return {name: (old[name], new[name]) for name in FIELD_LABELS if old[name] != new[name]}


def list_differences(
    table: str, before: Mapping[str, Row], rows: tuple[DraftRow, ...]
) -> list[RowDifference]:
    """Compare the rows of a table with those imported last, by row key: the order of the new file, then what it lacks."""
    found: list[RowDifference] = []
    for row in rows:
        after = row.to_json()
        old = before.get(row.row_key)
        if old is None:
            found.append(_whole(DifferenceKind.ADDED, table, row.row_key, after))
            continue
        found += [
            RowDifference(
                DifferenceKind.CHANGED,
                table,
                row.row_key,
                row.label,
                name,
                readable(name, was),
                readable(name, now),
            )
            for name, (was, now) in changed_fields(old, after).items()
        ]
    present = {row.row_key for row in rows}
    return found + [
        _whole(DifferenceKind.REMOVED, table, key, old) for key, old in before.items() if key not in present
    ]


def readable(field: str, value: Any) -> str:
    """A field's value as a line of text."""
    if value is None or value == "":
        return ""
    if field == "score":
        return f"{value['kind']} {value['max']:g}" if value.get("max") is not None else str(value["kind"])
    if field == "deliverables":
        return "；".join(f"{item['n']}、{item['text']}" for item in value)
    if field == "milestones":
        return "；".join(f"{item['n']}、{item['text']}{_days(item)}" for item in value)
    if field == "shared":
        return "；".join(f"{FIELD_LABELS.get(name, name)}见第{label}项" for name, label in value.items())
    if field == "notes":
        return "；".join(f"{note['heading']}：{note['text']}" for note in value)
    if isinstance(value, list):
        return "、".join(str(each) for each in value)
    return str(value)


def _days(milestone: Mapping[str, Any]) -> str:
    days = [each["due"] or each["recurrence"] or each["span"] for each in milestone["deadlines"]]
    return f"（{'、'.join(days)}）" if days else ""


def _whole(kind: DifferenceKind, table: str, row_key: str, row: Row) -> RowDifference:
    label = row_number(row["seq"], row["sub"])
    title = str(row["title"] or row["requirement"])
    before, after = (title, "") if kind is DifferenceKind.REMOVED else ("", title)
    return RowDifference(kind, table, row_key, label, "", before, after)
