"""Addresses that others chose: which may be called, by their text and by where they lead."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urljoin

from urllib3.exceptions import LocationValueError
from urllib3.util import Url, parse_url

#: The schemes that are called, with the port that each means where none is named.
PORTS = {"http": 80, "https": 443}

#: The only part of IPv6 in which public hosts are (RFC 4291 section 2.4).
_UNICAST = IPv6Network("2000::/3")
#: IPv4 behind a translator (RFC 6052 section 2.1): the last four bytes tell where it leads.
_NAT64 = IPv6Network("64:ff9b::/96")
#: What `ipaddress` takes for public, of every version of Python that we support, and what is not:
#: protocols (RFC 6890), 6to4 (RFC 7526), Teredo and others (RFC 4380), examples (RFC 9637), and the address
#: at which machines of Azure reach their own platform.
_NOT_PUBLIC = tuple(
    ip_network(each)
    for each in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "168.63.129.16/32",
        "2002::/16",
        "2001::/23",
        "3fff::/20",
    )
)


class Unreachable(Exception):
    """There was no whole answer; the message names scheme and host, and nothing else of the address."""


class Forbidden(Unreachable):
    """The address may not be called at all, now or later; the message names the remedy."""


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to a host of the public internet."""
    known = ip_address(address)
    if isinstance(known, IPv6Address) and known in _NAT64:
        known = IPv4Address(known.packed[-4:])
    if isinstance(known, IPv6Address) and known not in _UNICAST:
        return False
    if any(known in network for network in _NOT_PUBLIC):
        return False
    return known.is_global and not (known.is_multicast or known.is_reserved or known.is_unspecified)


def checked(url: str) -> Url:
    """Give the parts of an address that may be called as far as its text tells; `Forbidden` for any other."""
    try:
        parts = parse_url(url)
    except LocationValueError:
        raise Forbidden("This is not an address of the web. Write it like 'https://example.com/'.") from None
    if parts.scheme not in PORTS or not parts.host:
        raise Forbidden("The address of a call must begin with 'https://' or 'http://' and name a host.")
    if parts.auth is not None:
        raise Forbidden(f"The address at {origin_of(parts)} holds a user or a password. Leave them out.")
    if parts.port == 0:
        raise Forbidden(f"The address at {origin_of(parts)} has the port 0. Name another one, or none.")
    return parts


def origin(url: str) -> str:
    """Give scheme and host of an address, all that may be told of it: "https://example.com"."""
    try:
        return origin_of(checked(url))
    except Forbidden:
        return "an address that cannot be called"


def origin_of(url: Url) -> str:
    """Give scheme and host of an address that is read."""
    return f"{url.scheme}://{authority(url)}"


def authority(url: Url) -> str:
    """Give the host, with its port where that is not the scheme's."""
    return f"{url.host}:{url.port}" if url.port and url.port != PORTS.get(url.scheme or "") else f"{url.host}"


def host(url: Url) -> str:
    """Give the host without the brackets of IPv6."""
    return (url.host or "").strip("[]")


def port(url: Url) -> int:
    """Give the port, named or not."""
    return url.port or PORTS[url.scheme or ""]


def following(url: str, location: str) -> str:
    """Give the address to which *url* redirects; `Forbidden` where what was encrypted would be no more."""
    try:
        address = urljoin(url, location)
    except ValueError:
        raise Forbidden(f"{origin(url)} redirects to what is no address.") from None
    if checked(url).scheme == "https" and checked(address).scheme != "https":
        raise Forbidden(f"{origin(url)} redirects from https to http.")
    return address
