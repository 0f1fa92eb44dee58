"""What the connector must know of a record of Xero. Each module of this folder declares its own; table.py has all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog

from tieout_connector.kinds.kind import Kind
from tieout_connector.xero.http import Request
from tieout_connector.xero.reading import Json
from tieout_connector.xero.resource import Resource
from tieout_connector.xero.wire import UnknownValue
from tieout_schemas.bodies import Document
from tieout_schemas.signals import XeroKind
from tieout_schemas.xero import Snapshot

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Listing:
    """How all of them are read, in an import and in polls: page by page where Xero has pages, else whole."""

    filters: Mapping[str, str] = field(default_factory=dict)
    """The part of them that is read at all."""
    import_filters: Mapping[str, str] = field(default_factory=dict)
    """The part of that which is imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record of Xero."""

    resource: Resource[Any]
    """Its paths, how it is listed, read and written; `resource.read` makes our value of Xero's JSON."""
    listing: Listing | None = None
    """None: they are not listed."""
    document: Document | None = None
    """As what it bears files and notes; None: it bears none."""
    writes: Callable[[str], Sequence[Kind]] = lambda _: ()
    """The kinds of intent that write it; the text is the platform's address, with which our marks begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedRecord(Record):
    """A record whose changes are published one by one, as snapshots."""

    kind: XeroKind
    listing: Listing = field(default_factory=Listing)
    snapshot: type[Snapshot]
    category: str
    """The webhook category that tells of it. Source: xero-api.md 5.1."""
    marker: Callable[[Json, str], UUID | None]
    """Our record's id, from the mark that we set on what we make; the text is the platform's address."""
    name: str
    """What a person calls one."""
    path: str
    """Where a person looks at one: /tenants/{tenant_id}/xero/{path}/{xero_id}."""
    search: Callable[[str], Request] | None = None
    """The call that looks for a person's words; None: they are not searched."""

    @property
    def listed_by_ids(self) -> bool:
        """Whether many are read in one call by their ids."""
        return "IDs" in self.resource.filters

    def parse(self, raw: Json) -> Snapshot | None:
        """The record; None for one that we do not follow. Raises ValueError for one that is not as documented."""
        try:
            snapshot: Snapshot | None = self.resource.read(raw)
        except (LookupError, TypeError, ArithmeticError) as error:
            # Not the error's text, which may hold what the record says.
            raise ValueError(type(error).__name__) from error
        return snapshot

    def read(self, raw: Json) -> Snapshot | None:
        """The same; None as well for one that cannot be read: it is logged, and must not keep the others back."""
        try:
            return self.parse(raw)
        except ValueError as error:
            # A value that is new to one of Xero's lists is to be known; any other text may hold what the record says.
            why = str(error) if isinstance(error, UnknownValue) else type(error.__cause__ or error).__name__
            log.error("a record of Xero's is not as documented", id=raw.get(self.resource.id_field), error=why)
            return None
