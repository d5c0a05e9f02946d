"""`dingban person`: enter, change, reassign, hand over, deactivate."""

from __future__ import annotations

from typing import Annotated

import typer

from runtime.cli.acting import acting
from runtime.cli.grammar import Commands
from runtime.cli.invocation import Refused, opened_application
from runtime.cli.options import AsAnybody, Json, TaskId
from runtime.cli.output import print_json, print_table, say
from tracker.identity import LARGEST_ID, id_of
from tracker.models import Person
from tracker.queries.people import list_people, list_units, resolve_person, resolve_unit
from tracker.services import people
from tracker.services.findings import merge_spellings
from workflows.roles import ROLE_LABELS, TASK_ROLES, Role

app = Commands(help="人员：登记、修改、换人、移交、停用、启用。")

WhoArgument = Annotated[str, typer.Argument(metavar="人员", help="姓名、编号或者邮箱")]
PART_NAMES = {word: role for role in TASK_ROLES for word in (role.value, ROLE_LABELS[role])}
RoleOption = Annotated[
    str, typer.Option("--role", metavar="角色", help="owner 责任人、expediter 盯办人、leader 分管领导")
]
Email = Annotated[str | None, typer.Option("--email", metavar="邮箱", help="收提醒的邮箱")]
Unit = Annotated[str | None, typer.Option("--unit", metavar="单位", help="所在单位，须已登记")]
Title = Annotated[str | None, typer.Option("--title", metavar="职务", help="职务")]


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="姓名", help="姓名")],
    unit: Unit = None,
    title: Title = None,
    email: Email = None,
    is_administrator: Annotated[bool, typer.Option("--administrator", help="同时设为管理员")] = False,
    as_person: AsAnybody = None,
    as_json: Json = False,
) -> None:
    """登记一名人员。"""
    with acting(as_person) as desk:
        person = people.create_person(
            desk.session,
            name=name,
            unit_id=None if unit is None else id_of(resolve_unit(desk.session, unit)),
            title=title,
            email=email,
            is_administrator=is_administrator,
            actor=desk.actor,
            at=desk.at,
        )
        document = _document(person)
    print_json(document) if as_json else say(f"已登记{name}，编号{document['id']}。")


@app.command("change")
def change(
    who: WhoArgument,
    email: Email = None,
    unit: Unit = None,
    title: Title = None,
    as_person: AsAnybody = None,
    as_json: Json = False,
) -> None:
    """修改一名人员的邮箱、单位或者职务。"""
    if email is None and unit is None and title is None:
        raise Refused("没有写要修改什么：--email、--unit、--title 至少写一项。")
    with acting(as_person) as desk:
        values: dict[str, object] = {"email": email, "title": title}
        if unit is not None:
            values["unit_id"] = id_of(resolve_unit(desk.session, unit))
        person = people.change_person(
            desk.session,
            id_of(resolve_person(desk.session, who)),
            actor=desk.actor,
            at=desk.at,
            **{key: value for key, value in values.items() if value is not None},
        )
        document = _document(person)
    print_json(document) if as_json else say(f"已修改{document['name']}的信息。")


@app.command("alias")
def alias(
    who: WhoArgument,
    name: Annotated[str, typer.Argument(metavar="另一种写法", help="例如繁体写法")],
    as_person: AsAnybody = None,
    as_json: Json = False,
) -> None:
    """确认另一种写法指的就是这个人。"""
    with acting(as_person) as desk:
        person = resolve_person(desk.session, who)
        people.add_alias(desk.session, id_of(person), name=name, actor=desk.actor, at=desk.at)
        document = _document(person)
    print_json(document) if as_json else say(f"已确认“{name}”就是{document['name']}。")


@app.command("merge")
def merge(
    from_person: WhoArgument,
    to_person: Annotated[str, typer.Option("--into", metavar="人员", help="保留哪一个")],
    as_person: AsAnybody = None,
    as_json: Json = False,
) -> None:
    """确认两名人员是同一人的繁简两种写法：前一个的工作并入后一个。"""
    with acting(as_person) as desk:
        before, after = resolve_person(desk.session, from_person), resolve_person(desk.session, to_person)
        merge_spellings(
            desk.session,
            from_person_id=id_of(before),
            to_person_id=id_of(after),
            actor=desk.actor,
            at=desk.at,
        )
    if as_json:
        print_json({"from": before.id, "into": after.id})
    else:
        say(f"“{before.name}”已并入“{after.name}”，以后两种写法都指{after.name}。")


@app.command("list")
def show_list(
    is_all: Annotated[bool, typer.Option("--all", help="包括已停用的")] = False, as_json: Json = False
) -> None:
    """列出人员。"""
    with opened_application() as application, application.reading() as session:
        units = {unit.id: unit.name for unit in list_units(session)}
        found = [
            {**_document(person), "unit": units.get(person.unit_id)}
            for person in list_people(session, include_inactive=is_all)
        ]
    if as_json:
        print_json({"schema": "dingban.people/1", "people": found})
        return
    print_table(
        ["编号", "姓名", "单位", "职务", "邮箱", "备注"],
        [
            (
                each["id"],
                each["name"],
                each["unit"],
                each["title"],
                each["email"],
                "、".join(
                    label
                    for label, is_so in (
                        ("管理员", each["is_administrator"]),
                        ("已停用", not each["is_active"]),
                    )
                    if is_so
                ),
            )
            for each in found
        ],
    )


@app.command("appoint")
def appoint(
    task_id: TaskId, who: WhoArgument, role: RoleOption, as_person: AsAnybody = None, as_json: Json = False
) -> None:
    """在一项任务上增加一名责任人、盯办人或者分管领导。"""
    part = _part(role)
    with acting(as_person) as desk:
        person = resolve_person(desk.session, who)
        people.appoint(
            desk.session, task_id, person_id=id_of(person), role=part, actor=desk.actor, at=desk.at
        )
    _tell_part(task_id, part, [person], f"任务{task_id}：{person.name}为{ROLE_LABELS[part]}。", as_json)


@app.command("dismiss")
def dismiss(
    task_id: TaskId, who: WhoArgument, role: RoleOption, as_person: AsAnybody = None, as_json: Json = False
) -> None:
    """免去一名人员在一项任务上的角色；只有他一人时请改用换人。"""
    part = _part(role)
    with acting(as_person) as desk:
        person = resolve_person(desk.session, who)
        people.dismiss(
            desk.session, task_id, person_id=id_of(person), role=part, actor=desk.actor, at=desk.at
        )
    said = f"任务{task_id}：{person.name}不再是{ROLE_LABELS[part]}。"
    _tell_part(task_id, part, [person], said, as_json)


@app.command("reassign")
def reassign(
    task_id: TaskId,
    role: RoleOption,
    from_person: Annotated[str, typer.Option("--from", metavar="人员", help="原来是谁")],
    to_person: Annotated[str, typer.Option("--to", metavar="人员", help="换成谁")],
    as_person: AsAnybody = None,
    as_json: Json = False,
) -> None:
    """一项任务换人：时限和提醒不变，以后通知新的人。"""
    part = _part(role)
    with acting(as_person) as desk:
        before, after = resolve_person(desk.session, from_person), resolve_person(desk.session, to_person)
        people.reassign_task(
            desk.session,
            task_id,
            role=part,
            from_person_id=id_of(before),
            to_person_id=id_of(after),
            actor=desk.actor,
            at=desk.at,
        )
    said = f"任务{task_id}的{ROLE_LABELS[part]}由{before.name}换成{after.name}。"
    _tell_part(task_id, part, [before, after], said, as_json)


@app.command("handover")
def hand_over(
    from_person: WhoArgument,
    to_person: Annotated[str, typer.Option("--to", metavar="人员", help="移交给谁")],
    as_person: AsAnybody = None,
    as_json: Json = False,
) -> None:
    """把一个人手里没办完的工作全部移交给另一个人。"""
    with acting(as_person) as desk:
        before, after = resolve_person(desk.session, from_person), resolve_person(desk.session, to_person)
        tasks = people.hand_over(
            desk.session,
            from_person_id=id_of(before),
            to_person_id=id_of(after),
            actor=desk.actor,
            at=desk.at,
        )
        numbers = [id_of(task) for task in tasks]
    if as_json:
        print_json({"from": before.id, "to": after.id, "tasks": numbers})
    else:
        say(f"已把{before.name}的{len(numbers)}项任务移交给{after.name}。")


@app.command("deactivate")
def deactivate(who: WhoArgument, as_person: AsAnybody = None, as_json: Json = False) -> None:
    """停用一名人员；他手里还有工作时须先移交。"""
    with acting(as_person) as desk:
        person = resolve_person(desk.session, who)
        people.deactivate_person(desk.session, id_of(person), actor=desk.actor, at=desk.at)
        document = _document(person)
    print_json(document) if as_json else say(f"已停用{document['name']}，以后不再通知。")


@app.command("reactivate")
def reactivate(
    number: Annotated[
        int,
        typer.Argument(metavar="人员编号", min=1, max=LARGEST_ID, help="见 dingban person list --all"),
    ],
    as_person: AsAnybody = None,
    as_json: Json = False,
) -> None:
    """重新启用一名停用的人员；已经移交的工作不会回到他手里。"""
    with acting(as_person) as desk:
        person = people.reactivate_person(desk.session, number, actor=desk.actor, at=desk.at)
        document = _document(person)
    print_json(document) if as_json else say(f"已重新启用{document['name']}。")


def _tell_part(task_id: int, part: Role, who: list[Person], said: str, as_json: bool) -> None:
    if as_json:
        print_json({"task_id": task_id, "role": part.value, "people": [person.id for person in who]})
    else:
        say(said)


def _part(role: str) -> Role:
    if role not in PART_NAMES:
        raise typer.BadParameter(
            f"没有“{role}”这个角色，--role 只能是 {'、'.join(each.value for each in TASK_ROLES)}"
        )
    return PART_NAMES[role]


def _document(person: Person) -> dict[str, object]:
    return {
        "id": person.id,
        "name": person.name,
        "unit_id": person.unit_id,
        "title": person.title,
        "email": person.email,
        "is_administrator": person.is_administrator,
        "is_active": person.is_active,
    }
