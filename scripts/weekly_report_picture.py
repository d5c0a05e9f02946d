"""Draw docs/images/weekly-report.png: the weekly report of the invented office, as a phone and a printer show it.

Needs chromium, soffice (Writer), pdftoppm and a Chinese font. Run from the repository root:

    .venv/bin/python scripts/weekly_report_picture.py
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sqlmodel import Session, SQLModel

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from notifications.reports import draw_report, take_snapshot  # noqa: E402
from tests import weekly_office  # noqa: E402
from tracker.calendar import load_published_calendar  # noqa: E402
from tracker.database import create_engine_for  # noqa: E402
from tracker.figures import IsoWeek, Scope, weekly_figures  # noqa: E402
from tracker.rules import OfficeRules  # noqa: E402

PICTURE = ROOT / "docs" / "images" / "weekly-report.png"
SHEET = """<!DOCTYPE html><meta charset="utf-8"><body style="margin:0;padding:24px;display:flex;gap:24px;background:#d5dae0">
<div style="width:390px;height:1080px;overflow:hidden"><iframe src="report.html" style="width:390px;height:7000px;border:0"></iframe></div>
<img src="page-1.png" height="1080"><img src="page-2.png" height="1080">"""


def main() -> None:
    missing = [name for name in ("chromium", "soffice", "pdftoppm") if shutil.which(name) is None]
    if missing:
        raise SystemExit(f"missing: {', '.join(missing)}")
    with tempfile.TemporaryDirectory() as folder:
        draw(Path(folder))


def draw(folder: Path) -> None:
    engine = create_engine_for(f"sqlite:///{folder / 'office.db'}")
    SQLModel.metadata.create_all(engine)
    at = weekly_office.MONDAY_MORNING
    with Session(engine) as session:
        weekly_office.build_office(session)
        figures = weekly_figures(
            session,
            week=IsoWeek(2024, 22),
            scope=Scope(),
            at=at,
            rules=OfficeRules(),
            calendar=load_published_calendar(),
        )
    engine.dispose()
    drawn = draw_report(take_snapshot(figures, made_at=at, console_url="https://dingban.example.org"))
    (folder / "report.html").write_text(drawn.html, encoding="utf-8")
    (folder / "report.docx").write_bytes(drawn.word)
    (folder / "sheet.html").write_text(SHEET, encoding="utf-8")
    run(folder, "soffice", "--headless", "--convert-to", "pdf", "report.docx")
    run(folder, "pdftoppm", "-r", "110", "-png", "-l", "2", "report.pdf", "page")
    options = ["--headless", "--no-sandbox", "--hide-scrollbars", "--allow-file-access-from-files"]
    run(
        folder,
        "chromium",
        *options,
        "--window-size=2020,1128",
        f"--screenshot={PICTURE}",
        (folder / "sheet.html").as_uri(),
    )


def run(folder: Path, *command: str) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603


if __name__ == "__main__":
    main()
