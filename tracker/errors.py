"""What can go wrong in the register, named; the edges turn these into answers and exit codes."""


class TrackerError(Exception):
    """The root of every refusal of the register. Its text is one Chinese sentence for the person who asked."""
