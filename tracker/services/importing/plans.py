"""From a row of a draft to a task to be. Pure; the ids of people and units are given."""

from __future__ import annotations

from typing import Any

from tracker.importers.draft import DraftMilestone, DraftRow
from tracker.importers.milestones import text_of_part
from tracker.services.importing.names import NameBook
from tracker.services.tasks import DeliverablePlan, MilestonePlan, TaskPlan

MAX_TITLE_CHARACTERS = 300
MAX_GROUP_CHARACTERS = 200
MAX_SEQ_CHARACTERS = 20
_TITLE_FROM_REQUIREMENT = 60


def plan_task(row: DraftRow, book: NameBook, *, table_id: int, position: int, source_name: str) -> TaskPlan:
    """The task of one row. The whole row is kept in `draft`; what is too long for a column is only shown shorter."""
    return TaskPlan(
        title=title_of(row),
        requirement=row.requirement,
        milestones=plan_milestones(row.milestones),
        deliverables=plan_deliverables(row),
        people=book.people_in(row),
        lead_unit_id=book.lead_unit_id(row.lead_unit, row.units),
        unit_ids=list(book.assisting_ids(row.lead_unit, row.units)),
        fields={
            "table_id": table_id,
            "row_key": row.row_key,
            "position": position,
            "draft": row.to_json(),
            "source": {"file": source_name, "where": row.where, "cells": dict(row.places)},
            **plain_fields(row, book),
        },
    )


def plain_fields(row: DraftRow, book: NameBook) -> dict[str, Any]:
    """The columns of a task that are copied from its row as they stand."""
    return {
        "seq": row.seq[:MAX_SEQ_CHARACTERS] or None,
        "sub": row.sub,
        "group": row.group[:MAX_GROUP_CHARACTERS] or None,
        "basis": row.basis or None,
        "remark": _remark(row, book) or None,
        "score": row.score.to_json(),
    }


def title_of(row: DraftRow) -> str:
    """The row's title; where it has none, the beginning of what is required, or its number."""
    title = row.title.strip() or row.requirement.strip()[:_TITLE_FROM_REQUIREMENT] or f"第{row.label}行"
    return title[:MAX_TITLE_CHARACTERS]


def plan_milestones(milestones: tuple[DraftMilestone, ...]) -> list[MilestonePlan]:
    """One plan a deadline; a step without any is one without a day. Parts go on where a number is repeated.

    Deadlines of one step share its number and its words, and say which of them each is: lists, letters and reports show
    them one by one.
    """
    plans: list[MilestonePlan] = []
    parts: dict[int, int] = {}
    for milestone in milestones:
        for place, deadline in enumerate(milestone.deadlines or (None,)):
            parts[milestone.n] = parts.get(milestone.n, 0) + 1
            plans.append(
                MilestonePlan.from_deadline(
                    deadline,
                    number=milestone.n,
                    text=text_of_part(milestone, place),
                    part=parts[milestone.n],
                    is_archiving=milestone.archive,
                    is_standing=milestone.standing,
                )
            )
    return plans


def plan_deliverables(row: DraftRow) -> list[DeliverablePlan]:
    """The printed numbers; one that is printed twice gets the next free number."""
    taken: set[int] = set()
    plans = []
    highest = max((item.n for item in row.deliverables), default=0)
    for item in row.deliverables:
        number = item.n
        if number in taken:
            highest += 1
            number = highest
        taken.add(number)
        plans.append(DeliverablePlan(number, item.text))
    return plans


def _remark(row: DraftRow, book: NameBook) -> str:
    lines = [f"数据来源：{row.source}"] if row.source else []
    if words := book.wordings(row.lead_unit, row.units):
        lines.append(f"协办：{'、'.join(words)}")
    return "\n".join([*lines, *(f"{note.heading}：{note.text}" for note in row.notes)])
