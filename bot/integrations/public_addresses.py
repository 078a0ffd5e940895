"""Which addresses lie in the public internet: a stranger's URL must not reach into the network of the desk.

Source: the IANA special-purpose address registries, as the standard library knows them, and what it does not know.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

IPAddress = IPv4Address | IPv6Address

# What Python 3.11 does not know to be special, and more.
_REFUSED_V4 = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments (RFC 6890), the metadata of a cloud among them
    IPv4Network("192.88.99.0/24"),  # the relays of 6to4 (RFC 7526)
    IPv4Network("168.63.129.16/32"),  # Azure's platform; a public number, but it answers inside
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # RFC 4291, 2.4; nothing else is routed in public
_REFUSED_V6 = (
    IPv6Network("2001::/23"),  # Teredo, ORCHID and others (RFC 2928)
    IPv6Network("2002::/16"),  # 6to4 (RFC 3056)
    IPv6Network("3fff::/20"),  # documentation (RFC 9637)
)
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052
_LAST_32_BITS = 0xFFFF_FFFF


def is_public(address: IPAddress) -> bool:
    """Whether it is a unicast address of the public internet; one that carries an IPv4 address is as public as that."""
    if isinstance(address, IPv4Address):
        return (
            address.is_global
            and not address.is_multicast
            and not any(address in network for network in _REFUSED_V4)
        )
    if address.ipv4_mapped:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & _LAST_32_BITS))
    return (
        address in _GLOBAL_UNICAST
        and address.is_global
        and not any(address in network for network in _REFUSED_V6)
    )
