"""What the console is handed of an installation."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from notifications.rehearsal import RehearsedNotice, rehearse
from runtime.bootstrap import Application
from runtime.copying import copied_database
from runtime.doorkeeping import sign_in_policy
from runtime.installation import installation_of
from tracker.services.accounts import SecondFactorRule
from web.house import Demo, House
from web.single_sign_on import Provider, SingleSignOn

if TYPE_CHECKING:
    from tracker.importers.columns import ColumnSynonyms


def house_of(application: Application, *, demo: Demo | None = None) -> House:
    """The installation as its console sees it. Raises ConfigurationError where a policy file cannot be used."""
    settings, sign_in = application.settings, sign_in_policy(application.settings)
    if demo is not None:  # one password is to open every door of it
        sign_in = replace(sign_in, second_factor=SecondFactorRule.NONE)
    return House(
        reading=application.reading,
        writing=application.writing,
        calendar=application.calendar,
        rules=application.rules,
        reminder_policy=application.reminder_policy,
        office_hours=application.office_hours,
        store=application.store,
        parked_dir=parked_dir_of(application),
        console_url=settings.console_url,
        upload_limit=settings.evidence_limit_mb << 20,
        import_limit=settings.import_limit_mb << 20,
        sign_in=sign_in,
        columns=lambda: _columns_of(application),
        standing_silent_days=application.policy.signing.standing_silent_days,
        rehearse=lambda start, end: _rehearse(application, start, end),
        sign_on=_sign_on_of(application),
        demo=demo,
        installation=installation_of(application),
    )


def _sign_on_of(application: Application) -> SingleSignOn | None:
    """The office's own provider, where one is set."""
    settings = application.settings
    if settings.sso_issuer is None or settings.sso_client_id is None:
        return None
    secret = settings.sso_client_secret
    provider = Provider(
        issuer=settings.sso_issuer,
        client_id=settings.sso_client_id,
        client_secret=secret.get_secret_value() if secret else None,
        label=settings.sso_label,
        claim=settings.sso_claim,
    )
    return SingleSignOn(provider, now=lambda: int(time.time()))


def _columns_of(application: Application) -> ColumnSynonyms:
    from runtime.reading import column_synonyms  # with the readers, when the first table is imported

    return column_synonyms(application.policy)


def _rehearse(application: Application, start: date, end: date) -> list[RehearsedNotice]:
    """Play the days on a copy of the register, which is thrown away."""
    with application.reading() as session:
        calendar = application.calendar(session)
    with copied_database(application.engine) as copy:
        return rehearse(
            copy,
            start=start,
            end=end,
            policy=application.reminder_policy,
            hours=application.office_hours,
            calendar=calendar,
            console_url=application.settings.console_url,
        )


def parked_dir_of(application: Application) -> Path:
    """Where tables wait while their import is being settled: beside the evidence, where backups look."""
    return application.settings.evidence_dir.parent / "parked"
