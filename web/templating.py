"""Page templates: escaped, strict about names, compiled once, and with the words and days of an office at hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import FileSystemLoader, StrictUndefined, Template, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from notifications.wording import day_words, left_words, moment_words, shortened
from tracker.clock import OFFICE_ZONE, now, office_day
from tracker.lights import LIGHT_LABELS, LIGHT_NAMES
from tracker.passwords.policy import SHORTEST, SHORTEST_OF_THREE_KINDS
from tracker.queries.todo import TODO_LABELS
from web.house import Demo
from web.navigation import entries_for
from web.page_code import PageEnvironment
from workflows.registry import state_label
from workflows.roles import ROLE_LABELS

FOLDER = Path(__file__).parent / "templates"
FRAME = ("_macros.html", "_document.html", "layout.html")


class Templates:
    """The console's templates. `asset` tells the address of a static file."""

    def __init__(self, asset: Callable[[str], str]) -> None:
        self._environment = PageEnvironment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self._environment.globals |= {
            "asset": asset,
            "picture": picture_of(asset("vendor/icons.svg")),
            "state_label": state_label,
            "LIGHT_NAMES": LIGHT_NAMES,
            "LIGHT_LABELS": LIGHT_LABELS,
            "ROLE_LABELS": ROLE_LABELS,
            "PASSWORD_MINIMUM": SHORTEST_OF_THREE_KINDS,
            "TODO_LABELS": TODO_LABELS,
            "PASSWORD_SHORTEST": SHORTEST,
            "PASSWORD_SHORTEST_OF_THREE_KINDS": SHORTEST_OF_THREE_KINDS,
        }
        self._environment.filters |= {
            "day": _day,
            "month_day": _month_day,
            "date_words": pass_context(_date_words),
            "day_words": pass_context(_day_words),
            "left": pass_context(_left),
            "moment": _moment,
            "moment_words": moment_words,
            "shortened": shortened,
        }

    def prepare(self) -> None:
        """Compile what every page is made of. It takes memory for a moment, which is given back better at the start."""
        for name in FRAME:
            self._environment.get_template(name)

    def render(self, template: str, *, request: Request, desk: Any, **context: Any) -> str:
        """Render a page. `desk` may be None where the request came to grief before it had one."""
        visitor = getattr(desk, "visitor_or_none", None)
        house = request.app.state.house
        words = {
            "request": request,
            "desk": desk,
            "visitor": visitor,
            "csrf": partial(_itself, _csrf_field(visitor.csrf if visitor else None)),
            "nav": entries_for(visitor, request.url.path),
            "theme": visitor.theme if visitor else "auto",
            "demo": _demo_bar(house.demo) if house.demo else None,
        }
        return self._rendered(self._environment.get_template(template), words | context)

    def _rendered(self, template: Template, words: dict[str, Any]) -> str:
        """As `Template.render`. A page's own macros and its context hold each other: here one lets go of the other, so
        that what a page showed is gone with it, instead of waiting for the collector."""
        context = template.new_context(words)
        try:
            return "".join(template.root_render_func(context))
        except Exception:
            self._environment.handle_exception()
        finally:
            context.vars.clear()


def picture_of(sprite: str) -> Callable[..., Markup]:
    """What draws an icon of the sprite, as the macros' `icon` has it: one that stands alone has a label."""

    # labels may name what people wrote: kept are not too many, and text and markup apart
    @lru_cache(maxsize=1000, typed=True)
    def picture(name: str, label: str | None = None, extra: str = "") -> Markup:
        seen = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
        return Markup('<svg class="icon{}" {} focusable="false"><use href="{}#{}"></use></svg>').format(
            f" {extra}" if extra else "", seen, sprite, name
        )

    return picture


def _demo_bar(demo: Demo) -> dict[str, object]:
    """What the bar of a demo shows: whom one may become, and the day that it is there."""
    people = demo.list_people()
    return {
        "people_options": [(each.person_id, f"{each.name}（{each.roles or '没有任务'}）") for each in people],
        "sign_in_options": [
            (each.person_id, f"{each.name}（{each.roles or '没有任务'}）{each.login_name}") for each in people
        ],
        "password": demo.password,
        "clock": f"{now().astimezone(OFFICE_ZONE):%Y年%-m月%-d日 %H:%M}",
    }


def _csrf_field(token: str | None) -> Markup:
    """The hidden field that every form brings back; before anybody signed in there is nothing to bring."""
    return Markup('<input type="hidden" name="csrf" value="{}">').format(token) if token else Markup("")


def _itself(field: Markup) -> Markup:
    return field


def _day(day: date | None) -> str:
    """2024-07-03; nothing for no day."""
    return day.isoformat() if day else ""


def _month_day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _date_words(context: Context, day: date) -> str:
    """7月3日; with its year where that is not this one."""
    return _month_day(day) if day.year == _today(context).year else f"{day.year}年{_month_day(day)}"


def _today(context: Context) -> date:
    return office_day(context.resolve("desk").at)


def _day_words(context: Context, day: date) -> str:
    return day_words(day, _today(context))


def _left(context: Context, day: date) -> str:
    return left_words(day, _today(context))


def _moment(moment: datetime | None) -> str:
    """2024-07-03 10:20, at the office."""
    return moment.astimezone(OFFICE_ZONE).isoformat(" ", "minutes")[:16] if moment else ""
