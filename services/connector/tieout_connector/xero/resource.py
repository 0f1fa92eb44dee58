"""A resource of the Accounting API as data: its paths, what a list of it may be asked, how it is written and read.

What it makes is a call to make (http.Request) and its body: nothing is sent here.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar
from urllib.parse import quote
from uuid import UUID

from tieout_connector.xero import wire
from tieout_connector.xero.forms import Form
from tieout_connector.xero.http import Request
from tieout_connector.xero.reading import Json

T = TypeVar("T")
MOST = 1000
"""Records on a page (xero-api.md 3.4)."""


class Way(Enum):
    """Where elements are written, and how many at once."""

    MANY = "many to /Resource, each answered for itself (summarizeErrors=false)"
    ONE = "one to /Resource"
    BY_ID = "one to /Resource/{id}"


@dataclass(frozen=True, slots=True)
class Resource(Generic[T]):
    """A resource; PUT creates and POST updates (xero-api.md 3.6)."""

    name: str
    """The path, and the key of the envelope where `key` is empty."""
    id_field: str
    read: Callable[[Json], T]
    key: str = ""
    filters: frozenset[str] = frozenset()
    """What a list may be asked, beside paging. Xero ignores a name it does not know, without a word (trap 4)."""
    paged: bool = False
    modified_since: bool = False
    unitdp: frozenset[str] = frozenset()
    """Where 4 decimals of a unit price are asked for: of list, one and write (trap 15)."""
    create: Way | None = None
    update: Way | None = None
    delete: bool = False
    bare: bool = False
    """Xero's examples send the one element alone, in no envelope."""

    def listing(
        self, *, page: int | None = None, page_size: int = MOST, since: dt.datetime | None = None, **filters: str
    ) -> Request:
        """A list, or a page of it. Raises ValueError for what Xero would ignore."""
        unknown = set(filters) - self.filters
        if unknown or (page and not self.paged) or (since and not self.modified_since):
            raise ValueError(f"{self.name} cannot be listed by {unknown or 'page or date'}")
        paging = {"page": str(page), "pageSize": str(page_size)} if page else {}
        modified_since = wire.since(since) if since else None
        return Request("GET", self.name, {**filters, **paging, **self._units("list")}, modified_since)

    def one(self, key: UUID | str) -> Request:
        """One by its id, or by its number or code where Xero takes that."""
        return Request("GET", self.path(key), self._units("one"))

    def creating(self, forms: Sequence[Form], key: str) -> tuple[Request, bytes]:
        """New ones, under an Idempotency-Key."""
        return self._writing("PUT", self.create, forms, key, None)

    def updating(self, forms: Sequence[Form], key: str, xero_id: UUID | str | None = None) -> tuple[Request, bytes]:
        """Changes of known ones; `xero_id` where each has its own path."""
        return self._writing("POST", self.update, forms, key, xero_id)

    def deleting(self, xero_id: UUID | str) -> Request:
        """One to delete. Raises ValueError where a status does that."""
        if not self.delete:
            raise ValueError(f"{self.name} are not deleted by DELETE")
        return Request("DELETE", self.path(xero_id), {})

    def raws(self, content: Json) -> list[Json]:
        """The elements of an answer as they are."""
        return list(content.get(self.key or self.name) or [])

    def rows(self, content: Json) -> list[T]:
        """The records of an answer. Raises ValueError for one that cannot be read."""
        return [self.read(raw) for raw in self.raws(content)]

    def path(self, key: UUID | str, *more: str) -> str:
        """`Invoices/{id}/Attachments/…`, quoted."""
        return "/".join((self.name, *(quote(str(part), safe="") for part in (key, *more))))

    def _units(self, where: str) -> Mapping[str, str]:
        return {"unitdp": "4"} if where in self.unitdp else {}

    def _writing(
        self, method: str, way: Way | None, forms: Sequence[Form], key: str, xero_id: UUID | str | None
    ) -> tuple[Request, bytes]:
        if way is None or (way is Way.BY_ID) != (xero_id is not None) or (way is not Way.MANY and len(forms) != 1):
            raise ValueError(f"{self.name} cannot be written so: {way.value if way else 'it is only read'}")
        many = {"summarizeErrors": "false"} if way is Way.MANY else {}
        path = self.path(xero_id) if xero_id else self.name
        elements = [form.wire() for form in forms]
        body = wire.dumps(elements[0] if self.bare else {self.key or self.name: elements})
        return Request(method, path, {**many, **self._units("write")}, key=key), body
