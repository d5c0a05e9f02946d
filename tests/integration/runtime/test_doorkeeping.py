"""What the worker does about sessions and the record of who came, by the clock on the wall."""

from __future__ import annotations

from datetime import timedelta

import pytest
from freezegun import freeze_time
from sqlmodel import select

from config.settings import Settings
from runtime.bootstrap import open_application
from runtime.doorkeeping import DoorKept, keep_door, sign_in_policy
from tests.integration.runtime.conftest import Installation
from tests.integration.tracker.accounts.doors import PASSWORD, WALL, attempt, open_account
from tracker import clock
from tracker.models import AccessKind, AccessRecord, LoginSession
from tracker.services.accounts import SignedIn


class TestKeepDoor:
    def test_ends_what_is_over_and_deletes_what_is_old(self, installation: Installation) -> None:
        settings = Settings(database_url=installation.url, idle_minutes=20)
        with open_application(settings) as application:
            with application.writing() as session:
                account, _ = open_account(session)
                assert isinstance(attempt(session, account.login_name, PASSWORD), SignedIn)
            with freeze_time(WALL + timedelta(minutes=19)):
                assert keep_door(application) == DoorKept(0, 0)
            with freeze_time(WALL + timedelta(minutes=20)), clock.fixed_at(WALL - timedelta(days=600)):
                assert keep_door(application) == DoorKept(1, 0)
            with freeze_time(WALL + timedelta(days=191)):
                kept = keep_door(application)

            with application.reading() as session:
                assert session.exec(select(LoginSession)).all() == []
                left = [row.kind for row in session.exec(select(AccessRecord))]
        assert kept.records >= 3
        assert AccessKind.SIGN_IN not in left


class TestSignInPolicy:
    @pytest.mark.parametrize("name", ["idle_minutes", "session_hours", "lock_after", "lock_minutes"])
    def test_is_what_the_settings_say(self, name: str) -> None:
        assert getattr(sign_in_policy(Settings.model_validate({name: 7})), name) == 7
