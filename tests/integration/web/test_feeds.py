"""The calendar feed: what is due for whoever holds its secret address, and nothing else."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from icalendar import Calendar

from tests.console import Console
from tests.factories import (
    EXPEDITER,
    NOON,
    OWNER,
    create_extension,
    create_milestone,
    create_part,
    create_person,
    create_task,
)
from tracker.models import Person
from workflows.extension import ExtensionState
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.roles import Role
from workflows.task import TaskState


def feed_of(console: Console, person: Person | str) -> str:
    """The path of a new feed of this person."""
    page = console.as_(person).submit("/me/feed").text
    found = re.search(r'value="http://console\.test(/calendar/[^"]+\.ics)"', page)
    assert found is not None
    return found.group(1)


def events_of(text: str) -> list[Any]:
    return list(Calendar.from_ical(text).walk("VEVENT"))


def summaries(text: str) -> list[str]:
    return [str(event["summary"]) for event in events_of(text)]


class TestFeed:
    def test_holds_an_all_day_event_for_each_open_day_of_mine(self, console: Console) -> None:
        task = create_task(console.session, title="装备配备")
        milestone = create_milestone(console.session, task, text="完成清点", due_on=date(2024, 5, 31))
        create_milestone(console.session, task, text="已完成的", state=MilestoneState.MET, met_at=NOON)
        create_milestone(console.session, task, text="常态化的", kind=MilestoneKind.STANDING, due_on=None)

        answer = console.anonymous().get(feed_of(console, OWNER))

        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        calendar: Any = Calendar.from_ical(answer.text)
        (event,) = events_of(answer.text)
        assert str(calendar["x-wr-calname"]) == "盯办"
        assert "refresh-interval" in calendar
        assert event["dtstart"].dt == date(2024, 5, 31)
        assert event["dtend"].dt == date(2024, 6, 1)
        assert str(event["uid"]) == f"milestone-{milestone.id}@console.test"
        assert str(event["url"]) == f"http://console.test/tasks/{task.id}"
        assert not list(event.walk("VALARM"))

    def test_names_nobody_else(self, console: Console) -> None:
        create_milestone(console.session, create_task(console.session))
        text = console.anonymous().get(feed_of(console, OWNER)).text
        assert EXPEDITER not in text
        assert OWNER not in text

    def test_counts_how_often_a_day_was_moved(self, console: Console) -> None:
        milestone = create_milestone(console.session, create_task(console.session))
        for number in (1, 2):
            create_extension(
                console.session,
                milestone,
                number=number,
                state=ExtensionState.GRANTED,
                decided_at=NOON,
                decided_by_id=create_person(console.session, "测试丙").id,
            )
        (event,) = events_of(console.anonymous().get(feed_of(console, OWNER)).text)
        assert event["sequence"] == 2

    def test_shows_a_list_once_that_serves_several_of_my_tasks(self, console: Console) -> None:
        holder = create_task(console.session)
        create_milestone(console.session, holder, text="共用的节点")
        create_task(console.session, title="第二行", milestones_from_id=holder.id)
        assert summaries(console.anonymous().get(feed_of(console, OWNER)).text) == ["到期：共用的节点"]

    @pytest.mark.parametrize("state", [TaskState.DRAFT, TaskState.SUSPENDED, TaskState.CANCELLED])
    def test_leaves_out_tasks_that_are_not_under_way(self, console: Console, state: TaskState) -> None:
        create_milestone(console.session, create_task(console.session, state=state))
        assert summaries(console.anonymous().get(feed_of(console, OWNER)).text) == []

    def test_leaves_out_tasks_on_which_i_have_no_part(self, console: Console) -> None:
        task = create_task(console.session)
        create_milestone(console.session, task)
        stranger = create_person(console.session, "测试庚")
        path = feed_of(console, stranger)
        assert summaries(console.anonymous().get(path).text) == []

        create_part(console.session, task, stranger, Role.EXPEDITER)
        console.session.commit()
        assert len(summaries(console.anonymous().get(path).text)) == 1

    def test_is_not_sent_again_while_nothing_changed(self, console: Console) -> None:
        milestone = create_milestone(console.session, create_task(console.session))
        path, reader = feed_of(console, OWNER), console.anonymous()
        tag = reader.get(path).headers["etag"]
        assert reader.get(path, headers={"If-None-Match": tag}).status_code == 304

        milestone.text = "改过的节点"
        console.session.add(milestone)
        console.session.commit()
        assert reader.get(path, headers={"If-None-Match": tag}).status_code == 200

    def test_folds_no_character_and_ends_no_line_by_what_people_typed(self, console: Console) -> None:
        text = "完成\r\nEND:VEVENT;,清点" + "长" * 90
        create_milestone(console.session, create_task(console.session), text=text)
        (found,) = summaries(console.anonymous().get(feed_of(console, OWNER)).text)
        assert found.replace("\r\n", "\n") == "到期：" + text.replace("\r\n", "\n")


class TestAddress:
    def test_that_nobody_made_is_not_there(self, console: Console) -> None:
        assert console.anonymous().get("/calendar/guessed.ics").status_code == 404

    def test_leads_nowhere_once_it_was_renewed_or_removed(self, console: Console) -> None:
        first = feed_of(console, OWNER)
        second = feed_of(console, OWNER)
        assert console.anonymous().get(first).status_code == 404
        assert console.anonymous().get(second).status_code == 200

        console.as_(OWNER).submit("/me/feed/remove")
        assert console.anonymous().get(second).status_code == 404

    def test_leads_nowhere_once_its_person_has_left(self, console: Console) -> None:
        path = feed_of(console, OWNER)
        person = create_person(console.session, OWNER)
        person.is_active = False
        console.session.add(person)
        console.session.commit()
        assert console.anonymous().get(path).status_code == 404
