"""The screens, one module each. A screen reads the request, calls one service, renders one template."""

from __future__ import annotations

from fastapi import APIRouter

from web.pages import (
    admin,
    board,
    comments,
    demo,
    evidence,
    extensions,
    feeds,
    imports,
    instructions,
    leader,
    ledger,
    me,
    milestones,
    month,
    notices,
    passwords,
    reports,
    signing_in,
    single_sign_on,
    task,
    task_acts,
    workbench,
    year,
)

ROUTERS: tuple[APIRouter, ...] = (
    signing_in.router,
    single_sign_on.router,
    passwords.router,
    workbench.router,
    ledger.router,
    board.router,
    month.router,
    year.router,
    me.router,
    demo.router,
    feeds.router,
    notices.router,
    leader.router,
    reports.router,
    imports.router,
    *admin.ROUTERS,
    task.router,
    milestones.router,
    extensions.router,
    instructions.router,
    evidence.router,
    comments.router,
    task_acts.router,
    task_acts.moving,
)
