"""Parses the rows of an answer, each on its own: one that cannot be read stops no other (F09)."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import structlog

from tieout_connector.inbound import UnreadableRecord
from tieout_connector.kinds import Record
from tieout_connector.xero.models import Json
from tieout_connector.xero.parsing import Unreadable

log = structlog.get_logger(__name__)


class ParsedRows(NamedTuple):
    """The rows of an answer."""

    read: list[tuple[Json, Any]]
    """The rows that can be read, each with what was read from it."""
    readable: list[str]
    """Xero's ids of these rows."""
    unreadable: list[UnreadableRecord]


def parse_rows(record: Record, raws: Sequence[Json]) -> ParsedRows:
    """Parse rows of one kind."""
    rows = ParsedRows([], [], [])
    for raw in raws:
        key = str(raw.get(record.resource.id_field) or "")
        try:
            read = record.read(raw)
        except Unreadable as error:
            log.error("a record of Xero's is not as documented", id=key, field=error.field, fault=error.fault)
            rows.unreadable.append(UnreadableRecord(key, record.label(raw), error.field, error.fault, record.link(raw)))
            continue
        rows.readable.append(key)
        rows.read.append((raw, read))
    return rows
