"""What is larger than a form: whichever door a page sends it to, the sender is known before a byte of it is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from tests.console import ORIGIN, Client, Console
from tests.factories import COORDINATOR, OWNER, create_campaign, create_deliverable, create_task
from tracker.models import Account

PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
DOORS = ["evidence", "import"]


class Door:
    """A form that takes a file, and the browser of somebody who may use it."""

    def __init__(self, console: Console, name: str) -> None:
        self.console = console
        if name == "evidence":
            task = create_task(console.session)
            self.path = f"/tasks/{task.id}/deliverables/{create_deliverable(console.session, task).id}/files"
            self.client: Client = console.as_(OWNER)
        else:
            create_campaign(console.session, "别的专项")
            self.path = "/imports"
            self.client = console.as_(COORDINATOR)

    def send(self, *fields: tuple[str, str | None, bytes], origin: str = ORIGIN) -> Any:
        """Send a form of exactly these parts: their names, their file names, what they hold."""
        body = b"".join(part(*each) for each in fields) + b"--b--\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary=b", "Origin": origin}
        return self.client.post(self.path, content=body, headers=headers)

    @property
    def token(self) -> tuple[str, None, bytes]:
        return "csrf", None, (self.client.csrf or "").encode()

    def owe_password(self) -> None:
        for account in self.console.session.exec(select(Account)).all():
            account.must_change_password = True
            account.password_changed_at = datetime.now(UTC)
        self.console.session.commit()

    def left_behind(self) -> list[Path]:
        folders = (self.console.house.store.root, self.console.house.parked_dir)
        return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def part(name: str, file_name: str | None, content: bytes) -> bytes:
    more = "" if file_name is None else f'; filename="{file_name}"'
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content + b"\r\n"


@pytest.fixture(params=DOORS)
def door(console: Console, request: pytest.FixtureRequest) -> Door:
    return Door(console, str(request.param))


class TestWhoSends:
    def test_who_owes_a_password_is_led_to_it_first(self, door: Door) -> None:
        door.owe_password()

        answer = door.send(door.token, ("file", "说明.pdf", PDF))

        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/password")
        assert door.left_behind() == []

    def test_a_form_of_another_site_is_refused(self, door: Door) -> None:
        answer = door.send(door.token, ("file", "说明.pdf", PDF), origin="https://elsewhere.test")

        assert answer.status_code == 403
        assert door.left_behind() == []

    def test_a_token_after_the_file_is_too_late(self, door: Door) -> None:
        answer = door.send(("file", "说明.pdf", PDF), door.token)

        assert answer.status_code == 403
        assert door.left_behind() == []


class TestWhatIsSent:
    def test_what_is_announced_too_large_is_answered(self, door: Door) -> None:
        door.console.house = replace(door.console.house, upload_limit=1000, import_limit=1000)

        answer = door.send(door.token, ("file", "说明.pdf", b"x" * (2 << 20)))

        assert answer.status_code == 413
        assert door.left_behind() == []

    @pytest.mark.parametrize("body", [b"", b"--b\r\n", b"no form at all"])
    def test_what_is_no_form_is_refused(self, door: Door, body: bytes) -> None:
        headers = {"Content-Type": "multipart/form-data; boundary=b", "Origin": ORIGIN}

        assert door.client.post(door.path, content=body, headers=headers).status_code == 400
        assert door.left_behind() == []

    def test_more_fields_than_a_form_has_are_refused(self, door: Door) -> None:
        many = [(f"f{number}", None, b"x") for number in range(30)]

        assert door.send(door.token, *many, ("file", "说明.pdf", PDF)).status_code == 413
        assert door.left_behind() == []
