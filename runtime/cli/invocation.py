"""What one call of the command is about: its settings file, its clock, and the application it opens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tracker import clock

if TYPE_CHECKING:
    from config.settings import Settings
    from runtime.bootstrap import Application


class Refused(Exception):
    """A rule of the command itself stands in the way; the text says what would be accepted."""


class InputUnreadable(Exception):
    """A file that was named cannot be read, or a line in it."""


class ClockRefused(Exception):
    """`--now` was given to something that runs on; it would work at a moment that never passes."""


@dataclass(frozen=True)
class Invocation:
    """The global options as they were given."""

    config: Path | None = None
    now: str | None = None
    debug: bool = False


_current: ContextVar[Invocation | None] = ContextVar("this call", default=None)


def begin(invocation: Invocation) -> None:
    """Remember the global options for the command that follows."""
    _current.set(invocation)


def read_settings() -> Settings:
    """The settings of this call, `--now` included. Raises ConfigurationError."""
    from config.settings import load_settings  # 0.3 s that `dingban deadline` does not need

    invocation = _current.get() or Invocation()
    overrides: dict[str, object] = {} if invocation.now is None else {"now": invocation.now}
    return load_settings(invocation.config, overrides=overrides)


@contextmanager
def opened_application(*, migrated: bool = True, is_service: bool = False) -> Iterator[Application]:
    """The application of this call under its clock, closed at the end.

    Raises NotReady where the database was never set up or is older than this program, unless `migrated` is False.
    """
    from runtime.bootstrap import open_application

    settings = read_settings()
    with ExitStack() as stack:
        if settings.now is not None:
            stack.enter_context(clock.fixed_at(settings.now))
        application = stack.enter_context(open_application(settings, is_service=is_service))
        if migrated:
            application.demand_current_database()
        yield application


def refuse_a_fixed_clock() -> None:
    """Raise ClockRefused where the clock is fixed and this is no rehearsal: what runs on needs a clock that runs."""
    settings = read_settings()
    if settings.now is not None and not settings.rehearsal:
        raise ClockRefused(
            "serve 和 worker 不能用 --now 或者 DINGBAN_NOW 固定时钟；确实是演练时，请同时设置 DINGBAN_REHEARSAL=1。"
        )


def now() -> datetime:
    return clock.now()
