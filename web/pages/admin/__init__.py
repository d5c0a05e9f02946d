"""管理: what coordinators, administrators and auditors look after. Each screen says whom it admits.

Administration and audit are apart: an administrator reads no trail and no task, an auditor changes nothing.
"""

from __future__ import annotations

from fastapi import APIRouter

from web.pages.admin import (
    accounts,
    audit,
    calendar,
    campaigns,
    overview,
    people,
    people_list,
    policy,
    system,
    tokens,
    units,
    webhooks,
)

# people_list comes before people, whose /{person_id} would take its address
ROUTERS: tuple[APIRouter, ...] = (
    overview.router,
    campaigns.router,
    units.router,
    people_list.router,
    people.router,
    accounts.router,
    calendar.router,
    policy.router,
    system.router,
    audit.router,
    tokens.router,
    webhooks.router,
)
