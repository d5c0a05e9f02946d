"""Which addresses a webhook may reach."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address

import pytest

from notifications.webhook_targets import Reach, TargetRefused, refusal_of, resolve


class TestRefusalOf:
    @pytest.mark.parametrize(
        "address",
        [
            "169.254.169.254",
            "169.254.1.1",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "fd00:ec2::254",
            "fe80::1",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "0.0.0.0",
            "224.0.0.1",
            "::",
            "240.0.0.1",
        ],
    )
    def test_metadata_and_what_is_no_host_are_refused_however_far_one_may_reach(self, address: str) -> None:
        assert all(refusal_of(ip_address(address), reach) for reach in Reach)

    @pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
    def test_this_machine_is_reached_only_where_the_settings_say_so(self, address: str) -> None:
        assert refusal_of(ip_address(address), Reach.INTRANET)
        assert refusal_of(ip_address(address), Reach.MACHINE) is None

    @pytest.mark.parametrize("address", ["10.1.2.3", "172.16.0.9", "192.168.1.1", "fd12::1", "100.64.0.1"])
    def test_the_intranet_is_reached_unless_the_settings_say_public(self, address: str) -> None:
        assert refusal_of(ip_address(address), Reach.INTRANET) is None
        assert refusal_of(ip_address(address), Reach.PUBLIC)

    @pytest.mark.parametrize("address", ["8.8.8.8", "2400:3200::1"])
    def test_a_public_address_is_reached_always(self, address: str) -> None:
        assert not any(refusal_of(ip_address(address), reach) for reach in Reach)


class TestResolve:
    def test_a_number_is_looked_at_like_a_name(self) -> None:
        assert asyncio.run(resolve("127.0.0.1", 80, Reach.MACHINE)) == "127.0.0.1"
        # 2130706433 and 0x7f000001 are spellings of 127.0.0.1 that resolvers accept
        for spelling in ("127.0.0.1", "2130706433", "0x7f000001", "localhost"):
            with pytest.raises(TargetRefused):
                asyncio.run(resolve(spelling, 80, Reach.INTRANET))

    def test_a_name_that_leads_nowhere_is_refused(self) -> None:
        with pytest.raises(TargetRefused, match="解析不到"):
            asyncio.run(resolve("nowhere.invalid", 80, Reach.INTRANET))
