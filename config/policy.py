"""The policy files that an office may edit: read, checked, returned as plain values.

Each file is taken from `policy_dir` where it is there, else from the files that are shipped with this package.
What the reminder rules, office hours and column synonyms mean is checked by the rooms that use them, which are
handed the plain mapping; here it is checked that they can be read at all.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.errors import ConfigurationError, Location, describe

SHIPPED_FOLDER = Path(__file__).resolve().parent
_Model = TypeVar("_Model", bound=BaseModel)
FILES = ("reminders.toml", "office_hours.toml", "lights.toml", "signing.toml", "columns.toml")


class Lights(BaseModel):
    """When a light changes. `yellow_within_days`: days left, the due day itself being 0."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    yellow_within_days: int = Field(default=7, ge=0, le=365)


class Signing(BaseModel):
    """Limits of 签收, what counts as the day of completion, standing duties."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    accept_within_workdays: int = Field(default=2, ge=0, le=60)
    lateness_measured_at: Literal["submission", "acceptance"] = "submission"
    standing_silent_days: int = Field(default=30, ge=1, le=366)


@dataclass(frozen=True)
class PolicyFiles:
    """The five files. `paths` says which of them each came from, for messages."""

    lights: Lights
    signing: Signing
    reminders: Mapping[str, Any]
    office_hours: Mapping[str, Any]
    columns: Mapping[str, Any]
    paths: Mapping[str, Path]


def load_policy(folder: Path | None = None) -> PolicyFiles:
    """Read and check the policy files, an office's own (`folder`) before the shipped ones, file by file.

    Raises ConfigurationError with every finding: file, key, what is accepted.
    """
    paths = locate_files(folder)
    problems: list[str] = []
    contents = {name: _read(path, problems) for name, path in paths.items()}
    lights = _validated(Lights, paths["lights.toml"], contents["lights.toml"], problems)
    signing = _validated(Signing, paths["signing.toml"], contents["signing.toml"], problems)
    if problems:
        raise ConfigurationError(problems)
    return PolicyFiles(
        lights=lights,
        signing=signing,
        reminders=contents["reminders.toml"],
        office_hours=contents["office_hours.toml"],
        columns=contents["columns.toml"],
        paths=paths,
    )


def locate_files(folder: Path | None) -> dict[str, Path]:
    """Where each file is read from. A folder that is not there, or holds a file unknown to us, is an error."""
    if folder is None:
        return {name: SHIPPED_FOLDER / name for name in FILES}
    if not folder.is_dir():
        raise ConfigurationError([f"找不到规则文件夹“{folder}”（DINGBAN_POLICY_DIR）"])
    strangers = sorted(path.name for path in folder.glob("*.toml") if path.name not in FILES)
    if strangers:
        raise ConfigurationError(
            [f"规则文件夹“{folder}”中有不认识的文件 {'、'.join(strangers)}；可以放的是 {'、'.join(FILES)}"]
        )
    return {name: folder / name if (folder / name).is_file() else SHIPPED_FOLDER / name for name in FILES}


def _read(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        problems.append(f"缺少规则文件“{path}”")
    except UnicodeDecodeError:
        problems.append(f"规则文件“{path}”不是 UTF-8 编码，请另存为 UTF-8")
    except tomllib.TOMLDecodeError as error:
        problems.append(f"规则文件“{path}”的写法不对（TOML）：{error}")
    return {}


def _validated(model: type[_Model], path: Path, content: dict[str, Any], problems: list[str]) -> _Model:
    def name_of(location: Location) -> str:
        key = ".".join(str(part) for part in location)
        known = "" if key in model.model_fields else f"（可以写的是 {'、'.join(model.model_fields)}）"
        return f"规则文件“{path}”中的 {key}{known}"

    try:
        return model.model_validate(content)
    except ValidationError as error:
        problems.extend(describe(error, name_of))
    return model()
