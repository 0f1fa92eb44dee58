"""One authenticated call to the Accounting API, as a handler sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

import orjson

from xero_sim.answers import bad_post_data
from xero_sim.org import Org
from xero_sim.sent import Sent
from xero_sim.wire import Json


def parse_query(raw: str) -> dict[str, str]:
    """Query keys are matched without case; unknown ones are ignored by whoever reads (behaviour 25)."""
    found = {}
    for pair in raw.split("&"):
        key, _, value = pair.partition("=")
        if key:
            found[unquote_plus(key).lower()] = unquote_plus(value)
    return found


@dataclass(slots=True)
class Call:
    """`ids` are the path's variable parts in order; `app` is the client_id that calls."""

    method: str
    org: Org
    app: str
    app_name: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    ids: tuple[str, ...] = ()

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean query parameter."""
        value = self.query.get(name.lower())
        return default if value is None else value.lower() == "true"

    @property
    def unitdp(self) -> int:
        return 4 if self.query.get("unitdp") == "4" else 2

    def listed(self, name: str) -> set[str] | None:
        """A comma-separated query parameter, lower-cased; None when it was not given."""
        value = self.query.get(name.lower())
        return {part.strip().lower() for part in value.split(",") if part.strip()} if value else None

    def json(self) -> object:
        """The body. Raises Rejected with error 14 when it is no JSON (behaviour 38)."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as wrong:
            raise bad_post_data(f"Invalid JSON: {wrong}") from None

    def elements(self, key: str) -> list[Sent]:
        """The elements of a write: under the envelope key in any case, or a single bare object."""
        body = self.json()
        entries: object = body
        if isinstance(body, dict):
            entries = envelope(body, key)
        if isinstance(entries, dict):
            entries = [entries]
        if not isinstance(entries, list):
            raise bad_post_data(f"Expected '{key}' to be an array")
        return [Sent(entry, f"{key}[{i}]") for i, entry in enumerate(entries)]


def envelope(body: Json, key: str) -> object:
    """What is under the key, whatever its case (behaviour 37); else the body itself is the one element."""
    for name, value in body.items():
        if name.lower() == key.lower():
            return value
    return body
