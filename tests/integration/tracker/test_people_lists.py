"""Entering many people at once."""

from __future__ import annotations

import pytest
from sqlmodel import Session, select

from tests.factories import NOON, create_person, create_unit
from tracker.models import Person, Unit
from tracker.services.auditing import SYSTEM
from tracker.services.people_lists import (
    Effect,
    ListedPerson,
    PeopleListRefused,
    PeoplePlan,
    enter_people,
    plan_people,
    read_people_list,
)


def enter(session: Session, text: str, *, may_create_units: bool = False) -> PeoplePlan:
    return enter_people(
        session, read_people_list(text), may_create_units=may_create_units, actor=SYSTEM, at=NOON
    )


class TestReadPeopleList:
    def test_takes_what_a_sheet_hands_over_with_columns_in_any_order(self) -> None:
        found = read_people_list(
            "邮箱\t姓名\t备注\t部门\nsan@example.org\t张三丰\t调入\t测试一科\n\n\t李四光\t\t\n"
        )
        assert found == [
            ListedPerson(2, "张三丰", "测试一科", "", "san@example.org"),
            ListedPerson(4, "李四光"),
        ]

    def test_takes_commas_of_either_width_without_a_first_line(self) -> None:
        assert read_people_list("张三丰，测试一科,科长,san@example.org") == [
            ListedPerson(1, "张三丰", "测试一科", "科长", "san@example.org")
        ]

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            (" \n", "名单是空的"),
            ("姓名,单位", "只有标题行"),
            ("姓名,单位\n,测试一科", "第2行：没有姓名"),
            ("张三丰,测试一科," + "长" * 61, "第1行：职务最多60个字"),
            ("张三丰\n" * 2001, "最多一次录入2000人"),
        ],
    )
    def test_refuses_what_is_no_list(self, text: str, sentence: str) -> None:
        with pytest.raises(PeopleListRefused, match=sentence):
            read_people_list(text)


class TestEnterPeople:
    def test_creates_completes_and_leaves_alone(self, session: Session) -> None:
        unit = create_unit(session, "测试一科")
        without_address = create_person(session, "测试甲", unit_id=unit.id, email=None)
        create_person(session, "测试乙", unit_id=unit.id, email="yi@example.org")

        plan = enter(
            session,
            "测试甲,测试一科,科员,jia@example.org\n测试乙,测试一科,,yi@example.org\n测试丙,测试一科,,",
        )

        assert [each.effect for each in plan.people] == [Effect.CHANGE, Effect.NOTHING, Effect.CREATE]
        assert (without_address.title, without_address.email) == ("科员", "jia@example.org")
        assert sorted(session.exec(select(Person.name)).all()) == ["测试丙", "测试乙", "测试甲"]

    def test_entering_the_same_list_again_changes_nothing(self, session: Session) -> None:
        text = "测试甲,测试一科,科员,jia@example.org\n测试乙,测试二科,,"
        enter(session, text, may_create_units=True)
        plan = enter(session, text)
        assert {each.effect for each in plan.people} == {Effect.NOTHING}

    def test_takes_another_address_for_another_person(self, session: Session) -> None:
        create_person(session, "测试甲", email="one@example.org")
        plan = enter(session, "测试甲,测试一科,,other@example.org")
        assert plan.people[0].effect is Effect.CREATE

    def test_asks_where_a_namesake_works_elsewhere(self, session: Session) -> None:
        create_person(session, "测试甲", email=None)
        create_unit(session, "测试二科")
        with pytest.raises(PeopleListRefused, match="不能确定是不是同一人"):
            enter(session, "测试甲,测试二科,,")

    def test_lists_everything_that_stands_in_the_way_and_writes_nothing(self, session: Session) -> None:
        create_person(session, "测试甲", email="jia@example.org")
        with pytest.raises(PeopleListRefused) as refusal:
            enter(
                session,
                "测试乙,没有的科,,jia@example.org\n测试丙,测试一科,,不是邮箱\n"
                "测试丁,测试一科,,ding@example.org\n测试戊,测试一科,,ding@example.org",
            )
        assert [problem.split("：")[0] for problem in refusal.value.problems] == [
            "第1行",
            "第2行",
            "第4行",
            "没有名为“没有的科”的单位",
        ]
        assert session.exec(select(Person.name)).all() == ["测试甲"]

    def test_enters_new_units_only_where_it_may(self, session: Session) -> None:
        with pytest.raises(PeopleListRefused, match="没有名为“测试新科”的单位"):
            enter(session, "测试甲,测试新科")
        enter(session, "测试甲,测试新科", may_create_units=True)
        assert session.exec(select(Unit.name)).all() == ["测试新科"]

    def test_says_beforehand_what_it_would_do(self, session: Session) -> None:
        plan = plan_people(session, read_people_list("测试甲,测试新科\n测试乙,测试新科"))
        assert (plan.count(Effect.CREATE), plan.new_units, plan.problems) == (2, ("测试新科",), [])
        assert session.exec(select(Person)).all() == []
