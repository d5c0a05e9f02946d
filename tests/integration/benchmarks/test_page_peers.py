"""What a page is compared with renders the same page: a peer that shows less would make any figure."""

from __future__ import annotations

from pathlib import Path

from benchmarks.paging import offices


def test_the_peer_of_each_page_renders_as_many_bytes(tmp_path: Path) -> None:
    with offices(tmp_path, (60, 61)) as (office, _):
        sizes = office.sizes()

    assert len(sizes) == 2
    for address, (ours, peers) in sizes.items():
        assert 0.85 * ours < peers < 1.15 * ours, address
        assert ours > 40_000, address  # a page that shows nothing is no page
