"""Files: streamed in by those who may hand in, looked at and downloaded by those who may see the task."""

from __future__ import annotations

import asyncio
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from starlette.types import Message

from tests.console import ORIGIN, Client, Console
from tests.factories import (
    EXPEDITER,
    OWNER,
    create_deliverable,
    create_person,
    create_task,
)
from tracker.models import Deliverable, Evidence, Task
from workflows.task import TaskState

PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


class Desk:
    """A task with one deliverable, and its owner's browser."""

    def __init__(self, console: Console, **task: Any) -> None:
        self.console = console
        self.task: Task = create_task(console.session, **task)
        self.deliverable: Deliverable = create_deliverable(console.session, self.task)
        self.client: Client = console.as_(OWNER)

    @property
    def path(self) -> str:
        return f"/tasks/{self.task.id}/deliverables/{self.deliverable.id}/files"

    def send(self, *files: tuple[str, bytes], client: Client | None = None, site: str = "same-origin") -> Any:
        """Send files as a browser without scripts does: the token in a field before them."""
        client = client or self.client
        return client.post(
            self.path,
            data={"csrf": client.csrf or ""},
            files=[("file", (name, content)) for name, content in files],
            headers={"Origin": ORIGIN, "Sec-Fetch-Site": site},
        )

    def handed_in(self) -> list[Evidence]:
        self.console.session.expire_all()
        found = list(self.console.session.exec(select(Evidence).order_by(Evidence.id)).all())  # type: ignore[arg-type]
        self.console.session.commit()
        return found

    def kept(self) -> list[object]:
        """Everything that is in the register and in the store."""
        return [*self.handed_in(), *self.left_behind()]

    def left_behind(self) -> list[Path]:
        root = self.console.house.store.root
        return [path for path in root.rglob("*") if path.is_file() and path.name != ".lock"]


def packed(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return content.getvalue()


class TestHandInFiles:
    def test_a_file_is_handed_in(self, console: Console) -> None:
        desk = Desk(console)

        answer = desk.send(("情况说明.pdf", PDF))

        (evidence,) = desk.handed_in()
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/tasks/{desk.task.id}#deliverable-{desk.deliverable.id}"
        assert (evidence.name, evidence.version) == ("情况说明.pdf", 1)
        assert console.house.store.path_of(evidence.sha256 or "").read_bytes() == PDF

    def test_several_come_at_once_and_the_same_name_is_a_new_version(self, console: Console) -> None:
        desk = Desk(console)

        desk.send(("说明.pdf", PDF), ("照片.png", PNG))
        desk.send(("说明.pdf", PDF + b"\n"))

        assert [(each.name, each.version) for each in desk.handed_in()] == [
            ("说明.pdf", 1),
            ("照片.png", 1),
            ("说明.pdf", 2),
        ]

    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("../../etc/说明.pdf", "说明.pdf"),
            ("C:\\资料\\说明.pdf", "说明.pdf"),
            ("说明\u202efdp.pdf", "说明fdp.pdf"),
        ],
    )
    def test_a_name_is_made_presentable(self, console: Console, sent: str, kept: str) -> None:
        desk = Desk(console)

        desk.send((sent, PDF))

        assert [each.name for each in desk.handed_in()] == [kept]

    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("页面.html", b"<html><script>alert(1)</script></html>", "网页或者 SVG"),
            ("图.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "网页或者 SVG"),
            ("说明.pdf", b"MZ\x90\x00" + b"\0" * 60, "Windows 程序"),
            ("说明.pdf", PNG, "内容其实是PNG 图片"),
            ("打包.zip", packed("a/b.exe"), "b.exe"),
            ("空.txt", b"", "文件是空的"),
        ],
    )
    def test_what_is_not_taken_says_why_and_leaves_nothing(
        self, console: Console, name: str, content: bytes, words: str
    ) -> None:
        desk = Desk(console)

        answer = desk.send((name, content))

        assert answer.status_code == 415
        assert words in answer.text
        assert desk.kept() == []

    def test_one_bad_file_keeps_the_good_ones_out(self, console: Console) -> None:
        desk = Desk(console)

        desk.send(("说明.pdf", PDF), ("页面.html", b"<html></html>"))

        assert desk.kept() == []

    def test_too_large_says_so_and_leaves_nothing(self, console: Console) -> None:
        desk = Desk(console)
        console.house.store.max_bytes = 1000

        answer = desk.send(("说明.pdf", PDF + b"x" * 2000))

        assert answer.status_code == 413
        assert desk.kept() == []

    def test_who_may_not_hand_in_is_told_before_anything_is_kept(self, console: Console) -> None:
        desk = Desk(console)

        answer = desk.send(("说明.pdf", PDF), client=console.as_(EXPEDITER))

        assert answer.status_code == 409
        assert "须由任务责任人提交" in answer.text
        assert desk.left_behind() == []

    def test_a_stranger_learns_nothing(self, console: Console) -> None:
        desk = Desk(console)
        stranger = console.as_(create_person(console.session, "测试外", unit_id=None))

        assert desk.send(("说明.pdf", PDF), client=stranger).status_code == 404
        assert desk.left_behind() == []

    def test_a_forged_form_is_refused_before_its_file_is_read(self, console: Console) -> None:
        desk = Desk(console)

        forged = desk.client.post(desk.path, data={"csrf": "wrong"}, files={"file": ("a.pdf", PDF)})
        late = desk.client.post(
            desk.path,
            content=multipart(("file", "a.pdf", PDF), ("csrf", None, (desk.client.csrf or "").encode())),
            headers={"Content-Type": "multipart/form-data; boundary=b"},
        )
        elsewhere = desk.send(("a.pdf", PDF), site="cross-site")

        assert (forged.status_code, late.status_code, elsewhere.status_code) == (403, 403, 403)
        assert desk.kept() == []

    def test_the_token_may_come_in_a_header(self, console: Console) -> None:
        desk = Desk(console)

        answer = desk.client.post(
            desk.path, files={"file": ("说明.pdf", PDF)}, headers={"X-CSRF-Token": desk.client.csrf or ""}
        )

        assert answer.status_code == 303

    def test_a_form_without_a_file_asks_for_one(self, console: Console) -> None:
        desk = Desk(console)

        answer = desk.client.post(
            desk.path,
            content=multipart(("csrf", None, (desk.client.csrf or "").encode()), ("file", "", b"")),
            headers={"Content-Type": "multipart/form-data; boundary=b"},
        )

        assert answer.status_code == 422
        assert "请先选择要提交的文件" in answer.text

    @pytest.mark.parametrize("cut", [10, 80, -4])
    def test_a_body_that_breaks_off_leaves_nothing(self, console: Console, cut: int) -> None:
        desk = Desk(console)
        whole = multipart(("csrf", None, (desk.client.csrf or "").encode()), ("file", "a.pdf", PDF))

        answer = desk.client.post(
            desk.path, content=whole[:cut], headers={"Content-Type": "multipart/form-data; boundary=b"}
        )

        assert answer.status_code == 400
        assert desk.kept() == []

    def test_a_sender_who_hangs_up_in_the_midst_leaves_nothing(self, console: Console) -> None:
        desk = Desk(console)
        whole = multipart(("csrf", None, (desk.client.csrf or "").encode()), ("file", "a.pdf", PDF * 50_000))
        seen: list[list[Path]] = []

        asyncio.run(hang_up(console, desk, whole[: len(whole) // 2], seen))

        assert len(seen[0]) == 1  # it had come half way
        assert desk.kept() == []

    def test_a_task_that_is_not_under_way_takes_nothing(self, console: Console) -> None:
        desk = Desk(console, state=TaskState.IN_REVIEW)

        assert desk.send(("说明.pdf", PDF)).status_code == 409
        assert desk.left_behind() == []


async def hang_up(console: Console, desk: Desk, half: bytes, seen: list[list[Path]]) -> None:
    """Send half of a body in pieces, as a server hands them on, and then hang up."""
    pieces = [half[start : start + 65_536] for start in range(0, len(half), 65_536)]

    async def receive() -> Message:
        if pieces:
            return {"type": "http.request", "body": pieces.pop(0), "more_body": True}
        seen.append(desk.left_behind())
        return {"type": "http.disconnect"}

    async def send(_message: Message) -> None:
        """Nobody listens any more."""

    headers = {
        "host": "console.test",
        "cookie": f"dingban={desk.client.cookies['dingban']}",
        "content-type": "multipart/form-data; boundary=b",
    }
    await console.answer(
        {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": desk.path,
            "raw_path": desk.path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("test", 1),
            "server": ("console.test", 80),
        },
        receive,
        send,
    )


def multipart(*parts: tuple[str, str | None, bytes]) -> bytes:
    body = b""
    for name, file_name, content in parts:
        more = "" if file_name is None else f'; filename="{file_name}"'
        body += (
            f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content + b"\r\n"
        )
    return body + b"--b--\r\n"


class TestLookingAtFiles:
    def hand_in(self, console: Console, name: str, content: bytes) -> tuple[Desk, str]:
        desk = Desk(console)
        assert desk.send((name, content)).status_code == 303
        (evidence,) = desk.handed_in()
        return desk, f"/tasks/{desk.task.id}/evidence/{evidence.id}"

    def test_a_download_is_saved_under_its_name_and_runs_nothing(self, console: Console) -> None:
        desk, path = self.hand_in(console, "情况说明.pdf", PDF)

        answer = desk.client.get(f"{path}/download")

        assert answer.content == PDF
        assert answer.headers["content-disposition"].startswith("attachment; filename*=utf-8''%E6%83%85")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]

    def test_a_part_of_a_file_may_be_asked_for(self, console: Console) -> None:
        desk, path = self.hand_in(console, "情况说明.pdf", PDF)

        answer = desk.client.get(f"{path}/download", headers={"Range": "bytes=0-4"})

        assert (answer.status_code, answer.content) == (206, b"%PDF-")

    def test_a_pdf_is_framed_by_our_own_pages_alone(self, console: Console) -> None:
        desk, path = self.hand_in(console, "情况说明.pdf", PDF)

        page, inline = desk.client.get(path), desk.client.get(f"{path}/inline")

        assert f'<iframe class="preview-frame" src="{path}/inline"' in page.text
        assert inline.headers["content-type"] == "application/pdf"
        assert inline.headers["x-frame-options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in inline.headers["content-security-policy"]
        assert page.headers["x-frame-options"] == "DENY"

    def test_a_picture_is_shown(self, console: Console) -> None:
        desk, path = self.hand_in(console, "照片.png", PNG)

        assert f'<img class="preview-picture" src="{path}/inline"' in desk.client.get(path).text
        assert desk.client.get(f"{path}/inline").headers["content-type"] == "image/png"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    def test_text_is_escaped_into_the_page(self, console: Console, encoding: str) -> None:
        desk, path = self.hand_in(console, "清单.txt", "序号,<b>装备</b>\n1,执法记录仪".encode(encoding))

        page = desk.client.get(path).text

        assert "序号,&lt;b&gt;装备&lt;/b&gt;" in page
        assert desk.client.get(f"{path}/inline").status_code == 404

    def test_of_a_long_text_the_beginning_is_shown(self, console: Console) -> None:
        desk, path = self.hand_in(console, "清单.txt", ("执法记录仪\n" * 60_000).encode())

        page = desk.client.get(path).text

        assert "这里只显示开头的 200 KB" in page
        assert len(page.encode()) < 300_000

    @pytest.mark.parametrize("what", ["", "/download", "/inline"])
    def test_who_may_not_see_the_task_sees_no_file(self, console: Console, what: str) -> None:
        _, path = self.hand_in(console, "情况说明.pdf", PDF)
        stranger = console.as_(create_person(console.session, "测试外", unit_id=None))

        assert stranger.get(path + what).status_code == 404
        assert console.anonymous().get(path + what).status_code == 303

    def test_a_file_of_another_task_is_not_there(self, console: Console) -> None:
        desk, path = self.hand_in(console, "情况说明.pdf", PDF)
        other = create_task(console.session, title="别的任务")
        console.session.commit()

        number = path.rsplit("/", 1)[1]
        assert desk.client.get(f"/tasks/{other.id}/evidence/{number}/download").status_code == 404
