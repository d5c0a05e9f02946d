"""What the console may ask of the installation around it, for whoever looks after it. `runtime` fills it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from notifications.policy import ReminderPolicy


class Level(StrEnum):
    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"


@dataclass(frozen=True)
class Check:
    """What one check found. `advice` says what to do, where there is something to do, and `page` where."""

    level: Level
    topic: str
    text: str
    advice: str = ""
    page: str = ""


@dataclass(frozen=True)
class Installation:
    """Doors to what only the program's surroundings know.

    `glance` runs the checks that take no time; `examine` also walks the trail and knocks at the mail server.
    `facts` are pairs of a name and what there is. `send_test` sends one message to a name and an address, and
    returns a sentence where it failed. `read_policy` understands a text of reminders.toml and raises PolicyRefused.
    """

    glance: Callable[[datetime], Sequence[Check]]
    examine: Callable[[datetime], Sequence[Check]]
    facts: Callable[[], Sequence[tuple[str, str]]]
    channel: str
    needs_address: bool
    send_test: Callable[[str, str | None, datetime], str | None]
    policy_files: Mapping[str, Path]
    policy_is_own: bool
    read_policy: Callable[[str], ReminderPolicy]
