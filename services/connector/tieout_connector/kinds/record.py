"""What the connector must know of a record of Xero. Each record's module declares it; table.py lists all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple
from uuid import UUID

from tieout_connector.kinds.kind import WriteKind
from tieout_connector.kinds.words import spoken
from tieout_connector.xero import parsing
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_connector.xero.resource import MAX_PAGE_SIZE, Resource
from tieout_schemas.bodies import Document
from tieout_schemas.payload import Payload
from tieout_schemas.settings import Choices
from tieout_schemas.signals import XeroKind
from tieout_schemas.xero import InvoiceType, Snapshot


class Worth(Enum):
    """What a change in a list is worth: how much it costs if it arrives late, and how late it may come at the most."""

    SETUP = 1, timedelta(hours=4)
    """What hardly ever changes: the organisation, its currencies."""
    CODING = 2, timedelta(hours=2)
    """What documents refer to: accounts, tax rates, tracking, items, contact groups."""
    DOCUMENTS = 3, timedelta(minutes=30)
    """Contacts, bills, credit notes."""
    MONEY = 4, timedelta(minutes=30)
    """Payments: a bill that is paid in Xero must not be paid here again."""

    def __init__(self, weight: int, longest: timedelta) -> None:
        self.weight = weight
        self.longest = longest


@dataclass(frozen=True, slots=True)
class PastRecords:
    """How a historical import lists the records of a kind (SYS-4)."""

    kind: str
    """The kind in a bookkeeper's words, in the plural: bills."""
    date_field: str | None = None
    """Xero's field with the date of a record; None: it has none, and the time of its last change counts."""
    filters: Mapping[str, str] = field(default_factory=dict)
    """Xero's query parameters that choose the records to list, besides those of the list."""


@dataclass(frozen=True, slots=True)
class Listing:
    """How a resource is listed, in an import and in polls: page by page where Xero has pages, else in one call."""

    filters: Mapping[str, str] = field(default_factory=dict)
    """Xero's query parameters that choose the records to list."""
    import_filters: Mapping[str, str] = field(default_factory=dict)
    """More query parameters, for an import only."""
    after: str | None = None
    """The list that is imported first, because these records refer to its records and would wait for them."""
    recent: bool = False
    """Whether an import leaves out what is older than an hour, because it belongs to records that are not imported."""
    dated_within: timedelta | None = None
    """How old the records may be by their date, because nothing else tells which of them changed; None: any age."""
    alone: Callable[[Json], bool] | None = None
    """Tells the rows that are also read alone, one call for each, because the list shows less of them."""
    setting: str | None = None
    """The setting that a tenant must have on, because only then a rule needs these records; None: all tenants."""
    name: str | None = None
    """Its name, unique among all lists; None: its resource's name."""
    past: PastRecords | None = None
    """How a historical import lists it; None: none does."""
    worth: Worth = Worth.DOCUMENTS
    """Where the day's calls do not last, lists of less worth are polled less often (CONN-9)."""

    @property
    def calls(self) -> int:
        """How many calls it takes to read, as a rule: it alone, or with the groups of vendors and customers."""
        return 3 if self.alone else 1

    def is_wanted(self, settings: Choices) -> bool:
        """Whether the records of a tenant with these settings are listed."""
        return self.setting is None or bool(getattr(settings, self.setting))

    @property
    def complete(self) -> bool:
        """Whether it shows every record of its kind, so that one that it shows no longer is gone."""
        return not self.filters and self.dated_within is None

    def filtered(self, now: datetime, *, importing: bool) -> Mapping[str, str]:
        """Xero's query parameters at this moment."""
        dated = {"where": _since_day(now - self.dated_within)} if self.dated_within else {}
        return {**self.filters, **dated, **(self.import_filters if importing else {})}


def _since_day(moment: datetime) -> str:
    return f"Date>=DateTime({moment.year},{moment.month},{moment.day})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record of Xero."""

    resource: Resource[Any]
    """Its paths, and how it is listed, read and written. `resource.read` parses Xero's JSON."""
    listings: tuple[Listing, ...] = ()
    """How it is listed; none: it is not."""
    snapshot: type[Payload] | None = None
    """What is published of it; None: nothing."""
    document: Document | None = None
    """The kind of document that files and notes are attached to; None: it can have neither."""
    writes: Callable[[str], Sequence[WriteKind]] = lambda _: ()
    """The kinds of intent that write it, given the platform's address, with which our stamps begin."""
    link: Callable[[Json], str] = lambda _: "https://go.xero.com"
    """The address at which a person sees the record in Xero."""

    def read(self, raw: Json) -> Any:
        """The parsed record. Raises Unreadable for one that is not as documented, so that it stops no others."""
        return parsing.whole(self.resource.read, raw)

    def label(self, raw: Json) -> str:
        """The record in a bookkeeper's words: `Bill B-12`. By its id if it has neither number nor name."""
        noun = "bill" if raw.get("Type") == InvoiceType.ACCPAY else spoken(self.resource.name, one=True)
        names = (raw.get(field) for field in ("InvoiceNumber", "Name", "Reference", self.resource.id_field))
        return f"{noun.capitalize()} {next((str(name) for name in names if name), 'without a number')}"


class ListedRecord(NamedTuple):
    """A list, and the record of Xero that it shows."""

    record: Record
    listing: Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedRecord(Record):
    """A record that can be read by its id: after a webhook, a write of ours, or a request."""

    kind: XeroKind
    snapshot: type[Snapshot]
    category: str | None = None
    """Its webhook category; None: it has no webhook. Source: docs/xero.md 5.1."""
    stamp_of: Callable[[Json, str], UUID | None] = lambda raw, platform_url: None
    """Our record's id in an element's stamp, given the platform's address; None: there is no stamp of ours."""
    path: str | None = None
    """The part of the API's path at which a person looks at it, /tenants/{tenant_id}/xero/{path}/{xero_id}; None:
    nobody does."""
    search: Callable[[str], XeroRequest] | None = None
    """The request that searches for a text; None: there is no search."""

    @property
    def listed_by_ids(self) -> bool:
        """Whether one call can read many records by their ids."""
        return bool(self.resource.most_ids)

    @property
    def read_at_once(self) -> int:
        """The most records that are read together: by their ids, or from one page of the records that changed."""
        return self.resource.most_ids or MAX_PAGE_SIZE

    def parse(self, raw: Json) -> Snapshot:
        """The snapshot. Raises Unreadable for a record that is not as documented."""
        snapshot: Snapshot = self.read(raw)
        return snapshot
