"""A message as an e-mail."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from notifications.channels import Attachment, Message
from notifications.channels.mime import as_mail

SENDER = "盯办 <dingban@office.example.org>"


def message(**changes: Any) -> Message:
    defaults: dict[str, Any] = {
        "id": "dingban-0123456789abcdef0123456789abcdef",
        "written_at": datetime(2024, 5, 31, 0, 30, tzinfo=UTC),
        "name": "测试甲",
        "address": "jia@example.org",
        "subject": "【盯办】请签收：装备配备",
        "text": "测试甲同志：\n\n请签收。\n",
        "html": "<p>请签收。</p>",
    }
    return Message(**defaults | changes)


def sent(**changes: Any) -> EmailMessage:
    content = as_mail(message(**changes), sender=SENDER)
    parsed = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


class TestHeaders:
    def test_names_and_subject_come_back_as_they_were(self) -> None:
        mail = sent()

        assert mail["Subject"] == "【盯办】请签收：装备配备"
        assert mail["To"] == "测试甲 <jia@example.org>"
        assert mail["From"] == "盯办 <dingban@office.example.org>"

    def test_the_wire_carries_ascii_alone(self) -> None:
        assert as_mail(message(), sender=SENDER).isascii()

    def test_lines_end_as_mail_lines_do(self) -> None:
        content = as_mail(message(), sender=SENDER)

        assert content.count(b"\n") == content.count(b"\r\n")
        assert max(len(line) for line in content.split(b"\r\n")) <= 998

    def test_the_date_is_when_it_was_written_at_the_office(self) -> None:
        assert sent()["Date"] == "Fri, 31 May 2024 08:30:00 +0800"

    def test_the_id_is_completed_by_the_senders_domain(self) -> None:
        assert sent()["Message-ID"] == "<dingban-0123456789abcdef0123456789abcdef@office.example.org>"

    def test_messages_on_one_task_are_one_thread(self) -> None:
        mail = sent(thread="dingban-task-12")

        assert mail["References"] == "<dingban-task-12@office.example.org>"
        assert mail["In-Reply-To"] == "<dingban-task-12@office.example.org>"
        assert sent()["References"] is None

    def test_no_machine_answers_and_people_reach_a_person(self) -> None:
        mail = sent(reply_to="yi@example.org")

        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["Reply-To"] == "yi@example.org"

    def test_a_person_without_an_address_is_named_all_the_same(self) -> None:
        assert "测试甲" in sent(address=None)["To"]

    def test_a_line_break_in_a_subject_opens_no_header(self) -> None:
        mail = sent(subject=" ".join(["甲", "Bcc:", "x@example.org"]))

        assert mail["Bcc"] is None


class TestBody:
    def test_text_comes_before_html(self) -> None:
        parts = [part.get_content_type() for part in sent().iter_parts()]

        assert parts == ["text/plain", "text/html"]
        body = sent().get_body(("plain",))
        assert body
        assert body.get_content().splitlines() == ["测试甲同志：", "", "请签收。"]

    def test_text_alone_is_one_part(self) -> None:
        assert not sent(html=None).is_multipart()

    def test_attachments_keep_their_names_and_bytes(self) -> None:
        attachment = Attachment("每周工作情况通报.docx", "application/zip", b"PK\x03\x04")
        (found,) = sent(attachments=(attachment,)).iter_attachments()

        assert found.get_filename() == "每周工作情况通报.docx"
        assert found.get_payload(decode=True) == b"PK\x03\x04"

    def test_the_same_message_gives_the_same_bytes(self) -> None:
        attachment = Attachment("通报.docx", "application/zip", b"PK")
        first, second = (as_mail(message(attachments=(attachment,)), sender=SENDER) for _ in range(2))

        assert first == second
