"""The envelope of every event: CloudEvents 1.0 in Kafka's binary mode (`ce_*` headers, JSON value)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

CONTENT_TYPE = "application/json"
SPEC_VERSION = "1.0"
PREFIX = "ce_"


class BadEnvelope(ValueError):
    """Headers that are not a valid envelope. The message names the header and what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The metadata of an event; each field is a `ce_` header. Source: CloudEvents 1.0, Kafka binding 3.2."""

    id: str
    """Unique per event; a repeat of the same event has the same id."""
    source: str
    """The service that published it: `tieout/bills`."""
    type: str
    """Names the JSON Schema of the value: `tieout.bill.v1`."""
    time: datetime
    """When it was published, UTC."""
    subject: str
    """The record's id within its tenant."""
    sequence: int
    """Rises with every event of a record: max(last + 1, clock in ms). Readers ignore events with a lower sequence."""
    tenantid: UUID | None = None
    """The tenant; on every topic but `xero.webhook.v1`."""
    xeroorgid: UUID | None = None
    """The Xero organisation; only on `xero.webhook.v1`, since the receiver does not look up the tenant."""
    causationid: str | None = None
    """The id of the event or request that directly caused this one."""
    correlationid: str | None = None
    """The id of the first cause, the same for all events that follow from it."""
    traceparent: str | None = None
    """W3C Trace Context of the span that wrote it."""
    replayid: str | None = None
    """The id of the replay, if the event was published again by a replay."""

    @property
    def owner(self) -> UUID:
        """The tenant or, for a webhook, the organisation. It determines the partition."""
        owner = self.tenantid or self.xeroorgid
        assert owner is not None
        return owner

    def to_headers(self) -> list[tuple[str, bytes]]:
        """The Kafka headers, `content-type` first."""
        headers = list(_ALWAYS)
        for field, name, _ in _HEADERS:
            value = getattr(self, field)
            if value is not None:
                headers.append((name, _text(value).encode()))
        return headers

    @classmethod
    def from_headers(cls, headers: Iterable[tuple[str, bytes]]) -> "Envelope":
        """Read the headers of a record. Raises BadEnvelope, whatever the bytes are."""
        raw = dict(headers)
        values: dict[str, Any] = {}
        for field, name, parse in _HEADERS:
            try:
                if name in raw:
                    values[field] = parse(raw[name].decode())
            except (ValueError, AttributeError) as error:
                raise BadEnvelope(f"header {name} is {raw[name]!r}: {error}") from error
        missing = [PREFIX + name for name in _REQUIRED if name not in values]
        if ("tenantid" in values) == ("xeroorgid" in values):
            missing.append(f"one of {PREFIX}tenantid and {PREFIX}xeroorgid")
        if missing:
            raise BadEnvelope(f"headers missing: {', '.join(missing)}")
        return cls(**values)


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _utc(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a time zone")
    return moment


# A tenant has many events, and reading its id takes as long as reading most of the other headers.
@lru_cache(maxsize=4096)
def _tenant_id(text: str) -> UUID:
    return UUID(text)


def _sequence(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > _DIGITS:
        raise ValueError("not a whole number from 0 to 10¹⁸ - 1")
    return int(text)


_DIGITS = 18
"""Any number of so many digits fits a Postgres bigint."""
_PARSE: dict[str, Callable[[str], Any]] = {
    "time": _utc,
    "tenantid": _tenant_id,
    "xeroorgid": UUID,
    "sequence": _sequence,
}
# Computed once: looking up the fields for each event took longer than reading them.
_HEADERS = tuple((field.name, PREFIX + field.name, _PARSE.get(field.name, str)) for field in fields(Envelope))
"""Field, header, and how the header is read."""
_ALWAYS = (("content-type", CONTENT_TYPE.encode()), (f"{PREFIX}specversion", SPEC_VERSION.encode()))
_REQUIRED = ("id", "source", "type", "time", "subject", "sequence")
