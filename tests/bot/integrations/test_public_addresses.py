"""Which addresses a stranger's URL may lead to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.integrations import public_addresses

INSIDE_V4 = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
    *("192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
    *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32"),
)
INSIDE_V6 = (
    *("::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32", "2002::/16", "3fff::/20"),
    *("fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
)
inside_v4 = st.sampled_from(INSIDE_V4).flatmap(lambda net: st.ip_addresses(v=4, network=net))
inside_v6 = st.sampled_from(INSIDE_V6).flatmap(lambda net: st.ip_addresses(v=6, network=net))


def carrying(prefix: str, address: IPv4Address) -> IPv6Address:
    return IPv6Address(int(IPv6Address(prefix)) | int(address))


@given(inside_v4)
def test_no_inner_ipv4_address_is_public_in_whatever_clothes(address: IPv4Address) -> None:
    assert not public_addresses.is_public(address)
    for prefix in ("::ffff:0:0", "64:ff9b::", "::"):
        assert not public_addresses.is_public(carrying(prefix, address))
    assert not public_addresses.is_public(IPv6Address((0x2002 << 112) | (int(address) << 80)))


@given(inside_v6)
def test_no_inner_ipv6_address_is_public(address: IPv6Address) -> None:
    assert not public_addresses.is_public(address)


@given(st.ip_addresses(v=6))
def test_what_is_public_is_routed_or_carries_a_public_ipv4_address(address: IPv6Address) -> None:
    if public_addresses.is_public(address):
        assert any(address in ip_network(net) for net in ("2000::/3", "64:ff9b::/96", "::ffff:0:0/96"))


@pytest.mark.parametrize(
    "address",
    [
        *("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
        *("127.0.0.1", "::1", "::", "0.0.0.0", "255.255.255.255", "::ffff:127.0.0.1", "64:ff9b::a00:1"),  # noqa: S104
    ],
)
def test_metadata_services_and_this_machine_are_out_of_reach(address: str) -> None:
    assert not public_addresses.is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_the_internet_is_within_reach(address: str) -> None:
    assert public_addresses.is_public(ip_address(address))
