"""How Jinja makes Python of a page's templates: a page is put together in lists, and calls what it calls directly.

Jinja makes generators, so that a template may be sent while it is still rendered: each of a page's thousand pieces is
handed up through every template that it extends and includes. It also asks of every call whether what is called wants
the context. The console sends whole pages, and what its templates call wants no context: both cost and bring nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from keyword import iskeyword
from typing import Any

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame


class PageCode(CodeGenerator):
    """Jinja's generator of code, but for where pieces go and how things are called."""

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """Collect what the outermost statements of a template or a block put out, and yield it in one piece."""
        if frame.buffer is not None:
            super().blockvisit(nodes, frame)
            return
        self.buffer(frame)
        super().blockvisit(nodes, frame)
        self.writeline(f"yield concat({frame.buffer})")

    def visit_Call(  # noqa: N802 (the name by which Jinja looks for it)
        self, node: nodes.Call, frame: Frame, forward_caller: bool = False
    ) -> None:
        """Call it. Arguments that only Jinja's own way can pass (`*`, `**`, names that are Python's) go that way."""
        if node.dyn_args or node.dyn_kwargs or any(iskeyword(each.key) for each in node.kwargs):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")


class PageEnvironment(Environment):
    """Templates of pages: compiled by `PageCode`, escaped by `web.escaping.escape`."""

    code_generator_class = PageCode

    def _generate(self, *arguments: Any, **options: Any) -> str:
        """The hook that Jinja offers for the Python that it makes of a template: it escapes and joins by ours."""
        source = super()._generate(*arguments, **options)
        first, _, rest = source.partition("\n")
        return f"{first}\nfrom web.escaping import escape, markup_join\n{rest}"
