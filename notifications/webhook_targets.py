"""To which addresses a webhook may be posted. A name is resolved once, and what was looked at is what is posted to.

Whoever may set up a webhook must not be able to make this machine talk to what only it can reach: its own services
and the metadata of a cloud. An office's intranet is where most receivers are, so private addresses are allowed
unless the settings say `public`.
"""

from __future__ import annotations

import asyncio
import socket
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address


class Reach(StrEnum):
    """How far inside a webhook may reach. Link-local and metadata addresses are refused whatever it is."""

    PUBLIC = "public"
    INTRANET = "intranet"
    MACHINE = "machine"  # this machine too: for trials, and for receivers beside the program


class TargetRefused(Exception):
    """Nothing may be posted to this address, or its name leads nowhere."""


_METADATA = frozenset(
    ip_address(each)
    for each in ("100.100.100.200", "168.63.129.16", "169.254.169.254", "192.0.0.192", "fd00:ec2::254")
)
_THIS_NETWORK = IPv4Network("0.0.0.0/8")  # some systems take it for this machine
_NAT64 = IPv6Network("64:ff9b::/96")


async def resolve(host: str, port: int, reach: Reach) -> str:
    """The address to connect to. Raises TargetRefused, also where only one of several addresses is not allowed."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TargetRefused("推送地址的主机名解析不到，请检查地址和域名服务") from error
    addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if not addresses:
        raise TargetRefused("推送地址的主机名解析不到，请检查地址和域名服务")
    for address in addresses:
        if refusal := refusal_of(address, reach):
            raise TargetRefused(refusal)
    return str(addresses[0])


def refusal_of(address: Address, reach: Reach) -> str | None:
    """Why nothing may be posted to an address; None where something may."""
    address = _meant(address)
    if address in _METADATA or address.is_link_local:
        return "推送地址是链路本地地址或者云平台元数据地址，不能推送"
    if address.is_loopback:
        return None if reach is Reach.MACHINE else "推送地址是本机，不能推送；确需推送的，请管理员修改设置"
    if address.is_multicast or address.is_reserved or address.is_unspecified or address in _THIS_NETWORK:
        return "推送地址不是一台主机的地址，不能推送"
    if not address.is_global and reach is Reach.PUBLIC:
        return "推送地址是内网地址，设置只允许推送到公网"
    return None


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
