"""The screens, one module each. A screen reads the request, calls one service, renders one template."""

from __future__ import annotations

from fastapi import APIRouter

from web.pages import demo, feeds, me, passwords, signing_in, workbench

ROUTERS: tuple[APIRouter, ...] = (
    signing_in.router,
    passwords.router,
    workbench.router,
    me.router,
    demo.router,
    feeds.router,
)
