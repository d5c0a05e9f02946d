"""Sending: each week's reports once, to those who are concerned, and kept as sent."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import Session, col, select

from notifications.models import Letter, LetterKind, SentReport
from notifications.office_hours import OfficeHours
from notifications.reports import queue_weekly_reports, report_owed
from notifications.reports.sending import ReportAltered, show_sent_report
from tests import factories, weekly_office
from tracker.calendar import WorkCalendar, load_published_calendar
from tracker.clock import office_moment
from tracker.figures import IsoWeek, Scope, resolve_scope
from tracker.models import Task
from tracker.rules import OfficeRules
from workflows.task import TaskState

CALENDAR = load_published_calendar()
HOURS = OfficeHours()
WEEK = IsoWeek(2024, 22)
MONDAY = weekly_office.MONDAY_MORNING


def queue(session: Session, at: datetime = MONDAY, calendar: WorkCalendar = CALENDAR) -> int:
    return queue_weekly_reports(session, at=at, rules=OfficeRules(), calendar=calendar, hours=HOURS)


def weekly_letters(session: Session) -> list[Letter]:
    return list(
        session.exec(select(Letter).where(Letter.kind == LetterKind.WEEKLY).order_by(col(Letter.id))).all()
    )


class TestReportOwed:
    @pytest.mark.parametrize(
        ("moment", "week"),
        [
            (office_moment(date(2024, 6, 3), 8, 29), None),
            (office_moment(date(2024, 6, 3), 8, 30), WEEK),
            (office_moment(date(2024, 6, 5), 14), WEEK),
            (office_moment(date(2024, 6, 8), 9), None),
            (office_moment(date(2024, 6, 10), 9), None),
            (office_moment(date(2024, 6, 11), 9), IsoWeek(2024, 23)),
            (office_moment(date(2024, 10, 12), 9), IsoWeek(2024, 40)),
        ],
        ids=[
            "too early",
            "Monday",
            "after a stoppage",
            "Saturday",
            "a holiday",
            "the day after",
            "a make-up day",
        ],
    )
    def test_from_the_first_working_morning_of_the_week(self, moment: datetime, week: IsoWeek | None) -> None:
        assert report_owed(moment, calendar=CALENDAR, hours=HOURS) == week


@pytest.mark.postgresql
class TestQueue:
    def test_leaders_get_their_own_and_the_coordinator_all(self, session: Session) -> None:
        weekly_office.build_office(session)
        posted = queue(session)
        people = {letter.recipient_id: letter for letter in weekly_letters(session)}
        assert posted == len(people) == 4
        named = {
            name: people[factories.create_person(session, name).id or 0]
            for name in ("赵半山", "陈家洛", "测试丙", "测试丁")
        }
        assert "范围：全部工作" in named["测试丁"].text
        assert "范围：赵半山分管的工作" in named["赵半山"].text
        assert "张三丰" not in named["陈家洛"].text
        assert named["赵半山"].html
        assert "每周工作情况通报 2024年第22周" in named["赵半山"].subject

    def test_a_letter_carries_the_document_and_the_workbook(self, session: Session) -> None:
        weekly_office.build_office(session)
        queue(session)
        attached = weekly_letters(session)[0].attachments
        assert [each["name"].rsplit(".", 1)[1] for each in attached] == ["docx", "xlsx"]
        assert all(base64.b64decode(each["content"]).startswith(b"PK") for each in attached)

    def test_a_hundred_ticks_are_one(self, session: Session) -> None:
        weekly_office.build_office(session)
        queue(session)
        assert sum(queue(session, office_moment(date(2024, 6, day), 10)) for day in (3, 4, 5)) == 0
        assert len(weekly_letters(session)) == 4
        assert len(session.exec(select(SentReport)).all()) == 4

    def test_a_tick_that_was_rolled_back_left_nothing_and_the_next_makes_up_for_it(
        self, session: Session
    ) -> None:
        weekly_office.build_office(session)
        session.commit()
        queue(session)
        session.rollback()
        assert weekly_letters(session) == []
        assert queue(session, office_moment(date(2024, 6, 4), 9)) == 4

    def test_the_next_week_is_told_anew(self, session: Session) -> None:
        weekly_office.build_office(session)
        queue(session)
        assert queue(session, office_moment(date(2024, 6, 11), 9)) == 4

    def test_a_leader_who_coordinates_gets_the_report_of_all_alone(self, session: Session) -> None:
        leader = factories.create_person(session, "测试丙")
        campaign = factories.create_campaign(session, "自任协调", coordinator=leader)
        factories.create_task(session, campaign=campaign)
        assert queue(session) == 1
        assert "范围：全部工作" in weekly_letters(session)[0].text

    @pytest.mark.parametrize("state", [TaskState.DRAFT, TaskState.ARCHIVED, TaskState.CANCELLED])
    def test_where_nothing_is_under_way_nobody_is_written_to(
        self, session: Session, state: TaskState
    ) -> None:
        factories.create_task(session, state=state)
        assert queue(session) == 0
        assert session.exec(select(SentReport)).all() == []

    def test_people_who_left_get_none(self, session: Session) -> None:
        factories.create_task(session)
        factories.create_person(session, "测试丙").is_active = False
        factories.create_person(session, "测试丁").is_active = False
        session.flush()
        assert queue(session) == 0


class TestShow:
    def test_a_sent_report_is_shown_as_it_was_whatever_happened_since(self, session: Session) -> None:
        weekly_office.build_office(session)
        queue(session)
        letter = next(each for each in weekly_letters(session) if "范围：全部工作" in each.text)
        for task in session.exec(select(Task)).all():
            task.title, task.state = "改过的名称", TaskState.CANCELLED
        session.flush()

        shown = show_sent_report(session, WEEK, Scope())

        assert shown is not None
        assert (shown.text, shown.html, shown.subject) == (letter.text, letter.html, letter.subject)
        sent: list[dict[str, Any]] = letter.attachments
        assert [base64.b64decode(each["content"]) for each in sent] == [shown.word, shown.workbook]

    def test_a_report_that_was_tampered_with_is_not_shown(self, session: Session) -> None:
        weekly_office.build_office(session)
        queue(session)
        stored = session.exec(select(SentReport).where(SentReport.scope == "all")).one()
        figures = {**stored.snapshot["figures"], "overdue": []}
        stored.snapshot = {**stored.snapshot, "figures": figures}
        session.flush()
        with pytest.raises(ReportAltered, match="校验值不符"):
            show_sent_report(session, WEEK, Scope())

    def test_a_report_that_was_never_sent_is_none(self, session: Session) -> None:
        factories.create_task(session)
        assert show_sent_report(session, WEEK, resolve_scope(session, "leader:测试丙")) is None

    def test_the_moment_of_sending_is_kept(self, session: Session) -> None:
        factories.create_task(session)
        queue(session)
        sent_at = {report.sent_at for report in session.exec(select(SentReport)).all()}
        assert sent_at == {datetime(2024, 6, 3, 0, 40, tzinfo=UTC)}
