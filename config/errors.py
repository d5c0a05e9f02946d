"""What is wrong with the settings or with a policy file, in sentences that an administrator can act on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import ValidationError

Location = tuple[int | str, ...]


class ConfigurationError(Exception):
    """Settings or policy files that cannot be used. `problems` holds one Chinese sentence each, all of them."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("；".join(self.problems))


_SENTENCES: dict[str, str] = {
    "missing": "缺少此项",
    "extra_forbidden": "没有这个设置项，请检查拼写",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "float_parsing": "应为数字",
    "float_type": "应为数字",
    "bool_parsing": "应为 true 或 false（也可以写 1 或 0）",
    "bool_type": "应为 true 或 false",
    "string_type": "应为文字，须加引号",
    "list_type": "应为列表，写在方括号里",
    "dict_type": "应为一节（[名称]）",
    "model_type": "应为一节（[名称]）",
    "path_type": "应为路径",
}


def describe(error: ValidationError, name_of: Callable[[Location], str]) -> list[str]:
    """Return one sentence per finding: which key, what it says, what is accepted. Secrets are not repeated."""
    return [f"{name_of(finding['loc'])}{_what(dict(finding))}" for finding in error.errors()]


def _what(finding: dict[str, Any]) -> str:
    kind, context = finding["type"], finding.get("ctx", {})
    if kind in ("missing", "extra_forbidden"):
        return f"：{_SENTENCES[kind]}"
    # without a location it is about several settings at once, and its input is all of them, passwords included
    is_told = finding["loc"] and not _is_secret(finding["loc"])
    given = f"写的是“{finding['input']}”，" if is_told else ""
    return f"：{given}{_accepted(kind, context)}"


def _accepted(kind: str, context: dict[str, Any]) -> str:
    match kind:
        case "value_error":
            return str(context["error"])
        case "literal_error":
            return f"只能是 {str(context['expected']).replace(' or ', '、').replace(', ', '、')}"
        case "greater_than_equal":
            return f"不能小于 {context['ge']}"
        case "less_than_equal":
            return f"不能大于 {context['le']}"
        case _:
            return _SENTENCES.get(kind, f"不能使用（{kind}）")


def _is_secret(location: Location) -> bool:
    return any(
        word in str(part).lower()
        for part in location
        for word in ("password", "secret", "webhook", "database")
    )
