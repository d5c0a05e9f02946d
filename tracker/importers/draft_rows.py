"""One row of a table as it will stand in the draft: its lasting name, its title, its points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tracker.importers.draft import DraftRow, Score, Severity
from tracker.importers.row_fields import RowFields
from tracker.importers.rows import WorkRow
from tracker.importers.scores import parse_score
from tracker.importers.titles import heading_of, shortened, title_key, without_points


def draft_row(
    work: WorkRow, fields: RowFields, key: str, alone: frozenset[str], *, has_score: bool
) -> DraftRow:
    lead, others = (fields.lead_units[0], fields.lead_units[1:]) if fields.lead_units else ("", ())
    units = tuple(dict.fromkeys((*others, *fields.units)))
    return DraftRow(
        row_key=key,
        seq=work.seq,
        sub=work.sub,
        group=work.group,
        title=_title_of(work, fields, alone),
        requirement=fields.requirement,
        basis=fields.basis,
        source=fields.source,
        score=_score_of(work, fields, alone, has_score=has_score),
        lead_unit=lead,
        units=units,
        people=fields.people,
        deliverables=fields.deliverables,
        milestones=fields.milestones,
        shared=fields.shared,
        notes=tuple(fields.notes),
        places=fields.places,
        where=work.where,
        label=work.label,
    )


def _score_of(work: WorkRow, fields: RowFields, alone: frozenset[str], *, has_score: bool) -> Score:
    if "requirement" in fields.shared or (has_score and "score" in fields.shared):
        return Score()  # counted once, on the row that holds the cell
    group = work.group if work.group in alone else ""
    own = parse_score(fields.requirement, group=group, cell=fields.score_cell)
    return own if own != Score() else parse_score(fields.basis, group=group)


def _title_of(work: WorkRow, fields: RowFields, alone: frozenset[str]) -> str:
    printed = fields.title if fields.title != fields.requirement else ""
    if printed:
        return " ".join(printed.split())
    heading = heading_of(fields.requirement) or heading_of(fields.basis)
    if heading:
        return heading
    if work.group in alone:
        return "".join(without_points(work.group).split())
    return shortened(fields.requirement or fields.basis)


def lonely_groups(works: Sequence[WorkRow]) -> frozenset[str]:
    groups = Counter(work.group for work in works if work.group)
    return frozenset(group for group, number in groups.items() if number == 1)


def row_keys(title: str, works: Sequence[WorkRow]) -> list[str]:
    """Lasting names: title, 序号 and sub. Where numbers begin anew in each group, the group tells them apart."""
    base = title_key(title)
    plain = [f"{base}#{work.seq}.{work.sub}" for work in works]
    printed = Counter(plain)
    keys: list[str] = []
    used: set[str] = set()
    for work, key in zip(works, plain, strict=True):
        if printed[key] > 1 and work.group:
            key = f"{base}#{''.join(work.group.split())}#{work.seq}.{work.sub}"
        unique, count = key, 1
        while unique in used:
            count += 1
            unique = f"{key}~{count}"
        if unique != plain[len(keys)] and (not work.group or count > 1):
            work.note(
                "duplicate-seq",
                Severity.WARNING,
                f"序号“{work.seq}”与前面的行重复，请改正序号，以便再次导入时对得上。",
            )
        used.add(unique)
        keys.append(unique)
    return keys
