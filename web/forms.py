"""Reading what a form brought. Bad input is answered with one sentence: what, where, and what would be accepted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from urllib.parse import parse_qs

from fastapi import Request
from starlette.exceptions import HTTPException

from tracker.identity import is_possible_id
from web.typed_days import read_day

FORM_LIMIT = 1 << 20
MOST_FIELDS = 5000
# A typing error of the year, and counting on from there leaves the calendar itself.
EARLIEST_YEAR, LATEST_YEAR = 1990, 2199
FORM_TYPE = "application/x-www-form-urlencoded"


class InputRefused(Exception):
    """A value of a form cannot be used. `field` is the name of the field; the text is what people see."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


class Form:
    """What a form brought. Each reader names the field and what people call it."""

    def __init__(self, values: Mapping[str, list[str]]) -> None:
        self._values = values

    def raw(self, field: str) -> str:
        """The value as it was typed; empty where there is none."""
        found = self._values.get(field)
        return found[0] if found else ""

    def has(self, field: str) -> bool:
        return field in self._values

    def items(self) -> list[tuple[str, str]]:
        """Every field with every value, in the order in which they came."""
        return [(field, value) for field, values in self._values.items() for value in values]

    def optional_text(self, field: str, label: str, *, limit: int = 2000) -> str | None:
        """The text without white space around it; None where it is empty."""
        text = self.raw(field).replace("\r\n", "\n").strip()
        if len(text) > limit:
            raise InputRefused(field, f"“{label}”最多{limit}个字，现在有{len(text)}个字，请精简后再提交。")
        if any(ord(character) < 32 and character not in "\n\t" for character in text):
            raise InputRefused(field, f"“{label}”里有不能显示的控制字符，请重新键入。")
        return text or None

    def text(self, field: str, label: str, *, limit: int = 2000) -> str:
        text = self.optional_text(field, label, limit=limit)
        if text is None:
            raise InputRefused(field, f"请填写“{label}”。")
        return text

    def optional_day(self, field: str, label: str) -> date | None:
        text = self.raw(field).strip()
        if not text:
            return None
        try:
            day = read_day(text)
        except ValueError:
            raise InputRefused(
                field, f"“{label}”应为日期，例如 2024-07-03 或者 2024年7月3日，现在填的是“{text[:20]}”。"
            ) from None
        if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            raise InputRefused(
                field, f"“{label}”应在{EARLIEST_YEAR}年到{LATEST_YEAR}年之间，现在填的是“{text[:20]}”。"
            )
        return day

    def day(self, field: str, label: str) -> date:
        day = self.optional_day(field, label)
        if day is None:
            raise InputRefused(field, f"请选择“{label}”。")
        return day

    def optional_whole(self, field: str, label: str) -> int | None:
        """The id of a row, or another number from 1; None where nothing was chosen."""
        text = self.raw(field).strip()
        return _whole(field, label, text) if text else None

    def whole(self, field: str, label: str) -> int:
        number = self.optional_whole(field, label)
        if number is None:
            raise InputRefused(field, f"请选择“{label}”。")
        return number

    def wholes(self, field: str, label: str) -> list[int]:
        """Every number that came under one name, each once, in their order."""
        return list(dict.fromkeys(_whole(field, label, text) for text in self._values.get(field, []) if text))

    def choice(self, field: str, label: str, choices: Collection[str]) -> str:
        value = self.raw(field)
        if value not in choices:
            raise InputRefused(field, f"请在“{label}”中选择一项。")
        return value

    def is_ticked(self, field: str) -> bool:
        return self.raw(field) not in ("", "0")


def _whole(field: str, label: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 11 and is_possible_id(int(text))):
        raise InputRefused(field, f"“{label}”应为编号，现在填的是“{text[:20]}”。")
    return int(text)


NO_FORM = Form({})


async def read_form(request: Request) -> Form:
    """The form that a request brought; empty for other kinds of requests.

    Files travel by routes of their own (`web.uploads`), which leave the fields beside them here.
    """
    known: Form | None = getattr(request.state, "form", None)
    if known is not None:
        return known
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method in ("GET", "HEAD") or kind != FORM_TYPE:
        return NO_FORM
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_LIMIT:
            raise HTTPException(413)
    try:
        values = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise HTTPException(400) from None
    if any("\0" in value for each in values.values() for value in each):
        raise HTTPException(400)  # nobody types it, and not every database keeps it
    form = Form(values)
    request.state.form = form  # a body is read once, and whoever answers a refusal asks for the form again
    return form
