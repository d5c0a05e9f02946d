"""Filters that a person keeps under a name."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from tests.factories import NOON, create_person
from tracker.errors import ValueRefused, ViewNotFound
from tracker.identity import id_of
from tracker.queries.views import list_views
from tracker.services.views import MOST_VIEWS, delete_view, save_view


def save(session: Session, person_id: int, name: str, query: str = "light=red") -> int:
    return id_of(save_view(session, person_id, name=name, query=query, at=NOON))


class TestSaveView:
    def test_a_view_of_the_same_name_is_replaced(self, session: Session) -> None:
        person = id_of(create_person(session))
        first = save(session, person, "红灯")
        assert save(session, person, " 红灯 ", "light=red&unit=1") == first
        assert [(view.name, view.query) for view in list_views(session, person)] == [
            ("红灯", "light=red&unit=1")
        ]

    def test_names_of_other_people_are_free(self, session: Session) -> None:
        mine, his = id_of(create_person(session)), id_of(create_person(session, "张三丰"))
        assert save(session, mine, "红灯") != save(session, his, "红灯")

    @pytest.mark.parametrize("name", ["", "  ", "长" * 41])
    def test_a_name_has_to_be_short_and_there(self, session: Session, name: str) -> None:
        with pytest.raises(ValueRefused, match="40个字"):
            save(session, id_of(create_person(session)), name)

    def test_there_are_only_so_many(self, session: Session) -> None:
        person = id_of(create_person(session))
        for number in range(MOST_VIEWS):
            save(session, person, f"视图{number}")
        with pytest.raises(ValueRefused, match=f"最多保存{MOST_VIEWS}个"):
            save(session, person, "再来一个")
        save(session, person, "视图0", "light=green")  # to replace one is no more of them


class TestDeleteView:
    def test_nobody_deletes_the_view_of_another(self, session: Session) -> None:
        mine, his = id_of(create_person(session)), id_of(create_person(session, "张三丰"))
        view = save(session, mine, "红灯")
        with pytest.raises(ViewNotFound):
            delete_view(session, his, view)
        delete_view(session, mine, view)
        assert list_views(session, mine) == []
