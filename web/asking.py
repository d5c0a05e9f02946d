"""What a page and a program have in common when they ask: a house, a transaction, a moment."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from fastapi import Request
from sqlmodel import Session

from web.house import House


class Asked(Protocol):
    """One request, whoever made it: the desk of a page, and that of the API."""

    request: Request
    house: House
    session: Session
    at: datetime

    @property
    def today(self) -> date: ...
