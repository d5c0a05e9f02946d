"""The escaping of pages gives what markupsafe's own gives, for whatever a template puts out."""

from __future__ import annotations

import markupsafe
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import runtime
from markupsafe import Markup

from web.escaping import escape, markup_join
from web.page_code import PageEnvironment
from workflows.task import TaskState


class _Drawn:
    """Something that knows its own HTML."""

    def __html__(self) -> str:
        return "<b>张三丰</b>"


class _Word(str):
    """A text of another class."""


@settings(max_examples=100)
@given(st.text())
def test_any_text_is_escaped_as_by_markupsafe(text: str) -> None:
    assert escape(text) == str(markupsafe.escape(text))


@pytest.mark.parametrize(
    "value", [17, None, 2.5, Markup("<i>"), _Drawn(), _Word("<script>"), TaskState.ACTIVE, ["<a>"]]
)
def test_any_value_is_escaped_as_by_markupsafe(value: object) -> None:
    assert escape(value) == str(markupsafe.escape(value))


@pytest.mark.parametrize(
    "pieces",
    [
        ("a", "<b>", 17),
        ("<a>", Markup("<b>")),
        (Markup("<b>"), "<a>", 3),
        (TaskState.ACTIVE, "<a>"),
        (None, True, 2.5, "<"),
        (_Drawn(), "<"),
        (_Word("<script>"), Markup("")),
        (),
    ],
)
def test_pieces_are_joined_as_by_jinja(pieces: tuple[object, ...]) -> None:
    joined = markup_join(pieces)

    assert joined == runtime.markup_join(pieces)
    assert isinstance(joined, Markup) is isinstance(runtime.markup_join(pieces), Markup)


class TestTheTemplatesOfPages:
    @pytest.fixture
    def environment(self) -> PageEnvironment:
        return PageEnvironment(autoescape=True)

    def test_what_people_wrote_is_escaped_once(self, environment: PageEnvironment) -> None:
        page = environment.from_string(
            "{% macro bold(x) %}<b>{{ x }}</b>{% endmacro %}{{ bold(text) }}{{ text }}"
        )

        assert page.render(text="<&>") == "<b>&lt;&amp;&gt;</b>&lt;&amp;&gt;"

    def test_blocks_and_joined_texts_are_escaped_once(self, environment: PageEnvironment) -> None:
        source = "{% set block %}<i>{{ text }}</i>{% endset %}{{ block ~ text }}"

        assert environment.from_string(source).render(text="<") == "<i>&lt;</i>&lt;"

    def test_a_text_declared_safe_is_left_as_it_is(self, environment: PageEnvironment) -> None:
        assert environment.from_string("{{ text|safe }}").render(text="<") == "<"
