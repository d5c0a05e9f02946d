"""`python -m runtime.cli`: the command without its console script."""

from runtime.cli import main

main()
