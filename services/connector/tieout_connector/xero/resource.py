"""A resource of the Accounting API as data: its paths, its filters, and how it is written and read.

Its methods return requests (http.Request) and bodies. Nothing is sent here.
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
from tieout_connector.xero.http import LONGEST_QUERY, XeroRequest
from tieout_connector.xero.models import Json

T = TypeVar("T")
MAX_PAGE_SIZE = 1000
"""Records on a page (docs/xero.md 3.4)."""
DEFAULT_PAGE_SIZE = 100
"""Records on a page of no asked size."""
BY_CHANGE = "UpdatedDateUTC ASC"
"""The order of all pages that are read: a record that changes meanwhile moves to the end."""


class WriteMode(Enum):
    """The path that elements are written to, and how many in one request."""

    MANY = "many to /Resource, each with its own result (summarizeErrors=false)"
    ONE = "one to /Resource"
    BY_ID = "one to /Resource/{id}"


@dataclass(frozen=True, slots=True)
class Resource(Generic[T]):
    """A resource. PUT creates and POST updates (docs/xero.md 3.6)."""

    name: str
    """The path. Also the name of the envelope, unless `key` gives another."""
    id_field: str
    read: Callable[[Json], T]
    key: str = ""
    filters: frozenset[str] = frozenset()
    """The query parameters of a list, beside paging. Xero silently ignores unknown ones (trap 4)."""
    paged: bool = False
    modified_since: bool = False
    unitdp: frozenset[str] = frozenset()
    """The requests that ask for unit prices with 4 decimals: some of list, one and write (trap 15)."""
    create: WriteMode | None = None
    update: WriteMode | None = None
    delete: bool = False
    bare: bool = False
    """A written element is sent alone, without an envelope, as in Xero's examples."""

    def listing(
        self,
        *,
        page: int | None = None,
        page_size: int = MAX_PAGE_SIZE,
        since: dt.datetime | None = None,
        **filters: str,
    ) -> XeroRequest:
        """The request for a list, or for a page of it. Raises ValueError for filters that Xero would ignore."""
        unknown = set(filters) - self.filters
        if unknown or (page and not self.paged) or (since and not self.modified_since):
            raise ValueError(f"{self.name} cannot be listed by {unknown or 'page or date'}")
        paging = {"page": str(page), "pageSize": str(page_size)} if page else {}
        modified_since = wire.since(since) if since else None
        return XeroRequest("GET", self.name, {**filters, **paging, **self._units("list")}, modified_since)

    def one(self, key: UUID | str) -> XeroRequest:
        """The request for one record by its id, or by its number or code where Xero accepts that."""
        return XeroRequest("GET", self.path(key), self._units("one"))

    def by_ids(self, ids: Sequence[UUID]) -> XeroRequest:
        """The request for the first page of records by their ids, archived ones too."""
        paging = {"page": "1", "pageSize": str(DEFAULT_PAGE_SIZE), "order": BY_CHANGE}
        return XeroRequest(
            "GET",
            self.name,
            {**paging, "unitdp": "4", "includeArchived": "true", "IDs": ",".join(str(each) for each in ids)},
        )

    @property
    def most_ids(self) -> int:
        """As many ids as one call can name before its query is too long; 0: Xero has no filter for ids here."""
        if "IDs" not in self.filters:
            return 0
        one, two = (self.by_ids([UUID(int=0)] * count).query_bytes for count in (1, 2))
        return 1 + (LONGEST_QUERY - one) // (two - one)

    def creating(self, forms: Sequence[Form], key: str) -> tuple[XeroRequest, bytes]:
        """The request and body to create elements. `key`: the Idempotency-Key."""
        return self._writing("PUT", self.create, forms, key, None)

    def updating(self, forms: Sequence[Form], key: str, xero_id: UUID | str | None = None) -> tuple[XeroRequest, bytes]:
        """The request and body to update elements. `xero_id`: the element's id where it is part of the path."""
        return self._writing("POST", self.update, forms, key, xero_id)

    def deleting(self, xero_id: UUID | str) -> XeroRequest:
        """The request to delete an element. Raises ValueError if the resource is deleted by its status instead."""
        if not self.delete:
            raise ValueError(f"{self.name} are not deleted by DELETE")
        return XeroRequest("DELETE", self.path(xero_id), {})

    def raws(self, content: Json) -> list[Json]:
        """The elements of an answer, unparsed."""
        return list(content.get(self.key or self.name) or [])

    def is_in(self, content: Json) -> bool:
        """Whether an answer has a list of elements at all, even if there are none in it."""
        return isinstance(content.get(self.key or self.name), list)

    def rows(self, content: Json) -> list[T]:
        """The parsed records of an answer. Raises ValueError for one that cannot be parsed."""
        return [self.read(raw) for raw in self.raws(content)]

    def path(self, key: UUID | str, *more: str) -> str:
        """`Invoices/{id}/Attachments/…`, quoted."""
        return "/".join((self.name, *(quote(str(part), safe="") for part in (key, *more))))

    def _units(self, where: str) -> Mapping[str, str]:
        return {"unitdp": "4"} if where in self.unitdp else {}

    def _writing(
        self, method: str, way: WriteMode | None, forms: Sequence[Form], key: str, xero_id: UUID | str | None
    ) -> tuple[XeroRequest, bytes]:
        if (
            way is None
            or (way is WriteMode.BY_ID) != (xero_id is not None)
            or (way is not WriteMode.MANY and len(forms) != 1)
        ):
            raise ValueError(f"{self.name} cannot be written like this: {way.value if way else 'it is only read'}")
        many = {"summarizeErrors": "false"} if way is WriteMode.MANY else {}
        path = self.path(xero_id) if xero_id else self.name
        elements = [form.wire() for form in forms]
        body = wire.dumps(elements[0] if self.bare else {self.key or self.name: elements})
        return XeroRequest(method, path, {**many, **self._units("write")}, key=key), body
