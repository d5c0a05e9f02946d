"""周报: what each may look at, the files, sending by hand with a confirmation, and the archive, unchanged."""

from __future__ import annotations

import io
import zipfile

import pytest
from sqlmodel import select

from notifications.models import Letter, LetterKind, SentReport
from notifications.reports import queue_weekly_reports
from notifications.reports.pdf import can_print_pdf
from tests.console import Console
from tests.factories import (
    COORDINATOR,
    LEADER,
    OWNER,
    create_campaign,
    create_milestone,
    create_person,
    create_task,
    create_unit,
)
from tests.reminder_policies import published_calendar, shipped_hours
from tests.weekly_office import MONDAY_MORNING, build_office
from tracker.identity import id_of
from tracker.models import AuditEvent
from tracker.rules import OfficeRules

WEEK = "2024-W22"


@pytest.fixture
def office(console: Console) -> Console:
    """The console on Monday morning of the week after the one that is reported."""
    console.at = MONDAY_MORNING
    build_office(console.session)
    console.session.commit()
    return console


class TestPreview:
    def test_is_of_last_week_and_of_everything_one_may_see(self, office: Console) -> None:
        page = office.as_(COORDINATOR).get("/reports").text
        for said in ("2024年第22周", "全部工作", "逾期节点", "完成首轮案卷互评", "按时办结率", "与上周相比"):
            assert said in page

    def test_of_a_leader_is_of_his_own_tasks_and_of_nothing_else(self, office: Console) -> None:
        leader = create_person(office.session, "赵半山")
        other = create_person(office.session, "陈家洛")
        client = office.as_(leader)
        assert "赵半山分管的工作" in client.get("/reports").text
        for scope in ("all", f"leader:{other.id}", "campaign:1", "unit:999"):
            for path in ("/reports?", "/reports/download/xlsx?"):
                assert client.get(f"{path}scope={scope}").status_code == 404

    def test_of_somebody_in_a_unit_is_of_what_it_leads(self, office: Console) -> None:
        worker = create_person(office.session, "李寻欢")
        page = office.as_(worker).get("/reports").text
        assert "执法一大队牵头的工作" in page
        assert "全部工作" not in page

    def test_says_kindly_that_there_is_nothing_to_look_at(self, office: Console) -> None:
        far = create_unit(office.session, "测试九科")
        stranger = create_person(office.session, "测试庚", unit_id=id_of(far))
        assert "没有可以查看的通报" in office.as_(stranger).get("/reports").text

    def test_of_a_week_that_has_not_begun_is_refused_in_a_sentence(self, office: Console) -> None:
        answer = office.as_(COORDINATOR).get("/reports?week=2024-W40")
        assert answer.status_code == 422
        assert "还没有开始" in answer.text


class TestDownloads:
    @pytest.mark.parametrize(("kind", "member"), [("docx", "word/document.xml"), ("xlsx", "xl/workbook.xml")])
    def test_are_documents_with_a_chinese_name(self, office: Console, kind: str, member: str) -> None:
        answer = office.as_(COORDINATOR).get(f"/reports/download/{kind}?week={WEEK}&scope=all")
        assert member in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
        assert f"%E9%80%9A%E6%8A%A5_{WEEK}" in answer.headers["content-disposition"]

    @pytest.mark.skipif(not can_print_pdf(), reason="the extra [pdf] is not installed")
    def test_are_printed_as_pdf(self, office: Console) -> None:
        client = office.as_(COORDINATOR)
        answer = client.get(f"/reports/download/pdf?week={WEEK}&scope=all")
        assert answer.content.startswith(b"%PDF")
        assert answer.headers["content-type"] == "application/pdf"

    def test_as_a_mail_may_style_themselves_and_nothing_more(self, office: Console) -> None:
        answer = office.as_(COORDINATOR).get(f"/reports/download/html?week={WEEK}&scope=all")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "script-src" not in answer.headers["content-security-policy"]

    def test_of_an_unknown_kind_are_not_there(self, office: Console) -> None:
        assert office.as_(COORDINATOR).get("/reports/download/exe?scope=all").status_code == 404


class TestSending:
    def test_asks_first_and_reaches_those_who_were_ticked(self, office: Console) -> None:
        leader = create_person(office.session, "赵半山")
        client = office.as_(COORDINATOR)
        asked = client.get(f"/reports/send?week={WEEK}&scope=all").text
        assert "赵半山" in asked
        assert office.session.exec(select(Letter)).all() == []
        office.session.commit()

        data = {"week": WEEK, "scope": "all", "receiver": str(leader.id)}
        answer = client.submit("/reports/send", data)

        assert answer.status_code == 303
        letter = office.session.exec(select(Letter)).one()
        assert (letter.kind, letter.recipient_id, len(letter.attachments)) == (
            LetterKind.WEEKLY,
            leader.id,
            2,
        )
        event = office.session.exec(select(AuditEvent).where(AuditEvent.kind == "report.send")).one()
        assert event.actor_name == COORDINATOR
        office.session.commit()
        assert "赵半山" in client.get(answer.headers["location"]).text

    def test_twice_at_one_moment_is_once(self, office: Console) -> None:
        leader = create_person(office.session, "赵半山")
        client = office.as_(COORDINATOR)
        data = {"week": WEEK, "scope": "all", "receiver": str(leader.id)}
        for _ in range(2):
            assert client.submit("/reports/send", data).status_code == 303
        assert len(office.session.exec(select(Letter)).all()) == 1
        assert len(office.session.exec(select(SentReport)).all()) == 1

    def test_by_hand_does_not_stand_for_the_report_of_the_week(self, office: Console) -> None:
        leader = create_person(office.session, "赵半山")
        office.as_(COORDINATOR).submit(
            "/reports/send", {"week": WEEK, "scope": "all", "receiver": str(leader.id)}
        )
        posted = queue_weekly_reports(
            office.session,
            at=MONDAY_MORNING,
            rules=OfficeRules(),
            calendar=published_calendar(),
            hours=shipped_hours(),
        )
        assert posted > 0

    def test_reaches_nobody_who_is_not_a_receiver_of_the_scope(self, office: Console) -> None:
        stranger = create_person(office.session, "测试庚")
        answer = office.as_(COORDINATOR).submit(
            "/reports/send", {"week": WEEK, "scope": "all", "receiver": str(stranger.id)}, is_htmx=True
        )
        assert answer.status_code == 422
        assert office.session.exec(select(Letter)).all() == []

    def test_is_for_coordinators_and_for_campaigns_that_they_run(self, console: Console) -> None:
        create_task(console.session)
        foreign = create_campaign(console.session, "别的专项", coordinator=None)
        create_milestone(console.session, create_task(console.session, campaign=foreign))
        assert console.as_(LEADER).get("/reports/send").status_code == 403
        client = console.as_(COORDINATOR)
        assert client.get(f"/reports/send?scope=campaign:{foreign.id}").status_code == 404
        own = create_person(console.session, OWNER).unit_id
        assert client.get(f"/reports/send?scope=unit:{own}").status_code == 422


class TestArchive:
    @pytest.fixture
    def sent(self, office: Console) -> Console:
        queue_weekly_reports(
            office.session,
            at=MONDAY_MORNING,
            rules=OfficeRules(),
            calendar=published_calendar(),
            hours=shipped_hours(),
        )
        office.session.commit()
        return office

    def test_shows_a_report_as_it_was_sent_whatever_happened_since(self, sent: Console) -> None:
        stored = sent.session.exec(select(SentReport).where(SentReport.scope == "all")).one()
        client = sent.as_(COORDINATOR)
        pages = ("", "/docx", "/xlsx", "/html")
        before = [client.get(f"/reports/sent/{stored.id}{page}").content for page in pages]
        create_milestone(sent.session, create_task(sent.session, title="后来的任务"))
        sent.session.commit()
        assert [client.get(f"/reports/sent/{stored.id}{page}").content for page in pages] == before

    def test_lists_for_everybody_what_he_may_look_at(self, sent: Console) -> None:
        leader = create_person(sent.session, "赵半山")
        reports = sent.session.exec(select(SentReport).order_by(SentReport.scope)).all()
        mine = next(each for each in reports if each.scope == f"leader:{leader.id}")
        client = sent.as_(leader)
        assert f"/reports/sent/{mine.id}" in client.get("/reports/sent").text
        for each in reports:
            expected = 200 if each.id == mine.id else 404
            assert client.get(f"/reports/sent/{each.id}").status_code == expected
            assert client.get(f"/reports/sent/{each.id}/xlsx").status_code == expected
        assert sent.as_(COORDINATOR).get("/reports/sent").text.count('class="row-head"') == len(reports)

    def test_tells_when_a_report_was_tampered_with(self, sent: Console) -> None:
        stored = sent.session.exec(select(SentReport).where(SentReport.scope == "all")).one()
        stored.snapshot = {**stored.snapshot, "console_url": "http://elsewhere.example"}
        sent.session.add(stored)
        answer = sent.as_(COORDINATOR).get(f"/reports/sent/{stored.id}")
        assert answer.status_code == 409
        assert "校验值不符" in answer.text

    def test_has_nothing_under_a_number_that_is_none(self, sent: Console) -> None:
        assert sent.as_(COORDINATOR).get("/reports/sent/99999999999999999999").status_code == 404
