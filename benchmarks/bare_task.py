"""What the peer of a task's page does: every row that the page shows by `sqlite3`, and the same HTML by one flat template.

It knows no rights and no rules: what may be done, and why not, is written out in its template. It shows days and moments
as they are stored. It skips nothing else of what the page shows, and does nothing that the page does not need.
"""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import Any

from benchmarks.registers import CAMPAIGN

TASK = 17
_SPRITE = "/static/vendor/icons.svg?v=92939da513f7"
_ICON = re.compile(r"<icon ([\w-]+)>")
_HIDDEN = (
    '<input type="hidden" name="csrf" value="{{ csrf }}"><input type="hidden" class="renewed-version" name="version"'
    ' value="{{ task[9] }}"><input type="hidden" class="renewed-seen" name="seen" value="{{ events[0][0] }}">'
)
_TASK = (
    'SELECT t.id, t.campaign_id, t.seq, t."group", t.title, t.requirement, t.basis, t.remark, t.state, t.version, t.score,'
    " t.source, t.closed_at, c.name, u.name, r.title FROM task t JOIN campaign c ON c.id = t.campaign_id"
    " LEFT JOIN unit u ON u.id = t.lead_unit_id LEFT JOIN responsibility_table r ON r.id = t.table_id WHERE t.id = ?"
)
_LISTS = {
    "milestones": "SELECT m.id, m.number, m.text, m.kind, m.state, m.due_on, m.first_due_on, m.report_note, m.reported_at,"
    " p.name, m.met_at, q.name FROM milestone m LEFT JOIN person p ON p.id = m.reported_by_id"
    " LEFT JOIN person q ON q.id = m.met_by_id WHERE m.task_id = ? ORDER BY m.number, m.part, m.id",
    "deliverables": "SELECT number, text, id FROM deliverable WHERE task_id = ? ORDER BY number",
    "instructions": "SELECT i.id, p.name, i.text, i.given_at, i.acknowledged_at, q.name FROM instruction i"
    " JOIN person p ON p.id = i.leader_id LEFT JOIN person q ON q.id = i.acknowledged_by_id"
    " WHERE i.task_id = ? ORDER BY i.id DESC",
    "comments": "SELECT c.id, p.name, c.text, c.written_at FROM comment c JOIN person p ON p.id = c.author_id"
    " WHERE c.task_id = ? ORDER BY c.id",
    "units": "SELECT u.id, u.name FROM task_unit q JOIN unit u ON u.id = q.unit_id WHERE q.task_id = ? ORDER BY q.position",
    "deductions": 'SELECT "on", points, note FROM deduction WHERE task_id = ?',
    "findings": "SELECT id, severity, message FROM import_finding WHERE task_id = ?",
}
_EVENTS = "SELECT id, at, actor_name, kind, data FROM audit_event WHERE task_id = ? ORDER BY id DESC LIMIT 31"
_PEOPLE = (
    "SELECT q.role, p.id, p.name, u.name FROM task_person q JOIN person p ON p.id = q.person_id"
    " LEFT JOIN unit u ON u.id = p.unit_id WHERE q.task_id = ?"
    " UNION ALL SELECT q.role, p.id, p.name, u.name FROM campaign_role q JOIN person p ON p.id = q.person_id"
    f" LEFT JOIN unit u ON u.id = p.unit_id WHERE q.campaign_id = {CAMPAIGN}"
)
_EXTENSIONS = (
    "SELECT e.id, e.milestone_id, e.state, e.number, e.from_due_on, e.to_due_on, e.reason, e.requested_at, p.name,"
    " e.decided_at, q.name, e.decision FROM extension e JOIN milestone m ON m.id = e.milestone_id"
    " JOIN person p ON p.id = e.requested_by_id LEFT JOIN person q ON q.id = e.decided_by_id WHERE m.task_id = ?"
)
_EVIDENCE = (
    "SELECT e.id, e.deliverable_id, e.name, e.version, e.link, s.size, p.name, e.submitted_at, e.review_reason, e.state"
    " FROM evidence e JOIN deliverable d ON d.id = e.deliverable_id LEFT JOIN stored_file s ON s.sha256 = e.sha256"
    " JOIN person p ON p.id = e.submitted_by_id WHERE d.task_id = ? ORDER BY e.name, e.version DESC"
)


def bare_task_template() -> str:
    """The source of the template."""

    def picture(found: re.Match[str]) -> str:
        extra, name = (" icon-fold", "chevron-down") if found[1] == "fold" else ("", found[1])
        return f'<svg class="icon{extra}" aria-hidden="true" focusable="false"><use href="{_SPRITE}#{name}"></use></svg>'

    text = (Path(__file__).parent / "bare_task.html").read_text("utf-8")
    return _ICON.sub(picture, text.replace("<hidden>", _HIDDEN))


def read_bare_task(connection: sqlite3.Connection) -> dict[str, Any]:
    """Everything that the template shows."""

    def ask(statement: str) -> list[Any]:
        return connection.execute(statement, (TASK,)).fetchall()

    task = ask(_TASK)[0]
    found: dict[str, Any] = {name: ask(statement) for name, statement in _LISTS.items()}
    people = ask(_PEOPLE)
    evidence = _by_second(ask(_EVIDENCE))
    words = ("reason", "note", "text")
    events = []
    for number, at, who, kind, data in ask(_EVENTS):
        said = json.loads(data)
        events.append((number, at, who, kind, next((said[word] for word in words if said.get(word)), "")))
    return found | {
        "csrf": "csrf",
        "task": task,
        "score": json.loads(task[10]),
        "source": json.loads(task[11]),
        "people": people,
        "leader": next((person[1], person[2]) for person in people if person[0] == "leader"),
        "extensions": _by_second(ask(_EXTENSIONS)),
        "evidence": evidence,
        "missing": [each for each in found["deliverables"] if each[2] not in evidence],
        "open_steps": [each for each in found["milestones"] if each[4] != "met"],
        "events": events,
    }


def _by_second(rows: list[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row[1], []).append(row)
    return found
