"""Which addresses a rule speaks of: those of private networks, or the internet."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network

_PRIVATE = tuple(
    map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8"))
)
"""RFC 1918, RFC 6598, link-local and loopback: what ``ipaddress`` itself calls private differs from version to version."""
_PRIVATE_V6 = tuple(map(ip_network, ("fc00::/7", "fe80::/10", "::1/128")))


def faces_internet(block: object) -> bool:
    """Whether a CIDR block reaches any address outside private networks, however large or small it is.

    Args:
        block: What a rule names; a security group's id or a prefix list's id is no block.
    """
    try:
        network = ip_network(str(block), strict=False)
    except ValueError:
        return False
    return not any(_inside(network, private) for private in (*_PRIVATE, *_PRIVATE_V6))


def _inside(network: IPv4Network | IPv6Network, private: IPv4Network | IPv6Network) -> bool:
    return network.version == private.version and network.subnet_of(private)  # type: ignore[arg-type]  # one version each
