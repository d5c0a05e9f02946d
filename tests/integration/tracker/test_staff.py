"""Looking for people, and what moves when one hands over to another."""

from __future__ import annotations

from sqlmodel import Session

from tests.factories import NOON, create_campaign, create_part, create_person, create_task, create_unit
from tracker.identity import id_of
from tracker.models import PersonAlias
from tracker.queries.handing_over import preview_hand_over
from tracker.queries.staff import (
    PER_PAGE,
    StaffFilter,
    list_doubtful_spellings,
    list_other_spellings,
    list_staff,
)
from tracker.services.account_invites import invite_everybody
from tracker.services.accounts import accept_invite
from tracker.services.auditing import SYSTEM
from workflows.roles import Role


def names(session: Session, wanted: StaffFilter) -> list[str]:
    return [row.person.name for row in list_staff(session, wanted).rows]


class TestListStaff:
    def test_finds_by_name_spelling_post_address_and_unit(self, session: Session) -> None:
        unit = create_unit(session, "测试综合执法大队")
        person = create_person(session, "白圣豪", unit_id=unit.id, title="副队长", email="bai@example.org")
        session.add(PersonAlias(person_id=id_of(person), name="白聖豪"))
        create_person(session, "测试甲")
        for text in ("圣豪", "聖豪", "副队", "BAI@", "执法", "白 执法"):
            assert names(session, StaffFilter(text=text)) == ["白圣豪"], text
        assert names(session, StaffFilter(text="100%")) == []

    def test_looks_into_the_units_below(self, session: Session) -> None:
        office = create_unit(session, "测试总队")
        team = create_unit(session, "测试大队", parent=office)
        create_person(session, "测试甲", unit_id=team.id)
        create_person(session, "测试乙", unit_id=None)
        assert names(session, StaffFilter(unit_id=office.id)) == ["测试甲"]

    def test_counts_what_each_does(self, session: Session) -> None:
        create_task(session)
        create_task(session, leader=None)
        rows = {row.person.name: row.parts for row in list_staff(session, StaffFilter()).rows}
        assert rows["测试甲"] == {Role.OWNER: 2}
        assert rows["测试丙"] == {Role.LEADER: 1}
        assert rows["测试丁"] == {Role.COORDINATOR: 1}

    def test_pages_are_whole(self, session: Session) -> None:
        for number in range(PER_PAGE + 1):
            create_person(session, f"测试{number}")
        page = list_staff(session, StaffFilter(), page=2)
        assert (len(page.rows), page.total, page.pages) == (1, PER_PAGE + 1, 2)

    def test_finds_those_without_address_or_account(self, session: Session) -> None:
        create_person(session, "测试甲", email=None)
        invite_everybody(session, actor=SYSTEM, at=NOON)
        create_person(session, "测试乙")
        assert names(session, StaffFilter(only_without_address=True)) == ["测试甲"]
        assert names(session, StaffFilter(only_without_account=True)) == ["测试乙"]


class TestSpellings:
    def test_names_that_differ_in_their_form_stand_together(self, session: Session) -> None:
        first, second = create_person(session, "白圣豪"), create_person(session, "白聖豪")
        create_person(session, "测试甲")
        assert list_doubtful_spellings(session) == [[first, second]]
        assert list_other_spellings(session, first) == [second]


class TestPreviewHandOver:
    def test_lists_every_part_and_campaign_that_moves(self, session: Session) -> None:
        task = create_task(session)
        coordinator = create_person(session, "测试丁")
        create_part(session, task, coordinator, Role.LEADER)
        found = preview_hand_over(session, id_of(coordinator))
        assert [(part.task_id, part.role) for part in found.parts] == [(task.id, Role.LEADER)]
        assert [campaign.name for _, campaign in found.campaigns] == ["2024年测试专项"]

    def test_says_what_follows_from_who_takes_over(self, session: Session) -> None:
        create_task(session)
        owner, expediter = create_person(session, "测试甲"), create_person(session, "测试乙")
        [part] = preview_hand_over(session, id_of(owner), id_of(expediter)).parts
        assert "改由协调员审核" in part.note
        newcomer = create_person(session, "测试戊")
        assert preview_hand_over(session, id_of(owner), id_of(newcomer)).parts[0].note == ""

    def test_says_where_both_have_the_same_part(self, session: Session) -> None:
        task = create_task(session)
        other = create_person(session, "测试戊")
        create_part(session, task, other, Role.OWNER, 1)
        [part] = preview_hand_over(session, id_of(other), id_of(create_person(session, "测试甲"))).parts
        assert "合并为一" in part.note

    def test_is_empty_for_whoever_has_nothing(self, session: Session) -> None:
        create_campaign(session)
        assert preview_hand_over(session, id_of(create_person(session, "测试戊"))).is_empty


class TestInviteEverybody:
    def test_gives_each_a_code_that_opens_his_account(self, session: Session) -> None:
        create_person(session, "测试甲")
        create_person(session, "测试乙")
        invited = invite_everybody(session, actor=SYSTEM, at=NOON)
        assert [each.person.name for each in invited] == ["测试甲", "测试乙"]
        account = accept_invite(session, code=invited[1].code, password="山高月小水落石出1079", at=NOON)
        assert account.id == invited[1].account.id
        assert invite_everybody(session, actor=SYSTEM, at=NOON) == []
