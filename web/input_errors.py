"""What is wrong with the input of a program, one Chinese sentence for each field, with where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_SENTENCES: dict[str, str] = {
    "missing": "必须填写",
    "extra_forbidden": "接口没有这一项，请删去或者核对拼写",
    "json_invalid": "正文不是正确的 JSON（UTF-8）",
    "model_attributes_type": "正文应为 JSON 对象",
    "model_type": "应为 JSON 对象",
    "dict_type": "应为 JSON 对象",
    "list_type": "应为数组",
    "string_type": "应为文字",
    "string_too_short": "不能为空，至少{min_length}个字",
    "string_too_long": "最多{max_length}个字",
    "string_pattern_mismatch": "格式不对，应符合 {pattern}",
    "value_error": "{error}",  # a rule of ours, which says its own sentence
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "int_parsing_size": "数字过大",
    "bool_type": "应为 true 或者 false",
    "bool_parsing": "应为 true 或者 false",
    "date_type": "应为日期，例如 2024-07-03",
    "date_parsing": "应为日期，例如 2024-07-03",
    "date_from_datetime_parsing": "应为日期，例如 2024-07-03",
    "date_from_datetime_inexact": "应为日期，例如 2024-07-03",
    "enum": "只能是 {expected} 之一",
    "literal_error": "只能是 {expected} 之一",
    "greater_than_equal": "不能小于{ge}",
    "less_than_equal": "不能大于{le}",
    "too_short": "至少要有{min_length}项",
    "too_long": "最多{max_length}项",
}
_PLACES = {"query": "parameter", "path": "parameter", "header": "header", "cookie": "cookie"}


def describe_errors(errors: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Each error as RFC 9457 lists them: a JSON pointer into the body, or the name of a parameter, and a sentence."""
    return [_place_of(each) | {"detail": _sentence_of(each)} for each in errors]


def _place_of(error: Mapping[str, Any]) -> dict[str, str]:
    place, *rest = error["loc"]
    if place in _PLACES:
        return {_PLACES[place]: str(rest[0]) if rest else ""}
    if error["type"] == "json_invalid":
        rest = []  # says at which character, which is no place in a document
    escaped = (str(part).replace("~", "~0").replace("/", "~1") for part in rest)
    return {"pointer": "".join(["#", *(f"/{part}" for part in escaped)])}


def _sentence_of(error: Mapping[str, Any]) -> str:
    sentence = _SENTENCES.get(error["type"], "不符合接口说明")
    facts = {key: _listed(str(value)) for key, value in error.get("ctx", {}).items()}
    return sentence.format_map(facts) + "。"


def _listed(text: str) -> str:
    """Choices as the library lists them (`'a', 'b' or 'c'`), in Chinese."""
    return text.replace("'", "").replace(" or ", "、").replace(", ", "、")
