"""Changing the tree of units."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, SQLModel, create_engine, select

from tests.factories import NOON, actor_of, create_campaign, create_person, create_task, create_unit
from tracker.errors import ActRefused, NameTaken, ValueRefused
from tracker.identity import id_of
from tracker.models import AuditEvent, Unit
from tracker.queries.people import list_unit_ids_below
from tracker.queries.units import list_unit_tree
from tracker.services.auditing import SYSTEM, Actor
from tracker.services.units import UnitStillNeeded, change_unit, deactivate_unit, reactivate_unit


@pytest.fixture
def coordinator(session: Session) -> Actor:
    create_campaign(session)
    return actor_of(create_person(session, "测试丁"))


class TestChangeUnit:
    def test_gives_a_unit_a_name_and_a_place_and_says_what_was_before(
        self, session: Session, coordinator: Actor
    ) -> None:
        office, section = create_unit(session, "测试总队"), create_unit(session, "测试一科")

        change_unit(
            session, id_of(section), name=" 测试综合科 ", parent_id=office.id, actor=coordinator, at=NOON
        )

        assert (section.name, section.parent_id) == ("测试综合科", office.id)
        event = session.exec(select(AuditEvent).where(AuditEvent.kind == "unit.change")).one()
        assert '"name":["测试一科","测试综合科"]' in event.data

    def test_records_nothing_where_nothing_is_new(self, session: Session, coordinator: Actor) -> None:
        section = create_unit(session, "测试一科")
        change_unit(session, id_of(section), name="测试一科", parent_id=None, actor=coordinator, at=NOON)
        assert session.exec(select(AuditEvent)).all() == []

    def test_refuses_a_place_below_itself(self, session: Session, coordinator: Actor) -> None:
        office = create_unit(session, "测试总队")
        team = create_unit(session, "测试大队", parent=office)
        squad = create_unit(session, "测试中队", parent=team)

        for parent in (office, team, squad):
            with pytest.raises(ValueRefused, match="下级单位"):
                change_unit(
                    session, id_of(office), name="测试总队", parent_id=parent.id, actor=coordinator, at=NOON
                )
        assert office.parent_id is None

    def test_refuses_the_name_of_another_unit(self, session: Session, coordinator: Actor) -> None:
        create_unit(session, "测试二科")
        section = create_unit(session, "测试一科")
        with pytest.raises(NameTaken, match="测试二科"):
            change_unit(session, id_of(section), name="测试二科", parent_id=None, actor=coordinator, at=NOON)

    def test_refuses_whoever_runs_no_campaign(self, session: Session) -> None:
        section = create_unit(session, "测试一科")
        with pytest.raises(ActRefused, match="协调员或管理员"):
            change_unit(
                session,
                id_of(section),
                name="测试新科",
                parent_id=None,
                actor=actor_of(create_person(session)),
                at=NOON,
            )

    @given(
        st.lists(st.tuples(st.integers(1, 6), st.none() | st.integers(1, 6)), max_size=20),
    )
    def test_never_makes_a_circle_whatever_is_moved_where(self, moves: list[tuple[int, int | None]]) -> None:
        engine = create_engine("sqlite://")
        SQLModel.metadata.create_all(engine)
        with Session(engine) as session:
            session.add_all(Unit(id=number, name=f"测试{number}科") for number in range(1, 7))
            session.flush()
            for unit_id, parent_id in moves:
                try:
                    change_unit(
                        session, unit_id, name=f"测试{unit_id}科", parent_id=parent_id, actor=SYSTEM, at=NOON
                    )
                except ValueRefused:
                    assert parent_id in list_unit_ids_below(session, unit_id)
            assert len(list_unit_tree(session)) == 6  # in a circle nobody hangs on the root
        engine.dispose()


class TestDeactivateUnit:
    def test_refuses_with_everything_that_hangs_on_it(self, session: Session, coordinator: Actor) -> None:
        team = create_unit(session, "测试大队")
        create_unit(session, "测试中队", parent=team)
        create_person(session, "测试戊", unit_id=team.id)
        task = create_task(session, lead_unit_id=team.id)

        with pytest.raises(UnitStillNeeded) as refusal:
            deactivate_unit(session, id_of(team), actor=coordinator, at=NOON)

        assert refusal.value.needed_by == (
            "下级单位“测试中队”",
            "人员测试戊",
            f"任务{task.id}",
        )
        assert team.is_active

    def test_retires_what_nothing_hangs_on_and_takes_it_back(
        self, session: Session, coordinator: Actor
    ) -> None:
        team = create_unit(session, "测试大队")
        deactivate_unit(session, id_of(team), actor=coordinator, at=NOON)
        assert not team.is_active
        reactivate_unit(session, id_of(team), actor=coordinator, at=NOON)
        assert team.is_active

    def test_takes_nothing_back_below_a_retired_unit(self, session: Session, coordinator: Actor) -> None:
        office = create_unit(session, "测试总队")
        team = create_unit(session, "测试大队", parent=office)
        deactivate_unit(session, id_of(team), actor=coordinator, at=NOON)
        deactivate_unit(session, id_of(office), actor=coordinator, at=NOON)
        with pytest.raises(ValueRefused, match="已经停用"):
            reactivate_unit(session, id_of(team), actor=coordinator, at=NOON)


class TestListUnitTree:
    def test_lists_every_unit_below_the_one_that_it_belongs_to(self, session: Session) -> None:
        office = create_unit(session, "测试总队")
        other = create_unit(session, "测试支队")
        team = create_unit(session, "测试大队", parent=office)
        squad = create_unit(session, "测试中队", parent=team)
        found = [(row.name, row.depth) for row in list_unit_tree(session)]
        assert found == [(office.name, 0), (team.name, 1), (squad.name, 2), (other.name, 0)]
