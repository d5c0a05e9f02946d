"""The templates: each kind for one task and for several, with words that must not become markup."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import UndefinedError

from notifications.policy import EVENT_KINDS
from notifications.rendering import subject_line, write_letter
from tests.golden_files import Golden
from tests.reminder_policies import shipped_policy

ONLY_TOLD = [rule.kind for rule in shipped_policy().events if not rule.now]
KINDS = [kind.replace(".", "_") for kind in EVENT_KINDS]


def item(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "task_id": number,
        "seq": str(number),
        "title": f"执法装备配备<{number}>",
        "unit": "测试一科",
        "campaign": "2024年测试专项",
        "actor": "测试丙",
        "actor_id": 3,
        "when": "5月29日 10:00",
        "part": "责任人",
        "needs_consent": False,
        "role": "责任人",
        "rows": [["办理人", "测试丙，5月29日 10:00"]],
    } | changes


def context(*items: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": "测试甲",
        "today": "5月29日（周三）",
        "console_url": "http://oa.example.org:8000",
        "items": list(items),
        "roles": "责任人",
    }


class TestWriteLetter:
    @pytest.mark.parametrize("kind", ONLY_TOLD)
    def test_kinds_that_an_office_may_want_at_once_are_as_recorded(self, golden: Golden, kind: str) -> None:
        name = kind.replace(".", "_")
        written = write_letter(name, context(item(1), item(2, seq="", unit="")))

        golden.check(f"notifications/{name}.txt", f"{written.subject}\n\n{written.text}")
        golden.check(f"notifications/{name}.html", written.html)

    @pytest.mark.parametrize("kind", KINDS)
    def test_one_task_is_named_in_the_subject_and_several_are_counted(self, kind: str) -> None:
        assert "执法装备配备<1>" in write_letter(kind, context(item(1))).subject
        assert "3" in write_letter(kind, context(item(1), item(2), item(3))).subject

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_letter_says_why_what_to_do_and_where(self, kind: str) -> None:
        written = write_letter(kind, context(item(17)))

        for words in (written.text, written.html):
            assert "您收到本邮件，是因为您" in words
            assert "请您：" in words
            assert "http://oa.example.org:8000/tasks/17" in words
            assert "测试甲同志" in words

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_letter_reads_on_a_phone_and_fetches_nothing(self, kind: str) -> None:
        html = write_letter(kind, context(item(1))).html

        assert 'name="viewport"' in html
        assert "max-width:600px" in html
        assert "<img" not in html
        assert "<script" not in html
        assert html.count("http") == html.count("http://oa.example.org:8000")

    @pytest.mark.parametrize("kind", KINDS)
    def test_titles_are_escaped_in_html_alone(self, kind: str) -> None:
        written = write_letter(kind, context(item(1)))

        assert "执法装备配备&lt;1&gt;" in written.html
        assert "执法装备配备<1>" in written.text

    def test_a_consent_is_asked_for_where_one_is_needed(self) -> None:
        assert (
            "先提出是否同意的意见"
            in write_letter("extension_request", context(item(1, needs_consent=True), item(2))).text
        )
        assert "先提出" not in write_letter("extension_request", context(item(1))).text

    def test_what_a_template_lacks_is_an_error_and_not_a_blank(self) -> None:
        incomplete = context(item(1))
        del incomplete["console_url"]

        with pytest.raises(UndefinedError):
            write_letter("task_issue", incomplete)


class TestSubjectLine:
    def test_it_bears_no_mark_in_a_digest(self) -> None:
        assert subject_line("task_close", context(item(1))) == "任务已销号：执法装备配备<1>"
