"""A refusal names the field that is to blame, so that the page can take the reader to it."""

from __future__ import annotations

from tests.console import Console
from tests.factories import create_milestone, create_person, create_task
from tracker.identity import id_of
from web.problems import FIELD_HEADER


class TestTheFieldToBlame:
    def test_is_the_one_that_cannot_be_used(self, console: Console) -> None:
        keeper = console.as_(create_person(console.session, "测试管", is_administrator=True))

        answer = keeper.submit("/admin/campaigns", {"name": "一项", "year": "1900"}, is_htmx=True)

        assert (answer.status_code, answer.headers[FIELD_HEADER]) == (422, "year")

    def test_is_the_day_of_an_extension_that_ends_too_early(self, console: Console) -> None:
        task = create_task(console.session)
        milestone = create_milestone(console.session, task)
        path = f"/tasks/{task.id}/milestones/{id_of(milestone)}/extend"

        answer = console.as_("测试甲").submit(
            path, {"to_due_on": "2024-01-02", "reason": "设备到货晚"}, is_htmx=True
        )

        assert (answer.status_code, answer.headers[FIELD_HEADER]) == (409, "to_due_on")

    def test_is_not_named_where_no_field_is_to_blame(self, console: Console) -> None:
        task = create_task(console.session)

        answer = console.as_("测试甲").submit(f"/tasks/{task.id}/archive", is_htmx=True)

        assert answer.status_code == 409
        assert FIELD_HEADER not in answer.headers
