"""What was handed in, looked at without leaving the console: a PDF in the browser's own viewer, a picture, a text."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from playwright.sync_api import Page, expect

from tests.console import Console
from tests.e2e.browser.driving import Browsers, Driver
from tests.factories import EXPEDITER, NOON, create_deliverable, create_evidence, create_task
from tracker.models import StoredFile

TEXT = "执法记录仪 12 台\n<script>document.title = '坏了'</script>\n"


def pdf() -> bytes:
    """One sheet with one line on it."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length 37>>stream\nBT /F 24 Tf 40 100 Td (DINGBAN) Tj ET\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    content, places = bytearray(b"%PDF-1.4\n"), []
    for number, each in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj%s endobj\n" % (number, each)
    start = len(content)
    content += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(content + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start)


def png() -> bytes:
    """A red square of 8 by 8."""
    rows = b"".join(b"\0" + b"\xc0\x10\x10" * 8 for _ in range(8))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def hand_in(console: Console, name: str, media_type: str, content: bytes) -> str:
    """The address of the preview of a file that was handed in."""
    session = console.session
    task = create_task(session)
    stored = console.house.store.add(io.BytesIO(content), name=name)
    session.add(StoredFile(sha256=stored.sha256, size=len(content), media_type=media_type, stored_at=NOON))
    evidence = create_evidence(session, create_deliverable(session, task), sha256=stored.sha256, name=name)
    session.commit()
    return f"/tasks/{task.id}/evidence/{evidence.id}"


def look_at(driver: Driver, path: str) -> Page:
    """Come from the task by its link, as people do: the page is swapped in by htmx."""
    page = driver.open(EXPEDITER, path=path.partition("/evidence/")[0])
    page.locator(f"#deliverables a[href='{path}']").click()
    expect(page).to_have_url(driver.console.url + path)
    expect(page.locator("main h1")).to_be_focused()
    return page


def test_a_pdf_opens_in_the_browsers_own_viewer(
    browsers_with_viewer: Browsers, served: Console, axe_script: str
) -> None:
    path = hand_in(served, "验收单.pdf", "application/pdf", pdf())
    page = Driver(browsers_with_viewer, served, axe_script).open(
        EXPEDITER, path=path.partition("/evidence/")[0]
    )

    # the browser's viewer is a page of the browser's own, which comes after the file
    with page.expect_event("framenavigated", lambda frame: frame.url.startswith("chrome-extension://")):
        page.locator(f"#deliverables a[href='{path}']").click()

    frame = page.locator("iframe.preview-frame")
    expect(frame).to_have_attribute("title", "验收单.pdf")
    box = frame.bounding_box()
    assert box is not None
    assert box["height"] > 300
    browsers_with_viewer.close_pages()


def test_a_picture_is_shown_as_large_as_there_is_room(driver: Driver) -> None:
    page = look_at(driver, hand_in(driver.console, "现场照片.png", "image/png", png()))

    picture = page.get_by_role("img", name="现场照片.png")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 8)  # waits until it is there
    assert driver.inspect(page) == []


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_text_is_shown_as_it_stands_and_runs_nothing(driver: Driver, encoding: str) -> None:
    page = look_at(driver, hand_in(driver.console, "台账.txt", "text/plain", TEXT.encode(encoding)))

    assert page.locator("pre.preview-text").inner_text().strip() == TEXT.strip()
    assert "坏了" not in page.title()
    if encoding == "utf-8":
        assert driver.inspect(page) == []
