"""What the screens of 管理 ask alike: words of an address as a form reads them, people and units to choose from."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlencode

from sqlmodel import Session

from tracker.identity import id_of
from tracker.models import Person
from tracker.queries.people import list_people, resolve_person
from tracker.queries.units import list_unit_tree
from web.access import Who
from web.desk import Desk
from web.forms import Form, InputRefused
from web.uploads import find_upload
from workflows.roles import Role

MOST_CHOICES = 400  # beyond, a name is typed instead of chosen
_INDENT = "\u3000"  # a space as wide as a Chinese character; options of a list show no other

Choices = list[tuple[int, str]]
KEEPERS = (Who.COORDINATOR, Who.ADMINISTRATOR)  # those who keep people, units and campaigns
READERS = (*KEEPERS, Who.AUDITOR)


def query_of(desk: Desk) -> Form:
    """What the address asks for, to be read and refused like a form."""
    values: dict[str, list[str]] = {}
    for name, value in desk.request.query_params.multi_items():
        values.setdefault(name, []).append(value)
    return Form(values)


def address(path: str, **asked: object) -> str:
    """A page with what is asked of it; what is None or empty is left out."""
    said = {name: str(value) for name, value in asked.items() if value not in (None, "", False)}
    return f"{path}?{urlencode(said)}" if said else path


def list_unit_choices(session: Session, *, without: Collection[int] = ()) -> Choices:
    """Active units in the order of the tree, indented by their depth."""
    tree = list_unit_tree(session, include_inactive=False)
    return [(unit.id, _INDENT * unit.depth + unit.name) for unit in tree if unit.id not in without]


def list_person_choices(session: Session) -> Choices | None:
    """Active people with their units, by name as it is written; None where they are too many to choose from."""
    people = list_people(session)
    if len(people) > MOST_CHOICES:
        return None
    units = {unit.id: unit.name for unit in list_unit_tree(session)}
    named = [
        (id_of(each), f"{each.name}（{units[each.unit_id]}）" if each.unit_id in units else each.name)
        for each in people
    ]
    return sorted(named, key=lambda choice: choice[1])


def read_person(desk: Desk, field: str, label: str) -> Person:
    """The person that was chosen, or typed as a name, a number or an address."""
    return resolve_person(desk.session, desk.form.text(field, label, limit=254))


def is_keeper(desk: Desk) -> bool:
    return not desk.visitor.roles.isdisjoint({Role.ADMINISTRATOR, Role.COORDINATOR})


def is_administrator(desk: Desk) -> bool:
    return desk.visitor.is_a(Role.ADMINISTRATOR)


def read_pasted(desk: Desk, label: str, *, limit: int, file_limit: int) -> str:
    """The text of the file that was chosen, else what was pasted into the field `text`."""
    upload = find_upload(desk.request)
    if upload is None:
        return desk.form.text("text", label, limit=limit)
    content = upload.file.read(file_limit + 1)
    if len(content) > file_limit:
        raise InputRefused("file", f"文件最大 {file_limit >> 10} KB，请拆分后再选择。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputRefused("file", "文件不是 UTF-8 或者 GB18030 编码的文本，请另存为 CSV UTF-8 再选择。")


def uploaded_name(desk: Desk) -> str | None:
    """What the sender calls the file that was chosen, without any folder; None where none was."""
    upload = find_upload(desk.request)
    return upload.name or None if upload is not None else None
