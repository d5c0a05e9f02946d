"""Draw the pictures of the manual from the demo office: a digest on a phone, and the heat map of a rehearsal.

Writes docs/images/digest.png and docs/images/heat-map.png. Needs chromium and a Chinese font. Run from the repository root:

    .venv/bin/python scripts/manual_pictures.py
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from notifications.heat_map import heat_map_page  # noqa: E402
from notifications.rehearsal import rehearse  # noqa: E402
from runtime.bootstrap import Application, open_application  # noqa: E402
from runtime.copying import copied_database  # noqa: E402
from runtime.demo.building import build_demo  # noqa: E402

IMAGES = ROOT / "docs" / "images"
RECIPIENT = "乔峰"
FIRST_DAY, LAST_DAY = date(2024, 7, 4), date(2024, 8, 31)
OPTIONS = ("--headless", "--no-sandbox", "--hide-scrollbars", "--allow-file-access-from-files")


def main() -> None:
    if shutil.which("chromium") is None:
        raise SystemExit("missing: chromium")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        demo = build_demo(folder / "demo")
        (folder / "digest.html").write_text(find_digest(demo.folder / "outbox"), encoding="utf-8")
        with open_application(demo.settings) as application:
            (folder / "heat-map.html").write_text(draw_heat_map(application), encoding="utf-8")
        screenshot(folder / "digest.html", IMAGES / "digest.png", width=500, height=780)
        screenshot(folder / "heat-map.html", IMAGES / "heat-map.png", width=680, height=430)


def find_digest(outbox: Path) -> str:
    """The HTML of the recipient's daily digest."""
    for path in sorted(outbox.rglob(f"{RECIPIENT}-*.eml")):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body(("html",))
        if body is not None and "提醒：" in str(message["Subject"]):
            return str(body.get_content())
    raise SystemExit(f"no digest for {RECIPIENT} in {outbox}")


def draw_heat_map(application: Application) -> str:
    with application.reading() as session:
        calendar = application.calendar(session)
    with copied_database(application.engine) as copy:
        notices = rehearse(
            copy,
            start=FIRST_DAY,
            end=LAST_DAY,
            policy=application.reminder_policy,
            hours=application.office_hours,
            calendar=calendar,
            console_url=application.settings.console_url,
        )
    return heat_map_page(notices, start=FIRST_DAY, end=LAST_DAY, calendar=calendar)


def screenshot(page: Path, picture: Path, *, width: int, height: int) -> None:
    command = [
        "chromium",
        *OPTIONS,
        f"--window-size={width},{height}",
        f"--screenshot={picture}",
        page.as_uri(),
    ]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603


if __name__ == "__main__":
    main()
