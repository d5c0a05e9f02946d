"""Step 3: people and units, matched or to be created; what is not certain is asked."""

from __future__ import annotations

from starlette.responses import Response

from tracker.importers.draft import Draft
from tracker.models import ImportStep
from tracker.queries.people import list_people, list_units, resolve_person, resolve_unit
from tracker.services.import_sessions.matching import Choice, NameKind, NameMatch, Standing, list_name_matches
from tracker.services.import_sessions.names import choose_name, forget_name
from web.desk import Desk
from web.forms import InputRefused
from web.import_wizard import frame
from web.import_wizard.collectives import are_typed, choose_units, list_unit_options

MOST_OPTIONS = 100  # of a select; a larger register is asked for by name
STANDING_LABELS = {
    Standing.KNOWN: "名册里有",
    Standing.NEW: "将新建",
    Standing.SPELLED_ALIKE: "写法不一",
    Standing.AMBIGUOUS: "有同名的人",
    Standing.LEFT: "已停用",
    Standing.COLLECTIVE: "统称",
}


def show(desk: Desk, import_id: int) -> Response:
    run, draft = frame.opened(desk, import_id)
    matches = list_name_matches(desk.session, run, draft)
    people = [each for each in matches if each.kind is NameKind.PERSON]
    units = [each for each in matches if each.kind is NameKind.UNIT]
    collectives = [each for each in units if each.is_collective or each.standing is Standing.COLLECTIVE]
    options = list_unit_options(desk, matches)
    unit_names = {unit.id: unit.name for unit in list_units(desk.session)}
    return frame.show(
        desk,
        run,
        draft,
        ImportStep.NAMES,
        "names.html",
        asked=[each for each in people if each.standing in _ASKED],
        new_people=[each for each in people if each.standing is Standing.NEW],
        known_people=[each for each in people if each.standing is Standing.KNOWN],
        collectives=collectives,
        units_of_collectives=options,
        are_typed=are_typed(options, len(collectives)),
        new_units=[each for each in units if each.standing is Standing.NEW and not each.is_collective],
        known_units=[each for each in units if each.standing is Standing.KNOWN],
        everybody=[
            (person.id, person.name + (f"（{unit_names[person.unit_id]}）" if person.unit_id else ""))
            for person in list_people(desk.session)
        ],
        all_units=[(unit.id, unit.name) for unit in list_units(desk.session) if unit.is_active],
        most_options=MOST_OPTIONS,
        standing_labels=STANDING_LABELS,
        role_units=list(_role_units(draft)),
    )


def choose(desk: Desk, import_id: int) -> Response:
    """One select says it all: `new`, `forget`, `id-5` for a row of the register, `as-…` for another name of the file, and
    `collective` for a word that names several units.
    """
    run, draft = frame.locked(desk, import_id)
    matches = list_name_matches(desk.session, run, draft)
    match = _match_of_form(desk, matches)
    said = _known(desk, match) or desk.form.raw("choice")
    decision = frame.decision_of(desk)
    if said == "collective":
        choose_units(desk, run, match, matches)
    elif said == "forget":
        forget_name(desk.session, run, decision, match=match)
    elif said == "new":
        choose_name(desk.session, run, decision, match=match, choice=Choice.NEW)
    elif said.startswith("id-") and said[3:].isdecimal() and len(said) < 13:
        choose_name(desk.session, run, decision, match=match, choice=Choice.EXISTING, row_id=int(said[3:]))
    elif said.startswith("as-"):
        choose_name(desk.session, run, decision, match=match, choice=Choice.OTHER, other=said[3:])
    else:
        what = "是谁" if match.kind is NameKind.PERSON else "是哪个单位"
        raise InputRefused("choice", f"请选择“{match.name}”{what}。")
    anchor = f"#{match.kind}-{match.name}"
    return desk.done(frame.path_of(run, ImportStep.NAMES) + anchor, f"已确认“{match.name}”。")


def _known(desk: Desk, match: NameMatch) -> str:
    """The choice that somebody typed instead: a name of the register. Raises PersonNotFound, PersonAmbiguous, UnitNotFound."""
    typed = desk.form.optional_text("known", "名册里的名称", limit=60)
    if typed is None:
        return ""
    is_person = match.kind is NameKind.PERSON
    found = resolve_person(desk.session, typed) if is_person else resolve_unit(desk.session, typed)
    return f"id-{found.id}"


_ASKED = (Standing.SPELLED_ALIKE, Standing.AMBIGUOUS, Standing.LEFT)


def _match_of_form(desk: Desk, matches: list[NameMatch]) -> NameMatch:
    kind, name = desk.form.raw("kind"), desk.form.raw("name")
    for match in matches:
        if (match.kind.value, match.name) == (kind, name):
            return match
    raise InputRefused("name", "文件里已经没有这个名称了（可能刚刚被他人改过），请刷新页面。")


def _role_units(draft: Draft) -> list[tuple[str, str, str]]:
    """Rows where a unit or an office stands for a person: label, the words, and the finding's sentence."""
    return [
        (row.label, row.title or row.requirement[:30], each.message)
        for table in draft.tables
        for row in table.rows
        for each in row.diagnostics
        if each.code == "role-is-unit"
    ]
