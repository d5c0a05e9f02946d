"""The demo's people and units: taken from its two tables, each with an address, as a real office would enter them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from runtime.bootstrap import Application
from runtime.reading import column_synonyms, read_limits
from tracker.identity import id_of
from tracker.importers import Directory, Draft, build_draft
from tracker.importers.readers import read_source
from tracker.importers.spellings import name_key
from tracker.models import Person
from tracker.queries.directory import load_directory
from tracker.services.auditing import Actor
from tracker.services.importing import commit_draft
from tracker.services.people import add_alias, create_person, create_unit

OFFICE_NAME = "云岭市生态环境综合执法支队"
COORDINATOR = "穆念慈"
DOMAIN = "yunling.example"
TABLES = Path(__file__).parent / "tables"
CAMPAIGNS = (("drill.tsv", "2024年执法大比武攻坚任务"), ("base.tsv", "2024年执法大比武基准任务"))
YEAR = 2024


def enter_people(session: Session, drafts: Sequence[Draft], *, actor: Actor, at: datetime) -> None:
    """Enter units and people; a second spelling of a name is confirmed to mean the same person."""
    office = create_unit(session, name=OFFICE_NAME, actor=actor, at=at)
    units = {}
    for row in (row for draft in drafts for table in draft.tables for row in table.rows):
        if row.lead_unit and row.lead_unit not in units:
            unit = create_unit(session, name=row.lead_unit, parent_id=office.id, actor=actor, at=at)
            units[row.lead_unit] = id_of(unit)
    known: dict[str, Person] = {}
    for name, unit_name in _people_of(drafts).items():
        same = known.get(name_key(name))
        if same is not None:
            add_alias(session, id_of(same), name=name, actor=actor, at=at)
            continue
        known[name_key(name)] = create_person(
            session,
            name=name,
            unit_id=units.get(unit_name),
            email=f"p{len(known) + 1:02d}@{DOMAIN}",
            actor=actor,
            at=at,
        )


def _people_of(drafts: Sequence[Draft]) -> dict[str, str]:
    """Everybody the tables name, with the unit of the first row that does."""
    found: dict[str, str] = {}
    for row in (row for draft in drafts for table in draft.tables for row in table.rows):
        for person in (person for people in row.people.values() for person in people):
            if not person.is_unit:
                found.setdefault(person.name, row.lead_unit)
    return found


def read_tables(application: Application, directory: Directory) -> list[Draft]:
    """The two tables as drafts."""
    limits, synonyms = read_limits(application.settings), column_synonyms(application.policy)
    return [
        build_draft(
            read_source(TABLES / name, limits=limits), year=YEAR, synonyms=synonyms, directory=directory
        )
        for name, _ in CAMPAIGNS
    ]


def import_tables(application: Application, session: Session, *, actor: Actor, at: datetime) -> list[int]:
    """Commit the two tables and return the ids of their tasks."""
    calendar = application.calendar(session)
    drafts = read_tables(application, load_directory(session))
    created: list[int] = []
    for draft, (_, campaign) in zip(drafts, CAMPAIGNS, strict=True):
        outcome = commit_draft(
            session, draft, campaign_name=campaign, year=YEAR, actor=actor, at=at, calendar=calendar
        )
        created += outcome.created
    return created
