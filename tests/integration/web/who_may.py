"""Who may use which route: one row each, the roles by name. See `office_of_roles` for who they are.

Written by hand from docs/security.md, never taken from the routes. To be admitted is not to be allowed everything: an
act goes on to ask the rules of the work, which answer 409 with what is unmet.
"""

from __future__ import annotations

from tests.integration.web.office_of_roles import (
    ADMINISTRATOR,
    AUDITORS,
    COORDINATOR_ONLY,
    COORDINATORS,
    EVERYBODY,
    LEADERS,
    OWNER_ONLY,
    SEES_THE_TASK,
    SIGNED_IN,
)

NOBODY: frozenset[str] = frozenset()
KEEPERS = COORDINATORS | ADMINISTRATOR  # those who keep people, units and the calendar
SEES_THE_CAMPAIGN = frozenset({"coordinator", "auditor", "administrator"})
RUNS_THE_CAMPAIGN = COORDINATOR_ONLY | ADMINISTRATOR
IMPORT = COORDINATOR_ONLY  # who began it and who runs its campaign, here one person

DOOR = {
    "GET /healthz": EVERYBODY,
    "GET /readyz": EVERYBODY,
    "GET /api/openapi.json": EVERYBODY,
    "GET /login": EVERYBODY,
    "POST /login": NOBODY,  # an empty form signs nobody in: 401
    "GET /login/code": EVERYBODY,
    "POST /login/code": NOBODY,  # nobody gave a password before: 401
    "GET /login/sso": NOBODY,  # there is no such door where no provider is set
    "GET /login/sso/back": NOBODY,
    "POST /logout": EVERYBODY,
    "GET /invite": EVERYBODY,
    "POST /invite": EVERYBODY,
    "GET /password": SIGNED_IN,
    "POST /password": SIGNED_IN,
    "POST /demo/become": NOBODY,  # there is no such door outside of the demo
    "POST /demo/clock": NOBODY,
    "GET /calendar/{token}.ics": EVERYBODY,  # whoever has the address
}

OWN = {
    "GET /": SIGNED_IN,
    "GET /me": SIGNED_IN,
    "POST /me/address": SIGNED_IN,
    "POST /me/theme": SIGNED_IN,
    "POST /me/devices/end-others": SIGNED_IN,
    "POST /me/devices/{session_id}/end": OWNER_ONLY,
    "POST /me/feed": SIGNED_IN,
    "POST /me/feed/remove": SIGNED_IN,
    "GET /me/second-factor": SIGNED_IN,
    "GET /me/second-factor/begin": SIGNED_IN,
    "GET /me/second-factor/codes": SIGNED_IN,
    "GET /me/second-factor/confirm": SIGNED_IN,
    "GET /me/second-factor/remove": SIGNED_IN,
    "POST /me/second-factor/begin": SIGNED_IN,
    "POST /me/second-factor/codes": SIGNED_IN,
    "POST /me/second-factor/confirm": SIGNED_IN,
    "POST /me/second-factor/remove": SIGNED_IN,
    "POST /me/tokens": SIGNED_IN,
    "POST /me/tokens/{token_id}/revoke": OWNER_ONLY,
    "POST /views": SIGNED_IN,
    "POST /views/{view_id}/delete": OWNER_ONLY,
}

LISTS = {
    "GET /tasks": SIGNED_IN,
    "GET /tasks.xlsx": SIGNED_IN,
    "POST /tasks/bulk": SIGNED_IN,
    "GET /notices": SIGNED_IN,
    "GET /notices/letters": SIGNED_IN,
    "GET /notices/letters/{letter_id}": OWNER_ONLY,
    "POST /notices/letters/retry": SIGNED_IN,
    "GET /notices/ahead": COORDINATORS | AUDITORS,
}

TASK = {
    "GET /tasks/{task_id:int}": SEES_THE_TASK,
    "GET /tasks/{task_id:int}/history/{before}": SEES_THE_TASK,
    "GET /tasks/{task_id:int}/comments": SEES_THE_TASK,
    "POST /tasks/{task_id:int}/comments": SEES_THE_TASK,
    "POST /tasks/{task_id:int}/deductions": SEES_THE_TASK,
    "POST /tasks/{task_id:int}/deliverables/{deliverable_id:int}/files": SEES_THE_TASK,
    "POST /tasks/{task_id:int}/deliverables/{deliverable_id:int}/links": SEES_THE_TASK,
    "GET /tasks/{task_id:int}/evidence/{evidence_id:int}": SEES_THE_TASK,
    "GET /tasks/{task_id:int}/evidence/{evidence_id:int}/download": NOBODY,  # a link has no file
    "GET /tasks/{task_id:int}/evidence/{evidence_id:int}/inline": NOBODY,
    "POST /tasks/{task_id:int}/evidence/{evidence_id:int}/accept": SEES_THE_TASK,
    "POST /tasks/{task_id:int}/evidence/{evidence_id:int}/reject": SEES_THE_TASK,
    "GET /tasks/{task_id:int}/hand-in": SEES_THE_TASK,
    "POST /tasks/{task_id:int}/files": SEES_THE_TASK,
    "GET /tasks/{task_id:int}/review": SEES_THE_TASK,
    "POST /tasks/{task_id:int}/review": SEES_THE_TASK,
    "POST /tasks/{task_id:int}/extensions/{extension_id:int}/consent": SEES_THE_TASK,
    "POST /tasks/{task_id:int}/extensions/{extension_id:int}/grant": SEES_THE_TASK,
    "POST /tasks/{task_id:int}/extensions/{extension_id:int}/refuse": SEES_THE_TASK,
    "POST /tasks/{task_id:int}/findings/{finding_id:int}": SEES_THE_TASK,
    "POST /tasks/{task_id:int}/instructions": SEES_THE_TASK,
    "POST /instructions/{instruction_id:int}/acknowledge": SEES_THE_TASK,
    "POST /tasks/{task_id:int}/milestones/{milestone_id:int}/report": SEES_THE_TASK,
    "POST /tasks/{task_id:int}/milestones/{milestone_id:int}/confirm": SEES_THE_TASK,
    "POST /tasks/{task_id:int}/milestones/{milestone_id:int}/return": SEES_THE_TASK,
    "POST /tasks/{task_id:int}/milestones/{milestone_id:int}/waive": SEES_THE_TASK,
    "POST /tasks/{task_id:int}/milestones/{milestone_id:int}/extend": SEES_THE_TASK,
    "POST /tasks/{task_id:int}/milestones/{milestone_id:int}/event": SEES_THE_TASK,
    "POST /tasks/{task_id:int}/milestones/{milestone_id:int}/day": frozenset({"coordinator"}),
    "POST /tasks/{task_id:int}/people": frozenset({"coordinator"}),
    "GET /tasks/{task_id:int}/package": NOBODY,  # none was built
    "POST /tasks/{task_id:int}/package": COORDINATOR_ONLY,
    "POST /tasks/{task_id:int}/units/{unit_id:int}": SEES_THE_TASK,
    "POST /tasks/{task_id:int}/urge": SEES_THE_TASK,
    "POST /tasks/{task_id:int}/{trigger}": SEES_THE_TASK,
}

LEADING = {
    "GET /board": SIGNED_IN,
    "GET /month": SIGNED_IN,
    "GET /year": SIGNED_IN,
    "GET /leader": LEADERS | COORDINATORS | AUDITORS,
    "GET /leader/points": LEADERS | COORDINATORS | AUDITORS,
    "GET /leader/steps": LEADERS | COORDINATORS | AUDITORS,
    "POST /leader/extensions/{extension_id}/consent": SEES_THE_TASK,
    "POST /leader/extensions/{extension_id}/grant": SEES_THE_TASK,
    "POST /leader/extensions/{extension_id}/refuse": SEES_THE_TASK,
    "POST /leader/tasks/{task_id}/close": SEES_THE_TASK,
    "GET /reports": SIGNED_IN,
    "GET /reports/download/{kind}": SIGNED_IN - {"assistant"},  # whose unit leads nothing: no report to have
    "GET /reports/send": COORDINATORS,
    "POST /reports/send": COORDINATORS,
    "GET /reports/sent": SIGNED_IN,
    "GET /reports/sent/{report_id:int}": frozenset({"coordinator", "auditor"}),
    "GET /reports/sent/{report_id:int}/{kind}": frozenset({"coordinator", "auditor"}),
}

IMPORTS = {
    "GET /imports": KEEPERS,
    "POST /imports": KEEPERS,
    "GET /imports/{import_id}": IMPORT,
    "POST /imports/{import_id}/advance": IMPORT,
    "POST /imports/{import_id}/carried": IMPORT,
    "POST /imports/{import_id}/cells": IMPORT,
    "POST /imports/{import_id}/cells/undo": IMPORT,
    "GET /imports/{import_id}/cells/{row}/{column}": IMPORT,
    "GET /imports/{import_id}/columns": IMPORT,
    "POST /imports/{import_id}/columns": IMPORT,
    "POST /imports/{import_id}/commit": IMPORT,
    "GET /imports/{import_id}/differences": IMPORT,
    "POST /imports/{import_id}/discard": IMPORT,
    "POST /imports/{import_id}/exclude": IMPORT,
    "POST /imports/{import_id}/fill": IMPORT,
    "POST /imports/{import_id}/issue": IMPORT,
    "POST /imports/{import_id}/headings": IMPORT,
    "GET /imports/{import_id}/issuing": IMPORT,
    "GET /imports/{import_id}/names": IMPORT,
    "POST /imports/{import_id}/names": IMPORT,
    "POST /imports/{import_id}/notes": IMPORT,
    "POST /imports/{import_id}/notes/undo": IMPORT,
    "POST /imports/{import_id}/place": IMPORT,
    "GET /imports/{import_id}/rows": IMPORT,
    "POST /imports/{import_id}/settle": IMPORT,
    "POST /imports/{import_id}/title": IMPORT,
}

ADMINISTRATION = {
    "GET /admin": KEEPERS | AUDITORS,
    "GET /admin/access": AUDITORS,
    "GET /admin/accounts": ADMINISTRATOR,
    "POST /admin/accounts": ADMINISTRATOR,
    "POST /admin/accounts/everybody": ADMINISTRATOR,
    "GET /admin/accounts/{account_id}": ADMINISTRATOR,
    "POST /admin/accounts/{account_id}/devices/end": ADMINISTRATOR,
    "POST /admin/accounts/{account_id}/lock": ADMINISTRATOR,
    "POST /admin/accounts/{account_id}/reset": ADMINISTRATOR,
    "POST /admin/accounts/{account_id}/second-factor": ADMINISTRATOR,
    "POST /admin/accounts/{account_id}/unlock": ADMINISTRATOR,
    "GET /admin/audit": AUDITORS,
    "GET /admin/audit/verification": AUDITORS,
    "GET /admin/calendar": KEEPERS | AUDITORS,
    "POST /admin/calendar": KEEPERS,
    "POST /admin/calendar/preview": KEEPERS,
    "GET /admin/campaigns": KEEPERS | AUDITORS,
    "POST /admin/campaigns": KEEPERS,
    "GET /admin/campaigns/new": KEEPERS,
    "GET /admin/campaigns/{campaign_id}": SEES_THE_CAMPAIGN,
    "POST /admin/campaigns/{campaign_id}": RUNS_THE_CAMPAIGN,
    "POST /admin/campaigns/{campaign_id}/close": COORDINATOR_ONLY,
    "POST /admin/campaigns/{campaign_id}/people": RUNS_THE_CAMPAIGN,
    "POST /admin/campaigns/{campaign_id}/people/{person_id}/dismiss": RUNS_THE_CAMPAIGN,
    "GET /admin/mail": ADMINISTRATOR,
    "POST /admin/mail": ADMINISTRATOR,
    "GET /admin/people": KEEPERS,
    "POST /admin/people": KEEPERS,
    "GET /admin/people/list": KEEPERS,
    "POST /admin/people/list": KEEPERS,
    "POST /admin/people/list/check": KEEPERS,
    "GET /admin/people/new": KEEPERS,
    "GET /admin/people/{person_id}": KEEPERS,
    "POST /admin/people/{person_id}": KEEPERS,
    "POST /admin/people/{person_id}/aliases": KEEPERS,
    "POST /admin/people/{person_id}/deactivate": KEEPERS,
    "GET /admin/people/{person_id}/handover": KEEPERS,
    "POST /admin/people/{person_id}/handover": KEEPERS,
    "POST /admin/people/{person_id}/merge": KEEPERS,
    "POST /admin/people/{person_id}/reactivate": KEEPERS,
    "GET /admin/policy": KEEPERS | AUDITORS,
    "POST /admin/policy/trial": KEEPERS,
    "GET /admin/system": ADMINISTRATOR,
    "POST /admin/system/letters/retry": ADMINISTRATOR,
    "GET /admin/tokens": ADMINISTRATOR,
    "POST /admin/tokens/{token_id}/revoke": ADMINISTRATOR,
    "GET /admin/units": KEEPERS,
    "POST /admin/units": KEEPERS,
    "GET /admin/units/{unit_id}": KEEPERS,
    "POST /admin/units/{unit_id}": KEEPERS,
    "POST /admin/units/{unit_id}/deactivate": KEEPERS,
    "POST /admin/units/{unit_id}/reactivate": KEEPERS,
    "GET /admin/webhooks": ADMINISTRATOR,
    "POST /admin/webhooks": ADMINISTRATOR,
    "GET /admin/webhooks/{webhook_id}": ADMINISTRATOR,
    "POST /admin/webhooks/{webhook_id}": ADMINISTRATOR,
    "POST /admin/webhooks/{webhook_id}/remove": ADMINISTRATOR,
    "POST /admin/webhooks/{webhook_id}/retry": ADMINISTRATOR,
    "POST /admin/webhooks/{webhook_id}/secret": ADMINISTRATOR,
}

WHO_MAY: dict[str, frozenset[str]] = {
    **DOOR,
    **OWN,
    **LISTS,
    **TASK,
    **LEADING,
    **IMPORTS,
    **ADMINISTRATION,
}
