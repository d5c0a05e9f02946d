"""The design system on pages of its own, without a register: for tests that read it and for browsers that look at it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from tracker.lights import LIGHT_NAMES
from web.assets import Assets
from web.navigation import entries_for
from web.templating import picture_of
from workflows.roles import Role

WEB = Path(__file__).parents[1] / "web"
ASSETS = Assets(WEB / "static")
DEMO = {
    "people_options": [(1, "测试甲（盯办人、协调员）"), (2, "张三丰（分管领导）")],
    "password": "所有人都一样的密码",
    "clock": "2024年7月1日 09:30",
}


def workshop(pages: dict[str, str] | None = None) -> Environment:
    """The console's templates as strict as the console has them, with `pages` (name to source) beside them."""
    environment = Environment(
        loader=ChoiceLoader(
            [
                FileSystemLoader(WEB / "templates"),
                FileSystemLoader(Path(__file__).parent),
                DictLoader(pages or {}),
            ]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "asset": ASSETS.url,
        "picture": picture_of(ASSETS.url("vendor/icons.svg")),
        "csrf": lambda: Markup('<input type="hidden" name="csrf" value="token">'),
        "LIGHT_NAMES": LIGHT_NAMES,
        "PASSWORD_SHORTEST": 12,
        "PASSWORD_SHORTEST_OF_THREE_KINDS": 8,
    }
    return environment


def visitor(theme: str = "light") -> Any:
    """Somebody who plays every part, so that he is shown every place."""
    return SimpleNamespace(
        name="测试甲",
        csrf="token",
        person_id=1,
        theme=theme,
        must_change_password=False,
        is_waiting=False,
        roles=frozenset(Role),
    )


def render(environment: Environment, page: str, *, theme: str = "light", message: str | None = None) -> str:
    """A page within the frame, with the bar of a demo."""
    who = visitor(theme)
    return environment.get_template(page).render(
        desk=SimpleNamespace(visitor=who),
        visitor=who,
        nav=entries_for(who, "/tasks"),
        message=message,
        demo=DEMO,
    )
