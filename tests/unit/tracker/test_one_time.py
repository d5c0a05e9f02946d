"""One-time passwords: the published vectors, a clock that is a little off, and no code twice."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.services.accounts.one_time import digits_of, draw_key, find_step, new_key, spelled, step_at

# RFC 6238 appendix B, SHA-1: the key "12345678901234567890", and the last six of its eight digits.
KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


class TestFindStep:
    @pytest.mark.parametrize(("seconds", "digits"), VECTORS)
    def test_agrees_with_the_standard(self, seconds: int, digits: str) -> None:
        assert find_step(KEY, digits, at=moment(seconds), after=None) == seconds // 30

    @given(st.integers(300, 4_000_000_000), st.integers(-4, 4))
    def test_takes_the_codes_of_three_steps_and_no_others(self, seconds: int, off: int) -> None:
        now = step_at(moment(seconds))
        code = pyotp.TOTP(KEY).generate_otp(now + off)

        found = find_step(KEY, code, at=moment(seconds), after=None)

        neighbours = {pyotp.TOTP(KEY).generate_otp(step) for step in (now - 1, now, now + 1)}
        assert (found is not None) is (code in neighbours)

    def test_takes_no_code_twice_and_none_that_is_older(self) -> None:
        at = moment(1111111111)
        now = step_at(at)
        before = pyotp.TOTP(KEY).generate_otp(now - 1)

        assert find_step(KEY, "050471", at=at, after=now) is None
        assert find_step(KEY, before, at=at, after=now) is None
        assert find_step(KEY, before, at=at, after=now - 2) == now - 1

    def test_takes_nothing_a_minute_later(self) -> None:
        assert find_step(KEY, "050471", at=moment(1111111111) + timedelta(minutes=1), after=None) is None


class TestDigitsOf:
    @pytest.mark.parametrize("typed", ["287082", " 287 082 ", "２８７０８２", "287\u3000082"])
    def test_reads_what_people_type(self, typed: str) -> None:
        assert digits_of(typed) == "287082"

    @pytest.mark.parametrize("typed", ["", "28708", "2870822", "28708a", "٢٨٧٠٨٢", "²87082x", "\ud800"])
    def test_takes_nothing_else_for_a_code(self, typed: str) -> None:
        assert digits_of(typed) is None


class TestKeys:
    def test_have_160_bits_and_are_spelled_in_groups_of_four(self) -> None:
        key = new_key()

        assert re.fullmatch(r"[A-Z2-7]{32}", key)
        assert re.fullmatch(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", spelled(key))
        assert new_key() != key

    def test_are_drawn_without_styles_scripts_or_foreign_addresses(self) -> None:
        drawn = draw_key(KEY, "zhang.san@example.org")

        assert drawn.startswith("<svg ")
        assert "style" not in drawn
        assert "<script" not in drawn
        assert set(re.findall(r"https?://[^\"]+", drawn)) == {"http://www.w3.org/2000/svg"}
        assert KEY not in drawn
