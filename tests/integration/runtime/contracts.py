"""The JSON that scripts outside rely on, as JSON Schemas. They hold what is promised; more may be there."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def _object(**properties: Schema) -> Schema:
    """An object that has all of these, and maybe more."""
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
WORDS: Schema = _list(TEXT)

OFFSET = _object(count={"type": "integer"}, unit={"enum": ["day", "workday", "month", "year"]}, event=TEXT)
DEADLINE = _object(
    span=TEXT,
    kind={"enum": ["date", "window", "recurring", "relative", "standing", "vague"]},
    start=_or_null(DAY),
    due=_or_null(DAY),
    recurrence=_or_null({"type": "string", "pattern": "^FREQ="}),
    offset=_or_null(OFFSET),
)
DEADLINES = _list({**DEADLINE, "required": [*DEADLINE["required"], "provisional"]})

DIAGNOSTIC = _object(
    code={"type": "string", "pattern": "^[a-z]+(-[a-z]+)*$"},
    severity={"enum": ["error", "warning", "info"]},
    column=_or_null(TEXT),
    message=TEXT,
    repair=_or_null(TEXT),
)
ROW = _object(
    seq=TEXT,
    sub={"type": "integer", "minimum": 1},
    group=TEXT,
    title=TEXT,
    requirement=TEXT,
    basis=TEXT,
    score=_object(kind={"enum": ["points", "deduct", "bonus", "veto", "none"]}, max=_or_null(NUMBER)),
    lead_unit=TEXT,
    units=WORDS,
    people={"type": "object", "additionalProperties": WORDS},
    deliverables=_list(_object(n=COUNT, text=TEXT)),
    milestones=_list(_object(n=COUNT, text=TEXT, standing=FLAG, archive=FLAG, deadlines=_list(DEADLINE))),
    diagnostics=_list(DIAGNOSTIC),
)
UNPLACED = _list(_object(text=TEXT, where=TEXT))
DRAFT = _object(
    schema={"const": "dingban.draft/1"},
    source=_object(
        name=TEXT,
        sha256={"type": "string", "pattern": "^[0-9a-f]{64}$"},
        characters=COUNT,
        placed=COUNT,
        unplaced=COUNT,
        furniture=COUNT,
        skipped=COUNT,
    ),
    tables=_list(
        _object(
            title=TEXT,
            year=_or_null(COUNT),
            columns={"type": "object", "additionalProperties": TEXT},
            rows=_list(ROW),
            unplaced=UNPLACED,
        )
    ),
    skipped=_list(_object(title=TEXT, reason=TEXT, characters=COUNT)),
    diagnostics=_list(DIAGNOSTIC),
)
REFUSAL = _object(
    error=_object(exit_code={"enum": [1, 3, 4]}, message=TEXT, unmet=_list(_object(code=TEXT, message=TEXT)))
)
ROUND = _object(
    schema={"const": "dingban.round/1"},
    state={"enum": ["done", "closed", "busy", "clock"]},
    letters=COUNT,
    sent=COUNT,
    put_off=COUNT,
    given_up=COUNT,
    errors=WORDS,
)
AUDIT = _object(schema={"const": "dingban.audit/1"}, events=COUNT, intact=FLAG, altered_id=_or_null(COUNT))
REHEARSAL = _object(
    schema={"const": "dingban.rehearsal/1"},
    notices=_list(_object(day=DAY, person=TEXT, rule=TEXT, role=TEXT, task_id=_or_null(COUNT))),
)
