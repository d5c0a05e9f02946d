"""What the peer of the list does: the fifty rows by `sqlite3`, and their HTML by one flat template.

It knows no rights, no filters and no rules, and shows days as they are stored.
"""

from __future__ import annotations

import sqlite3
from typing import Any

_ROWS = (
    'SELECT t.id, t.seq, t.title, t."group", c.name, t.state, u.name,'
    " (SELECT min(m.due_on) FROM milestone m WHERE m.task_id = t.id AND m.state = 'pending')"
    " FROM task t JOIN campaign c ON c.id = t.campaign_id LEFT JOIN unit u ON u.id = t.lead_unit_id"
    " ORDER BY t.campaign_id, t.table_id, t.position, t.id LIMIT 50"
)
_PEOPLE = "SELECT q.task_id, q.role, p.name FROM task_person q JOIN person p ON p.id = q.person_id WHERE q.task_id IN ({})"
_LIGHT = (
    '<span class="light tone-green"><svg class="icon " aria-hidden="true" focusable="false">'
    '<use href="/static/vendor/icons.svg#circle-fill"></use></svg>绿灯</span>'
)
_CELLS = "".join(
    f'<td data-label="{label}" class="names cell-{role}">{{{{ people.get((id, "{role}"), [])|join("、") }}}}</td>'
    for role, label in (("owner", "责任人"), ("expediter", "盯办人"), ("leader", "分管领导"))
)
BARE_LIST = (
    "{% for id, seq, title, group, campaign, state, unit, due_on in rows %}<tr>"
    '<td class="pick"><input type="checkbox" name="task" value="{{ id }}" form="bulk" aria-label="选择 {{ title }}"></td>'
    '<td class="nowrap only-wide">{{ seq }}</td><th class="row-head" scope="row"><a class="row-title" href="/tasks/{{ id }}">'
    '<span class="only-phone">{{ seq }} </span>{{ title }}</a><span class="cell-sub">{{ group or "" }} {{ campaign }}</span>'
    '</th><td data-label="状态" class="cell-badge"><span class="badge-state tone-primary">{{ state }}</span></td>'
    f'<td data-label="灯" class="cell-badge">{_LIGHT}</td>'
    '<td data-label="时限" class="nowrap cell-due">{{ due_on }}<span class="cell-sub">{{ due_on }}</span></td>'
    '<td data-label="牵头" class="cell-lead">{{ unit }}</td>'
    f"{_CELLS}</tr>{{% endfor %}}"
)


def read_bare_list(connection: sqlite3.Connection) -> dict[str, Any]:
    """Everything that the template shows."""
    rows = connection.execute(_ROWS).fetchall()
    people: dict[tuple[int, str], list[str]] = {}
    ids = [row[0] for row in rows]
    for task_id, role, name in connection.execute(_PEOPLE.format(",".join("?" * len(ids))), ids):
        people.setdefault((task_id, role), []).append(name)
    connection.execute("SELECT count(*) FROM task").fetchone()
    return {"rows": rows, "people": people}
