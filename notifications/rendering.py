"""Turning facts into words: the templates, in threes (subject, text, HTML) for each kind of letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).resolve().parent / "templates"
SUBJECT_MARK = "【盯办】"


@dataclass(frozen=True)
class Written:
    """A letter's words. The subject is one line and bears our mark."""

    subject: str
    text: str
    html: str


def write_letter(kind: str, context: Mapping[str, Any]) -> Written:
    """Render the three templates of a kind. What a template asks for and is not given is an error of ours."""
    return Written(
        SUBJECT_MARK + subject_line(kind, context),
        templates_in(FOLDER).get_template(f"{kind}.txt").render(context).strip() + "\n",
        templates_in(FOLDER).get_template(f"{kind}.html").render(context),
    )


def subject_line(kind: str, context: Mapping[str, Any]) -> str:
    """The subject of a kind without our mark: also its line in a digest."""
    return " ".join(templates_in(FOLDER).get_template(f"{kind}.subject").render(context).split())


def render_page(name: str, context: Mapping[str, Any]) -> str:
    """Render one page that is no letter."""
    return templates_in(FOLDER).get_template(name).render(context)


@cache
def templates_in(folder: Path) -> Environment:
    """The templates of a folder: what is HTML is escaped, and what a template asks for must be given."""
    return Environment(
        loader=FileSystemLoader(folder, encoding="utf-8"),
        autoescape=_is_html,  # noqa: S701 - by the template's name
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )


def _is_html(name: str | None) -> bool:
    return name is not None and name.endswith(".html")
