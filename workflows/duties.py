"""Separation of duties: who submitted may not review, who reviewed may not close.

The reviewer is the expediter; where expediter and owner are the same person, the coordinator reviews.
"""

from __future__ import annotations

from collections.abc import Collection


def reviewers(
    *,
    owners: Collection[int],
    expediters: Collection[int],
    coordinators: Collection[int],
    submitted_by: int | None = None,
) -> frozenset[int]:
    """Return the ids of those who may review; empty where somebody has to be appointed first."""
    barred = {*owners, submitted_by}
    independent = frozenset(person for person in expediters if person not in barred)
    return independent or frozenset(person for person in coordinators if person not in barred)


def closers(*, leaders: Collection[int], reviewed_by: int | None) -> frozenset[int]:
    """Return the ids of the leaders who may close what `reviewed_by` has reviewed."""
    return frozenset(person for person in leaders if person != reviewed_by)
