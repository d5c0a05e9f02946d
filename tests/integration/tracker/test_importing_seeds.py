"""Real tables, committed: every row a task, and nothing twice whatever form the file comes in."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import Session, col, func, select

from tests.factories import COORDINATOR, NOON, actor_of, create_campaign, create_person
from tracker.calendar import WorkCalendar
from tracker.importers import build_draft
from tracker.importers.readers import read_source
from tracker.models import AuditEvent, Milestone, Task
from tracker.queries.directory import load_directory
from tracker.services.auditing import verify_chain
from tracker.services.importing import ImportOutcome, commit_draft, compare_with_register

pytestmark = pytest.mark.seeds

CAMPAIGN = "2024年测试专项"
WORD = "panjin-2024-drill-responsibility-table.docx"
SHEET = "panjin-2024-drill-responsibility-table.xlsx"
TEXT = "panjin-2024-drill-responsibility-tables.txt"


def take_in(session: Session, path: Path) -> tuple[ImportOutcome, int]:
    """Import a file as the command line does; returns the outcome and how many differences it showed before."""
    create_campaign(session, CAMPAIGN)
    actor = actor_of(create_person(session, COORDINATOR))
    draft = build_draft(read_source(path), year=2024, directory=load_directory(session))
    differences = compare_with_register(session, draft, campaign_name=CAMPAIGN)
    outcome = commit_draft(
        session,
        draft,
        campaign_name=CAMPAIGN,
        year=2024,
        actor=actor,
        at=NOON,
        calendar=WorkCalendar(),
    )
    return outcome, len(differences)


class TestRealTables:
    @pytest.mark.parametrize(("name", "rows"), [(WORD, 51), (SHEET, 51), (TEXT, 76)])
    def test_every_row_is_a_task_and_the_same_file_again_changes_nothing(
        self, session: Session, seeds: Path, name: str, rows: int
    ) -> None:
        first, _ = take_in(session, seeds / name)
        again, differences = take_in(session, seeds / name)

        assert (len(first.created), len(again.unchanged), differences) == (rows, rows, 0)
        assert not again.has_changes
        assert len(session.exec(select(AuditEvent)).all()) == 1
        assert verify_chain(session).is_intact

    def test_the_same_table_as_a_sheet_changes_no_task(self, session: Session, seeds: Path) -> None:
        take_in(session, seeds / WORD)
        outcome, differences = take_in(session, seeds / SHEET)

        assert (outcome.created, outcome.changed, outcome.withdrawn, differences) == ([], [], [], 0)

    def test_rows_of_a_merged_cell_hold_no_list_of_their_own(self, session: Session, seeds: Path) -> None:
        take_in(session, seeds / WORD)

        sharing = select(Task.id).where(col(Task.milestones_from_id).is_not(None))
        own = select(func.count()).select_from(Milestone).where(col(Milestone.task_id).in_(sharing))
        assert len(session.exec(sharing).all()) > 0
        assert session.exec(own).one() == 0
