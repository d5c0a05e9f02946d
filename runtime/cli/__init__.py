"""The command `dingban`: one module a command group, each loaded only when its command is called.

What a command prints for people is Chinese; with `--json` it prints one JSON document and nothing else on
standard output. Exit codes: 0 done, 1 refused by a rule, 2 wrong usage, 3 input that cannot be read,
4 something outside failed.
"""

from __future__ import annotations


def main() -> None:
    """Run the command line of this process, and end it with the exit code of the command."""
    from runtime.cli.interrupting import interrupted_at_once

    with interrupted_at_once():
        from runtime.cli.root import app  # the console script asks for as little as it can before it runs

    app(prog_name="dingban")
