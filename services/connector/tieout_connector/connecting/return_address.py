"""The address that a person returns to after the consent: only of an allowed origin, with the outcome in its query."""

import re
from collections.abc import Collection
from urllib.parse import urlencode, urlsplit, urlunsplit

from tieout_kit.errors import Refused

_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(:(?P<port>[0-9]{1,5}))?"
    r"([/?#][!-\[\]-~]*)?",
    re.IGNORECASE,
)
"""Printable ASCII without user names and backslashes: browsers and servers disagree about where the host ends there."""
_DEFAULT_PORTS = {"http": 80, "https": 443}


def origin_of(address: str) -> str | None:
    """The origin of an http address (RFC 6454), without the scheme's default port. None: it is no plain address."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return None
    scheme, host = found["scheme"].lower(), found["host"].lower()
    port = int(found["port"]) if found["port"] else _DEFAULT_PORTS[scheme]
    return f"{scheme}://{host}" if port == _DEFAULT_PORTS[scheme] else f"{scheme}://{host}:{port}"


def origins(*addresses: str) -> frozenset[str]:
    """The origins of these addresses. Raises ValueError: one is no plain http address."""
    found = {address: origin_of(address) for address in addresses}
    if wrong := [address for address, origin in found.items() if origin is None]:
        raise ValueError(f"no origin: {', '.join(wrong)}")
    return frozenset(origin for origin in found.values() if origin)


def check(return_to: str, origins: Collection[str]) -> None:
    """CONN-1: a consent returns the person only to these origins. Raises Refused, which names the field."""
    if origin_of(return_to) not in origins:
        message = f"return_to must be an address of {' or '.join(sorted(origins))}"
        raise Refused(message, errors=[{"field": "return_to", "message": message}])


def with_outcome(return_to: str, outcome: str) -> str:
    """The page that the person started from, with `xero=<outcome>` added to its query."""
    page = urlsplit(return_to)
    told = urlencode({"xero": outcome})
    return urlunsplit(page._replace(query=f"{page.query}&{told}" if page.query else told))
