"""Policy files, as the rooms that live by them understand them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from config.errors import ConfigurationError
from config.policy import PolicyFiles
from notifications.policy_reading import PolicyRefused
from tracker.errors import TrackerError

_Policy = TypeVar("_Policy")


def understood(
    policy: PolicyFiles, name: str, read: Callable[[Mapping[str, Any]], _Policy], content: Mapping[str, Any]
) -> _Policy:
    """What a room makes of a policy file; what it refuses is told with the file's name."""
    try:
        return read(content)
    except PolicyRefused as error:
        raise ConfigurationError(
            [f"规则文件“{policy.paths[name]}”中的 {line}" for line in error.problems]
        ) from None
    except TrackerError as error:
        raise ConfigurationError([f"规则文件“{policy.paths[name]}”：{error}"]) from None
