"""Every page of the console and who goes to look at it: one row for each route that answers with a page.

`test_every_route` compares it with the routes, so that a new page without somebody who looks at it fails. What an
office numbers by itself stands in braces.
"""

from __future__ import annotations

COORDINATOR, LEADER, OWNER, EXPEDITER, AUDITOR = "穆念慈", "洪七公", "乔峰", "苗人凤", "测试审计"
NOBODY = ""  # did not sign in
EVERYBODY = (COORDINATOR, LEADER, OWNER, EXPEDITER, AUDITOR)

# In the demo office, whose coordinator is its administrator as well. (who, address): several where several people see
# different things, or one page has several faces.
SCREENS: dict[str, tuple[tuple[str, str], ...]] = {
    "/login": ((NOBODY, "/login"),),
    "/invite": ((NOBODY, "/invite"),),
    "/": tuple((who, "/") for who in EVERYBODY),
    "/me": ((OWNER, "/me"),),
    "/me/second-factor": ((OWNER, "/me/second-factor"),),
    "/password": ((OWNER, "/password"),),
    "/tasks": (
        (COORDINATOR, "/tasks"),
        (COORDINATOR, "/tasks?state=active&light=red"),
        (AUDITOR, "/tasks?q=没有这样的事"),
    ),
    "/tasks/{task_id:int}": (
        (COORDINATOR, "/tasks/1"),
        (COORDINATOR, "/tasks/13"),
        (COORDINATOR, "/tasks/{draft}"),
        (LEADER, "/tasks/13"),
        (OWNER, "/tasks/13"),
        (EXPEDITER, "/tasks/28"),
    ),
    "/tasks/{task_id:int}/comments": ((AUDITOR, "/tasks/13/comments"),),
    "/tasks/{task_id:int}/hand-in": ((OWNER, "/tasks/13/hand-in"),),
    "/tasks/{task_id:int}/before": (
        (COORDINATOR, "/tasks/{draft}/before"),
        (COORDINATOR, "/tasks/13/before"),
    ),
    "/campaigns/{campaign_id:int}/before": ((COORDINATOR, "/campaigns/1/before"),),
    "/tasks/{task_id:int}/review": ((EXPEDITER, "/tasks/28/review"),),
    "/tasks/{task_id:int}/history/{before}": ((AUDITOR, "/tasks/{busy_task}/history/{event}"),),
    "/tasks/{task_id:int}/evidence/{evidence_id:int}": ((COORDINATOR, "/tasks/{task}/evidence/{evidence}"),),
    "/board": ((COORDINATOR, "/board"),),
    "/month": ((COORDINATOR, "/month?month=2024-07"),),
    "/year": ((COORDINATOR, "/year?year=2024"),),
    "/leader": ((COORDINATOR, "/leader"), (LEADER, "/leader")),
    "/leader/points": ((COORDINATOR, "/leader/points?what=planned"),),
    "/leader/steps": ((LEADER, "/leader/steps?what=overdue"),),
    "/reports": ((COORDINATOR, "/reports"), (LEADER, "/reports")),
    "/reports/send": ((COORDINATOR, "/reports/send"),),
    "/reports/sent": ((COORDINATOR, "/reports/sent"),),
    "/reports/sent/{report_id:int}": ((COORDINATOR, "/reports/sent/{report}"),),
    "/notices": ((COORDINATOR, "/notices"), (OWNER, "/notices")),
    "/notices/ahead": ((COORDINATOR, "/notices/ahead"),),
    "/notices/letters": ((COORDINATOR, "/notices/letters"),),
    "/notices/letters/{letter_id}": ((OWNER, "/notices/letters/{letter}"),),
    "/imports": ((COORDINATOR, "/imports"),),
    "/imports/{import_id}/columns": ((COORDINATOR, "/imports/{import_id}/columns"),),
    "/imports/{import_id}/rows": ((COORDINATOR, "/imports/{import_id}/rows"),),
    "/imports/{import_id}/cells/{row}/{column}": (
        (COORDINATOR, "/imports/{import_id}/cells/{row}/{column}"),
    ),
    "/imports/{import_id}/names": ((COORDINATOR, "/imports/{import_id}/names"),),
    "/imports/{import_id}/differences": ((COORDINATOR, "/imports/{import_id}/differences"),),
    "/imports/{import_id}/issuing": ((COORDINATOR, "/imports/{written_import}/issuing"),),
    "/admin": ((COORDINATOR, "/admin"), (AUDITOR, "/admin")),
    "/admin/access": ((AUDITOR, "/admin/access"),),
    "/admin/accounts": ((COORDINATOR, "/admin/accounts"),),
    "/admin/accounts/{account_id}": ((COORDINATOR, "/admin/accounts/2"),),
    "/admin/audit": ((AUDITOR, "/admin/audit"),),
    "/admin/audit/verification": ((AUDITOR, "/admin/audit/verification"),),
    "/admin/calendar": ((COORDINATOR, "/admin/calendar"),),
    "/admin/campaigns": ((COORDINATOR, "/admin/campaigns"),),
    "/admin/campaigns/new": ((COORDINATOR, "/admin/campaigns/new"),),
    "/admin/campaigns/{campaign_id}": ((COORDINATOR, "/admin/campaigns/1"),),
    "/admin/mail": ((COORDINATOR, "/admin/mail"),),
    "/admin/people": ((COORDINATOR, "/admin/people"),),
    "/admin/people/list": ((COORDINATOR, "/admin/people/list"),),
    "/admin/people/new": ((COORDINATOR, "/admin/people/new"),),
    "/admin/people/{person_id}": ((COORDINATOR, "/admin/people/2"),),
    "/admin/people/{person_id}/handover": ((COORDINATOR, "/admin/people/2/handover"),),
    "/admin/policy": ((COORDINATOR, "/admin/policy"),),
    "/admin/system": ((COORDINATOR, "/admin/system"),),
    "/admin/tokens": ((COORDINATOR, "/admin/tokens"),),
    "/admin/units": ((COORDINATOR, "/admin/units"),),
    "/admin/units/{unit_id}": ((COORDINATOR, "/admin/units/2"),),
    "/admin/webhooks": ((COORDINATOR, "/admin/webhooks"),),
    "/admin/webhooks/{webhook_id}": ((COORDINATOR, "/admin/webhooks/{webhook}"),),
}
# What no route has.
BESIDES = ((NOBODY, "/nowhere"), (OWNER, "/tasks/999999"))

# Routes that answer with something else than a page of their own.
NO_SCREENS = {
    "/api/openapi.json": "a document for programs",
    "/calendar/{token}.ics": "a calendar for programs",
    "/healthz": "a word for programs",
    "/readyz": "a word for programs",
    "/imports/{import_id}": "leads to the step at hand",
    "/login/code": "leads to the first step",
    "/login/sso": "leads to another server",
    "/login/sso/back": "comes from another server, and leads on",
    "/me/second-factor/begin": "leads to where it begins",
    "/me/second-factor/codes": "leads to where it begins",
    "/me/second-factor/confirm": "leads to where it begins",
    "/me/second-factor/remove": "leads to where it begins",
    "/reports/download/{kind}": "a file",
    "/reports/sent/{report_id:int}/{kind}": "a file",
    "/tasks.xlsx": "a file",
    "/tasks/{task_id:int}/evidence/{evidence_id:int}/download": "a file",
    "/tasks/{task_id:int}/evidence/{evidence_id:int}/inline": "a file",
    "/tasks/{task_id:int}/package": "a file",
}
