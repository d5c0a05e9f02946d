"""Logs on standard error, for people or as JSON. Nothing secret is written: settings are never logged whole."""

from __future__ import annotations

import logging
import sys
from datetime import datetime

from runtime.leaving_out import left_out
from tracker.clock import OFFICE_ZONE

with left_out("rich"):  # for tracebacks in colour, which we do not print: 5 MB and a twentieth of the start
    import structlog

# Modules of this package take it from here, so that structlog is loaded by this way.
get_logger = structlog.get_logger
SECRET_WORDS = ("password", "secret", "webhook", "token")


def set_up_logging(*, level: str, style: str) -> None:
    """Send what the program and its libraries log to standard error. `style` is `console` or `json`."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        tell_time,
        hide_secrets,
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def tell_time(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The moment by the clock on the wall of the office, with its offset, wherever the machine stands."""
    event["timestamp"] = datetime.now(OFFICE_ZONE).isoformat(timespec="milliseconds")
    return event


def hide_secrets(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Blot out the value of everything that is named like a secret."""
    return {
        key: "***" if any(word in key.lower() for word in SECRET_WORDS) else value
        for key, value in event.items()
    }
