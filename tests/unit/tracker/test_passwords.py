"""Which passwords are accepted and what keeps one from being so; and that a hash tells whether it fits."""

from __future__ import annotations

import string
import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pwdlib.hashers.argon2 import Argon2Hasher

from tracker.passwords import LONGEST, SHORTEST, hash_password, list_reasons, password_fits, verify_password
from tracker.passwords.policy import common_passwords, count_kinds, is_common

GOOD = "Gourmet-kettle-9"
PRINTABLE = st.characters(codec="utf-8", categories=["L", "N", "P", "S"])
LETTERS = st.text(string.ascii_lowercase + "东南西北中发白", min_size=SHORTEST, max_size=40)


class TestAccepted:
    @pytest.mark.parametrize(
        "password",
        [
            GOOD,
            "correct horse battery staple",
            "梧桐落叶铺满小巷黄昏归来",
            "Xk9#mQ2z",
            "kettle under the bridge",
            "Grünkohl-Äpfel",
        ],
    )
    def test_twelve_of_any_kind_or_eight_of_three(self, password: str) -> None:
        assert list_reasons(password, names=("zhang.san@example.org", "张三丰")) == []

    @given(LETTERS)
    def test_length_alone_suffices_where_it_is_nothing_that_is_guessed(self, password: str) -> None:
        assume(len(set(password)) >= 8)
        assume(not is_common(password))
        assume((password + password).find(password, 1) >= 8)

        assert list_reasons(password) == []


class TestRefused:
    @pytest.mark.parametrize(
        ("password", "reason"),
        [
            ("", "至少12个字符"),
            ("Kettle-9"[:7], "至少12个字符"),
            ("kettleunder", "至少12个字符"),
            ("梧桐落叶黄昏", "至少12个字符"),
            ("Password2024!", "太常见"),
            ("P@ssw0rd", "太常见"),
            ("woaini1314520", "太常见"),
            ("Qwer1234", "太常见"),
            ("qwer1234", "太常见"),
            ("ｑｗｅｒ１２３４", "太常见"),
            ("zhangwei1990", "太常见"),
            ("Zhangwei@1990", "太常见"),
            ("Admin@12345678", "太常见"),
            ("我爱你中国2024", "太常见"),
            ("19900101123456", "不能全是数字"),
            ("１３８００１３８０００１２", "不能全是数字"),
            ("aaaaaaaaaaaaaaaa", "重复太多"),
            ("xyzwv9xyzwv9", "重复太多"),
            ("Kettle\0under the bridge", "不能使用的字符"),
            ("\ud800kettle under the bridge", "不能使用的字符"),
        ],
    )
    def test_each_for_its_reason(self, password: str, reason: str) -> None:
        assert any(reason in each for each in list_reasons(password))

    @pytest.mark.parametrize(
        ("password", "named"),
        [
            ("Zhang.San-kettle-77", "zhang.san"),
            ("kettle-张三丰-bridge", "张三丰"),
            ("my-DINGBAN-kettle", "dingban"),
            ("盯办系统的一把小小钥匙串", "盯办"),
        ],
    )
    def test_whoever_it_belongs_to_is_not_in_it(self, password: str, named: str) -> None:
        reasons = list_reasons(password, names=("zhang.san@example.org", "张三丰", "dingban", "盯办"))

        assert reasons == [f"不能包含“{named}”"]

    def test_a_short_name_is_in_many_words(self) -> None:
        assert list_reasons("lively kettle bridge", names=("li", "李", "u7")) == []

    def test_everything_unmet_is_said_at_once(self) -> None:
        assert len(list_reasons("zhangsan", names=("zhangsan",))) == 2

    @given(st.text(PRINTABLE, max_size=7))
    def test_less_than_eight_are_never_enough(self, password: str) -> None:
        assume(len(unicodedata.normalize("NFKC", password)) < 8)  # ¸ is a space and a cedilla: two characters

        assert list_reasons(password)

    @given(st.text(PRINTABLE, min_size=LONGEST + 1, max_size=LONGEST + 40))
    def test_more_than_the_longest_are_never_hashed(self, password: str) -> None:
        assert f"最多{LONGEST}个字符" in list_reasons(password)
        assert not password_fits(password, "unused")

    @given(st.sampled_from(sorted(common_passwords())), st.booleans())
    def test_what_is_in_the_list_is_refused_in_any_case(self, password: str, is_upper: bool) -> None:
        assert list_reasons(password.upper() if is_upper else password)

    @given(
        st.sampled_from(sorted(word for word in common_passwords() if word.isalpha())),
        st.text(string.digits + "!@#._-", max_size=5),
        st.text(string.digits + "!@#._-", max_size=5),
    )
    def test_a_common_word_with_digits_around_it_is_common(self, word: str, before: str, after: str) -> None:
        assert is_common(f"{before}{word}{after}")

    @given(st.text(st.characters(), max_size=150), st.text(st.characters(), max_size=20))
    def test_whatever_is_typed_is_answered(self, password: str, name: str) -> None:
        assert isinstance(list_reasons(password, names=(name,)), list)
        assert all(reason and not reason.endswith("。") for reason in list_reasons(password, names=(name,)))


class TestKinds:
    @pytest.mark.parametrize(
        ("text", "kinds"), [("", 0), ("abc", 1), ("Abc", 2), ("Abc1", 3), ("Abc1-", 4), ("钥匙 -", 1)]
    )
    def test_are_counted(self, text: str, kinds: int) -> None:
        assert count_kinds(text) == kinds


class TestList:
    def test_holds_three_thousand_of_them_folded_and_once(self) -> None:
        assert len(common_passwords()) > 3000
        assert all(word == word.casefold() and word == word.strip() for word in common_passwords())


class TestHash:
    def test_fits_its_password_alone(self) -> None:
        kept = hash_password(GOOD)

        assert password_fits(GOOD, kept)
        assert not password_fits(GOOD.lower(), kept)
        assert not password_fits("", kept)
        assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")

    def test_is_another_one_every_time(self) -> None:
        assert hash_password(GOOD) != hash_password(GOOD)

    def test_fits_what_an_input_method_wrote_full_width(self) -> None:
        assert password_fits("Ｇｏｕｒｍｅｔ－ｋｅｔｔｌｅ－９", hash_password(GOOD))

    def test_nothing_fits_where_nothing_is_kept(self) -> None:
        assert verify_password("no account", None) == (False, None)

    @pytest.mark.parametrize("password", ["\ud800", "x" * 1_000_000, "\0"])
    def test_what_can_be_no_password_fits_nothing(self, password: str) -> None:
        assert not password_fits(password, hash_password(GOOD))

    def test_of_older_parameters_is_renewed_when_its_password_is_given(self) -> None:
        old = Argon2Hasher(time_cost=1, memory_cost=1024, parallelism=1).hash(GOOD)

        fits, renewed = verify_password(GOOD, old)

        assert fits
        assert renewed is not None
        assert renewed.startswith("$argon2id$v=19$m=19456,")
        assert verify_password("other", old) == (False, None)
        assert verify_password(GOOD, renewed) == (True, None)

    @settings(max_examples=5)
    @given(st.text(PRINTABLE, min_size=1, max_size=LONGEST))
    def test_fits_whatever_it_was_made_of(self, password: str) -> None:
        assert password_fits(password, hash_password(password))
