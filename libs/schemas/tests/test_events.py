"""Decoding: an event, or a reason that names what is wrong, whatever the bytes are."""

import contextlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout_schemas.envelope import Envelope
from tieout_schemas.events import BadEvent, decode
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Bill, BillLine, BillStatus, Sync
from tieout_schemas.topics import BILLS_TOPIC, every_topic
from tieout_schemas.xero import LineAmountTypes

BILL = Bill(
    id=UUID(int=1),
    sync=Sync(),
    origin=Origin(kind=OriginKind.USER, by="ada"),
    vendor_id=UUID(int=2),
    number="B-1",
    status=BillStatus.APPROVED,
    date=datetime(2026, 11, 1, tzinfo=UTC).date(),
    due_date=datetime(2026, 12, 1, tzinfo=UTC).date(),
    currency="NZD",
    line_amount_types=LineAmountTypes.EXCLUSIVE,
    lines=(BillLine(description="Hats", unit_amount="10.10"),),
)
GOOD = json.loads(BILL.model_dump_json())


def headers(ce_type: str = Bill.ce_type) -> list[tuple[str, bytes]]:
    envelope = Envelope(
        id="1", source="test", type=ce_type, time=datetime.now(UTC), tenantid=UUID(int=7), subject="1", sequence=1
    )
    return envelope.to_headers()


def test_an_event_comes_out_as_it_went_in() -> None:
    event = decode(BILLS_TOPIC, headers(), BILL.model_dump_json().encode())

    assert event.data == BILL
    assert (event.envelope.type, event.envelope.sequence) == (Bill.ce_type, 1)


def test_fields_of_newer_writers_are_ignored() -> None:
    value = json.dumps(GOOD | {"new": {"deep": [1]}}).encode()

    assert decode(BILLS_TOPIC, headers(), value).data == BILL


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "the record has no value"),
        (b"", "value: Invalid JSON"),
        (b"\xff\xfe", "value: Invalid JSON"),
        (b"[]", "value: Input should be an object"),
        (b"{}", "id: Field required; origin: Field required; vendor_id: Field required"),
        (json.dumps(GOOD | {"id": "x"}).encode(), "id: Input should be a valid UUID"),
        (json.dumps(GOOD | {"currency": "nzd"}).encode(), "currency: String should match"),
        (json.dumps(GOOD | {"lines": [{"description": "x"}]}).encode(), "lines.0.unit_amount: Field required"),
        (b'{"id":' * 100_000, "value: Invalid JSON"),
        (json.dumps(GOOD).replace('"10.10"', '"NaN"').encode(), "lines.0.unit_amount: Input should be a finite"),
    ],
)
def test_a_bad_value_names_the_field(value: bytes | None, reason: str) -> None:
    with pytest.raises(BadEvent) as caught:
        decode(BILLS_TOPIC, headers(), value)

    assert str(caught.value).startswith(reason)


def test_a_type_that_the_topic_does_not_carry_is_named() -> None:
    with pytest.raises(BadEvent, match=r"ce_type is 'xero.contact.v1', which tieout.bills.v1 does not carry"):
        decode(BILLS_TOPIC, headers("xero.contact.v1"), b"{}")


def test_bad_headers_are_a_bad_event() -> None:
    with pytest.raises(BadEvent, match="headers missing: ce_id"):
        decode(BILLS_TOPIC, [], b"{}")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
spoiled = st.builds(
    lambda field, value: json.dumps(GOOD | {field: value}).encode(), st.sampled_from(list(GOOD)), anything
)


@given(st.binary() | anything.map(lambda value: json.dumps(value).encode()) | spoiled)
def test_any_bytes_are_an_event_or_a_bad_one(value: bytes) -> None:
    with contextlib.suppress(BadEvent):
        assert isinstance(decode(BILLS_TOPIC, headers(), value).data, Bill)


@pytest.mark.parametrize(
    "payload", dict.fromkeys(p for t in every_topic() for p in t.payloads), ids=lambda p: p.ce_type
)
@given(value=st.binary() | anything.map(lambda value: json.dumps(value).encode()))
def test_no_type_lets_any_bytes_raise_something_else(payload: Any, value: bytes) -> None:
    topic = next(topic for topic in every_topic() if payload in topic.payloads)
    with contextlib.suppress(BadEvent):
        assert isinstance(decode(topic, headers(payload.ce_type), value).data, payload)
