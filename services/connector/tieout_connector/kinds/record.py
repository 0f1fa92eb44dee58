"""What the connector must know of a record of Xero. Each record's module declares it; table.py lists all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog

from tieout_connector.kinds.kind import WriteKind
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_connector.xero.resource import Resource
from tieout_connector.xero.wire import UnknownValue
from tieout_schemas.bodies import Document
from tieout_schemas.signals import XeroKind
from tieout_schemas.xero import Snapshot

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Listing:
    """How a resource is listed, in an import and in polls: page by page where Xero has pages, else in one call."""

    filters: Mapping[str, str] = field(default_factory=dict)
    """Xero's query parameters that choose the records to list."""
    import_filters: Mapping[str, str] = field(default_factory=dict)
    """More query parameters, for an import only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record of Xero."""

    resource: Resource[Any]
    """Its paths, and how it is listed, read and written. `resource.read` parses Xero's JSON."""
    listing: Listing | None = None
    """None: the resource is not listed."""
    document: Document | None = None
    """The kind of document that files and notes are attached to; None: it can have neither."""
    writes: Callable[[str], Sequence[WriteKind]] = lambda _: ()
    """The kinds of intent that write it, given the platform's address, with which our stamps begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedRecord(Record):
    """A record that is published as snapshots, one for each change."""

    kind: XeroKind
    listing: Listing = field(default_factory=Listing)
    snapshot: type[Snapshot]
    category: str
    """Its webhook category. Source: docs/xero.md 5.1."""
    stamp_of: Callable[[Json, str], UUID | None]
    """Our record's id in an element's stamp, given the platform's address; None: there is no stamp of ours."""
    name: str
    """Its name for people, in the singular."""
    path: str
    """The part of the API's path at which a person looks at it: /tenants/{tenant_id}/xero/{path}/{xero_id}."""
    search: Callable[[str], XeroRequest] | None = None
    """The request that searches for a text; None: there is no search."""

    @property
    def listed_by_ids(self) -> bool:
        """Whether one call can read many records by their ids."""
        return "IDs" in self.resource.filters

    def parse(self, raw: Json) -> Snapshot | None:
        """The snapshot; None for a record that we do not follow. Raises ValueError for one not as documented."""
        try:
            snapshot: Snapshot | None = self.resource.read(raw)
        except (LookupError, TypeError, ArithmeticError) as error:
            # Only the error's type: its text may quote the record.
            raise ValueError(type(error).__name__) from error
        return snapshot

    def read(self, raw: Json) -> Snapshot | None:
        """Like parse, but logs a record that is not as documented and returns None, so that it stops no others."""
        try:
            return self.parse(raw)
        except ValueError as error:
            # A value that Xero added to an enumeration may be logged. Any other text may quote the record.
            why = str(error) if isinstance(error, UnknownValue) else type(error.__cause__ or error).__name__
            log.error("a record of Xero's is not as documented", id=raw.get(self.resource.id_field), error=why)
            return None
