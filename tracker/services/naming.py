"""Names that only one row may bear, where two people take one at the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from tracker.database import is_taken
from tracker.errors import NameTaken


@contextmanager
def taking_name(session: Session, noun: str, name: str) -> Iterator[None]:
    """Write what the block enters or renames. Raises NameTaken where somebody was faster.

    Whoever looks first whether a name is free does not see what another transaction has not committed yet: the
    database has the last word, and this is what it means.
    """
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as error:
        if not is_taken(error):
            raise
        raise NameTaken(noun, name) from error
