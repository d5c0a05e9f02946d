"""What the worker does about files that belong to nothing."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from config.settings import Settings
from runtime.bootstrap import Application, open_application
from runtime.jobs import real_now, sweep_evidence
from runtime.scheduler import create_scheduler
from tests.integration.runtime.conftest import Installation
from tracker import clock


def settings_of(installation: Installation) -> Settings:
    return Settings(database_url=installation.url, evidence_dir=installation.folder / "evidence")


def park(application: Application, folder: Path, name: str, *, days_old: int) -> str:
    """Store a content that no row names, as an upload leaves it whose transaction failed."""
    source = folder / name
    source.write_text(name, encoding="utf-8")
    sha256 = application.store.add_file(source, name=name).sha256
    stored_at = (real_now() - timedelta(days=days_old, hours=1)).timestamp()
    os.utime(application.store.path_of(sha256), (stored_at, stored_at))
    return sha256


class TestSweepEvidence:
    def test_deletes_what_belongs_to_nothing_for_a_day(self, installation: Installation) -> None:
        with open_application(settings_of(installation)) as application:
            old = park(application, installation.folder, "昨天的孤件.txt", days_old=1)
            young = park(application, installation.folder, "刚到的孤件.txt", days_old=0)

            assert sweep_evidence(application) == 1
            assert sweep_evidence(application) == 0
            assert list(application.store.list_stored()) == [young]
            assert not application.store.has(old)

    def test_a_rehearsal_a_year_ahead_takes_nothing_that_is_just_coming_in(
        self, installation: Installation
    ) -> None:
        with open_application(settings_of(installation)) as application:
            young = park(application, installation.folder, "刚到的孤件.txt", days_old=0)

            with clock.fixed_at(real_now() + timedelta(days=365)):
                assert sweep_evidence(application) == 0
            assert application.store.has(young)

    def test_happens_once_a_day(self, installation: Installation) -> None:
        with open_application(settings_of(installation)) as application:
            job = create_scheduler(application).get_job("sweep_evidence")

        assert job.trigger.interval == timedelta(days=1)
