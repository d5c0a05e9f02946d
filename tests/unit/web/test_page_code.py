"""What pages are compiled to says what Jinja's own code says, whatever a template is made of."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined
from jinja2.exceptions import UndefinedError

from web.page_code import PageEnvironment

FRAME = (
    "{% set theme = 'light' %}<html {{ theme }}>{% block head %}<t>{{ name }}</t>{% endblock %}"
    "{% block body %}{% for x in rows %}[{{ x }}]{% endfor %}{% endblock %}</html>"
)
PIECES = (
    "{% macro mark(x, tone='grey', class='c') %}<b {{ tone }} {{ class }}>{{ x }}</b>{% endmacro %}"
    "{% macro card(title) %}<s>{{ title }}{{ caller() }}</s>{% endmacro %}"
    "{% macro rows(items) %}{% for x in items if x != '王五' %}{{ caller(x) }}{% endfor %}{% endmacro %}"
    "{% macro many() %}{{ varargs|join('、') }}{{ kwargs.get('last', '') }}{% endmacro %}"
)
PAGES = {
    "a plain text": "盯办 & {{ name }}",
    "nothing at all": "",
    "nothing but names": "{% set x = 1 %}",
    "blocks of a frame": "{% extends 'frame' %}{% block body %}{{ super() }}<i>{{ name }}</i>{% endblock %}",
    "a block in a block": "{% extends 'frame' %}{% block body %}{% block in %}{{ name }}{% endblock %}{% endblock %}",
    "a block twice": "{% block x %}{{ name }}{% endblock %}{{ self.x() }}",
    "names set outside blocks": "{% extends 'frame' %}{% set y = name %}{% block body %}{{ y }}{% endblock %}",
    "included pieces": "{% for x in rows %}{% include 'row' %}{% endfor %}",
    "a piece that is not there": "{% include 'nowhere' ignore missing %}{{ name }}",
    "macros": "{% import 'pieces' as ui %}{{ ui.mark(name, tone='red') }}{{ ui.mark(rows[0]) }}",
    "an argument that Python keeps for itself": "{% import 'pieces' as ui %}{{ ui.mark(name, class='d') }}",
    "arguments in lists": "{% import 'pieces' as ui %}{{ ui.many(*rows) }}{{ ui.many(**{'last': name}) }}",
    "what is called back": "{% from 'pieces' import card %}{% call card(name) %}{{ rows|length }}{% endcall %}",
    "called back with an argument": "{% import 'pieces' as ui %}{% call(x) ui.rows(rows) %}<{{ x }}>{% endcall %}",
    "loops": "{% for x in rows %}{{ loop.index }}{{ x }}{% if not loop.last %}、{% endif %}{% else %}-{% endfor %}",
    "a loop in itself": "{% for x in tree recursive %}({{ x.n }}{{ loop(x.of) }}){% endfor %}",
    "branches": "{% if rows and name is defined %}{{ name }}{% elif nobody %}1{% else %}2{% endif %}",
    "blocks of text kept": "{% set kept %}<u>{{ name }}</u>{% endset %}{{ kept }}{{ kept ~ name }}",
    "a filter over a block": "{% filter upper %}a{{ name }}{% endfilter %}",
    "methods of values": "{{ name.replace('<', '(') }}{{ ', '.join(rows) }}{{ {'a': 1}.get('a') }}",
    "globals": "{{ range(3)|list }}{{ dict(a=name).a }}{{ namespace(x=name).x }}",
}
WORDS: dict[str, Any] = {
    "name": "<张三丰 & 李四>",
    "rows": ["<甲>", "乙", "王五"],
    "tree": [{"n": 1, "of": [{"n": 2, "of": []}]}, {"n": 3, "of": []}],
    "nobody": None,
}


def environments() -> tuple[PageEnvironment, Environment]:
    sources = {"frame": FRAME, "pieces": PIECES, "row": "<li>{{ x }}{{ name }}</li>", **PAGES}
    options: dict[str, Any] = {
        "loader": DictLoader(sources),
        "autoescape": True,
        "undefined": StrictUndefined,
    }
    return PageEnvironment(**options), Environment(**options)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_what_it_says_by_jinjas_own_code(page: str) -> None:
    ours, plain = environments()

    assert ours.get_template(page).render(WORDS) == plain.get_template(page).render(WORDS)


def test_a_page_is_put_out_in_one_piece() -> None:
    ours, plain = environments()
    page = "blocks of a frame"

    assert len(list(ours.get_template(page).generate(WORDS))) < len(
        list(plain.get_template(page).generate(WORDS))
    )


@pytest.mark.parametrize("source", ["{{ nobody_said() }}", "{{ name.nothing() }}", "{{ nobody_said }}"])
def test_what_is_not_there_is_refused(source: str) -> None:
    with pytest.raises(UndefinedError):
        environments()[0].from_string(source).render(WORDS)


def test_what_fails_in_a_page_names_its_line() -> None:
    page = environments()[0].from_string("盯办\n\n{{ 1 // nothing }}")

    with pytest.raises(ZeroDivisionError) as raised:
        page.render(nothing=0)

    lines = [entry.lineno for entry in raised.traceback if str(entry.path) == "<template>"]
    assert lines == [2]  # counted from 0
