"""The envelope: what goes into the headers comes out, and nothing that is none of ours comes through."""

import contextlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout_schemas.envelope import BadEnvelope, Envelope

texts = st.text(st.characters(exclude_categories=["Cs"]))
owners = st.uuids().map(lambda tenant: (tenant, None)) | st.uuids().map(lambda org: (None, org))
zones = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
envelopes = st.builds(
    lambda owner, **said: Envelope(tenantid=owner[0], xeroorgid=owner[1], **said),
    owner=owners,
    id=texts, source=texts, type=texts, subject=texts,
    time=st.datetimes(timezones=zones),
    sequence=st.integers(0, 10**18 - 1),
    causationid=st.none() | texts, correlationid=st.none() | texts,
    traceparent=st.none() | texts, replayid=st.none() | texts,
)  # fmt: skip

ENVELOPE = Envelope(
    id="1",
    source="tieout/bills",
    type="tieout.bill.v1",
    time=datetime(2026, 11, 22, 3, tzinfo=UTC),
    tenantid=UUID(int=7),
    subject="bill",
    sequence=5,
)


@given(envelopes)
def test_what_goes_into_the_headers_comes_out(envelope: Envelope) -> None:
    assert Envelope.from_headers(envelope.to_headers()) == envelope


def test_the_headers_are_cloudevents_in_binary_mode() -> None:
    assert ENVELOPE.to_headers() == [
        ("content-type", b"application/json"),
        ("ce_specversion", b"1.0"),
        ("ce_id", b"1"),
        ("ce_source", b"tieout/bills"),
        ("ce_type", b"tieout.bill.v1"),
        ("ce_time", b"2026-11-22T03:00:00+00:00"),
        ("ce_subject", b"bill"),
        ("ce_sequence", b"5"),
        ("ce_tenantid", b"00000000-0000-0000-0000-000000000007"),
    ]


def test_headers_of_others_are_ignored() -> None:
    headers: Any = [*ENVELOPE.to_headers(), ("their_header", b"\xff"), ("ce_unknown", None)]

    assert Envelope.from_headers(headers) == ENVELOPE


@pytest.mark.parametrize("name", ["id", "source", "type", "time", "subject", "sequence"])
def test_a_missing_header_is_named(name: str) -> None:
    headers = [(key, value) for key, value in ENVELOPE.to_headers() if key != f"ce_{name}"]

    with pytest.raises(BadEnvelope, match=f"^headers missing: ce_{name}$"):
        Envelope.from_headers(headers)


def test_a_webhook_belongs_to_an_organisation_and_everything_else_to_a_tenant() -> None:
    webhook = replace(ENVELOPE, tenantid=None, xeroorgid=UUID(int=8))

    assert (ENVELOPE.owner, webhook.owner) == (UUID(int=7), UUID(int=8))
    assert ("ce_xeroorgid", b"00000000-0000-0000-0000-000000000008") in webhook.to_headers()
    assert "ce_tenantid" not in dict(webhook.to_headers())


@pytest.mark.parametrize(("tenant", "org"), [(None, None), (UUID(int=7), UUID(int=8))], ids=["neither", "both"])
def test_an_event_names_its_tenant_or_its_organisation_and_not_both(tenant: UUID | None, org: UUID | None) -> None:
    headers = replace(ENVELOPE, tenantid=tenant, xeroorgid=org).to_headers()

    with pytest.raises(BadEnvelope, match=r"^headers missing: one of ce_tenantid and ce_xeroorgid$"):
        Envelope.from_headers(headers)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_id", b"\xff"),
        ("ce_id", None),
        ("ce_traceparent", b"\xc3\x28"),
        ("ce_tenantid", b"not-a-uuid"),
        ("ce_tenantid", b""),
        ("ce_xeroorgid", b"not-a-uuid"),
        ("ce_time", b"2026-11-22T03:00:00"),
        ("ce_time", b"2026-11-22"),
        ("ce_time", b"yesterday"),
        ("ce_sequence", b"x"),
        ("ce_sequence", b""),
        ("ce_sequence", b"-1"),
        ("ce_sequence", b"1.5"),
        ("ce_sequence", b"1_000"),
        ("ce_sequence", b" 1"),
        ("ce_sequence", "٣".encode()),
        ("ce_sequence", b"9" * 19),
        ("ce_sequence", b"9" * 5000),
    ],
)
def test_a_bad_header_is_named(name: str, value: bytes | None) -> None:
    headers: Any = [*ENVELOPE.to_headers(), (name, value)]

    with pytest.raises(BadEnvelope, match=f"^header {name} is "):
        Envelope.from_headers(headers)


@given(st.lists(st.tuples(texts | st.sampled_from(list(dict(ENVELOPE.to_headers()))), st.none() | st.binary())))
def test_any_headers_are_an_envelope_or_a_bad_one(headers: list[tuple[str, bytes]]) -> None:
    with contextlib.suppress(BadEnvelope):
        assert isinstance(Envelope.from_headers(ENVELOPE.to_headers() + headers), Envelope)
