"""What the worker does about imports that nobody works on any more."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select

from config.settings import Settings
from runtime.bootstrap import open_application
from runtime.jobs import discard_imports
from tests.factories import NOON, create_person
from tests.integration.runtime.conftest import Installation
from tracker import clock
from tracker.identity import id_of
from tracker.models import ImportSession


class TestDiscardImports:
    def test_keeps_them_for_thirty_days(self, installation: Installation) -> None:
        with open_application(Settings(database_url=installation.url)) as application:
            with application.writing() as session:
                person_id = id_of(create_person(session))
                session.add(
                    ImportSession(
                        source_name="表.txt",
                        source_sha256="0" * 64,
                        size=1,
                        created_at=NOON,
                        created_by_id=person_id,
                        updated_at=NOON,
                        updated_by_id=person_id,
                    )
                )
            with clock.fixed_at(NOON + timedelta(days=30)):
                assert discard_imports(application) == 0
            with clock.fixed_at(NOON + timedelta(days=30, seconds=1)):
                assert discard_imports(application) == 1
                assert discard_imports(application) == 0
            with application.reading() as session:
                assert session.exec(select(ImportSession)).all() == []
