"""One authenticated call to the Accounting API, as a handler sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

import orjson

from xero_sim.answers import ErrorNumber, Rejected, api_exception, bad_post_data
from xero_sim.ids import canonical
from xero_sim.org import Org
from xero_sim.sent import Sent
from xero_sim.wire import Json

LISTS = frozenset(("ids", "invoicenumbers", "contactids", "statuses", "references"))
"""Query parameters with several values: separated by commas, or the parameter repeated."""


def parse_query(raw: str) -> dict[str, str]:
    """The query parameters by lower-cased name; handlers ignore unknown ones (behaviour 25).

    The values of a repeated list are joined by commas. Of any other repeated parameter, the last value counts.
    """
    found: dict[str, str] = {}
    for pair in raw.split("&"):
        key, _, value = pair.partition("=")
        name = unquote_plus(key).lower()
        if name in LISTS and name in found:
            found[name] = f"{found[name]},{unquote_plus(value)}"
        elif name:
            found[name] = unquote_plus(value)
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
        """The values of a list, lower-cased; None if it was not given."""
        value = self.query.get(name.lower())
        return {part.strip().lower() for part in value.split(",") if part.strip()} if value else None

    def listed_ids(self, name: str) -> set[str] | None:
        """The same for ids, in the form in which they are stored."""
        found = self.listed(name)
        return None if found is None else {canonical(each) for each in found}

    def json(self) -> object:
        """The body. Raises Rejected with error 14 if it is not JSON (behaviour 38)."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as wrong:
            raise bad_post_data(f"Invalid JSON: {wrong}") from None

    def elements(self, key: str) -> list[Sent]:
        """The elements of a write: the list under `key`, in upper or lower case, or a single bare object.

        Raises Rejected, with error 17 for a bare list, in which Xero finds no element.
        """
        body = self.json()
        if isinstance(body, list):
            raise no_data(key)
        entries: object = envelope(body, key) if isinstance(body, dict) else body
        if isinstance(entries, dict):
            entries = [entries]
        if not isinstance(entries, list):
            raise bad_post_data(f"Expected '{key}' to be an array")
        if not entries:
            raise no_data(key)
        return [Sent(entry, f"{key}[{i}]") for i, entry in enumerate(entries)]


def no_data(key: str) -> Rejected:
    """Error 17: the body holds no element."""
    named = SINGULAR.get(key, key.removesuffix("s"))
    # The misspelling is Xero's.
    message = (
        "No data has been processed for this endpoint. "
        f"This endpoint is expecting {named} data to be specifed in the request body."
    )
    return Rejected(api_exception(ErrorNumber.NoDataProcessedException, message))


SINGULAR = {"Currencies": "Currency", "TrackingCategories": "TrackingCategory"}


def envelope(body: Json, key: str) -> object:
    """The value of the key in upper or lower case (behaviour 37). A body without the key is itself the only element."""
    for name, value in body.items():
        if name.lower() == key.lower():
            return value
    return body
