"""The tables that follow from the records' declarations."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tieout_connector.inbound import listings
from tieout_connector.kinds import (
    DOCUMENT_RESOURCES,
    FOLLOWED,
    LISTED,
    PATHS,
    RECORDS,
    SEARCHES,
    WEBHOOK_CATEGORIES,
    FollowedRecord,
    write_kinds,
)
from tieout_schemas.bodies import Document
from tieout_schemas.payload import Payload
from tieout_schemas.settings import Choices
from tieout_schemas.signals import XeroKind
from tieout_schemas.topics import SHARED
from xero_sim.openapi import accounting
from xero_sim.webhooks.subscription import CATEGORIES

from .writing import KINDS


def test_every_kind_that_travels_is_followed_by_one_record_and_knows_its_snapshot() -> None:
    assert set(FOLLOWED) == set(XeroKind)
    assert {kind: record.snapshot.kind for kind, record in FOLLOWED.items()} == {kind: kind for kind in XeroKind}


def test_every_category_of_xeros_webhooks_is_handled() -> None:
    assert set(WEBHOOK_CATEGORIES) == set(CATEGORIES)


def test_webhooks_paths_and_searches_lead_to_one_record_each() -> None:
    assert len([record for record in FOLLOWED.values() if record.category]) == len(WEBHOOK_CATEGORIES)
    assert len([record for record in FOLLOWED.values() if record.path]) == len(PATHS)
    assert set(SEARCHES) <= {record.kind for record in PATHS.values()}


def test_every_document_that_bears_files_or_notes_is_a_record() -> None:
    assert set(DOCUMENT_RESOURCES) == set(Document)


def test_what_others_refer_to_is_imported_first() -> None:
    names = list(LISTED)
    waits = [(name, listed.listing.after) for name, listed in LISTED.items() if listed.listing.after]

    assert tuple(LISTED) == listings.NAMES
    assert [(name, after) for name, after in waits if names.index(after) >= names.index(name)] == []
    assert {("Invoices", "Contacts"), ("CreditNotes", "Invoices"), ("Payments", "Invoices")} <= set(waits)


@pytest.mark.parametrize("name", LISTED)
def test_what_is_listed_is_published_and_of_what_is_read_whole_its_end_too(name: str) -> None:
    record, listing = LISTED[name]

    assert record.snapshot
    assert record.snapshot in topics_of_xero()
    # Pages show what changed. What is read whole needs a field that says that it is gone.
    assert isinstance(record, FollowedRecord) or not record.resource.paged
    ends = not isinstance(record, FollowedRecord) and listing.complete
    assert not ends or "active" in record.snapshot.model_fields


def test_a_list_without_changes_shows_what_is_dated_within_some_weeks() -> None:
    listing = LISTED["BankTransfers"].listing
    at = datetime(2026, 9, 14, 11, 30, tzinfo=UTC)

    assert listing.filtered(at, importing=False) == {"includeDeleted": "true", "where": "Date>=DateTime(2026,7,16)"}
    assert not listing.complete


@pytest.mark.parametrize("importing", [True, False])
def test_an_import_leaves_out_more_than_a_poll(importing: bool) -> None:
    filters = LISTED["CreditNotes"].listing.filtered(datetime(2026, 9, 14, tzinfo=UTC), importing=importing)

    assert filters == ({"where": 'Status=="AUTHORISED"'} if importing else {})


def test_a_list_that_depends_on_a_setting_names_it_and_the_others_are_for_all() -> None:
    without = Choices(**{one.listing.setting: False for one in LISTED.values() if one.listing.setting})
    left = [name for name, one in LISTED.items() if one.listing.is_wanted(without)]

    assert {name for name in LISTED if name not in left} == {"SalesInvoices"}
    assert all(one.listing.is_wanted(Choices()) for one in LISTED.values())


def topics_of_xero() -> set[type[Payload]]:
    return {payload for topic in SHARED if topic.name.startswith("xero.") for payload in topic.payloads}


def test_each_intent_is_written_by_one_record_alone() -> None:
    of_records = [kind.name for record in RECORDS for kind in record.writes("http://p")]

    assert len(of_records) == len(set(of_records))
    assert set(KINDS) == set(write_kinds("http://p")) == {*of_records, "attachment", "note"}


@pytest.mark.parametrize("kind", FOLLOWED)
def test_the_calls_for_a_person_are_calls_of_xeros(kind: XeroKind) -> None:
    record = FOLLOWED[kind]
    calls: list[Any] = [record.resource.one("x"), *([SEARCHES[kind]("x y&z")] if kind in SEARCHES else [])]

    assert all(accounting().operation(call.method, f"/api.xro/2.0/{call.resource}") for call in calls)


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.snapshot_kind])
def test_what_is_linked_is_followed(name: str) -> None:
    kind = KINDS[name]
    assert kind.snapshot_kind is not None

    assert KINDS[name].snapshot({}) is None
    assert FOLLOWED[kind.snapshot_kind].resource is getattr(kind, "resource", None)


@pytest.mark.parametrize(
    ("kind", "raw", "stamped"),
    [
        (XeroKind.CONTACT, {"ContactNumber": "5f0d0d1c-0000-4000-8000-000000000001"}, True),
        (XeroKind.CONTACT, {"ContactNumber": "V-1"}, False),
        (XeroKind.INVOICE, {"Url": "http://p/bills/5f0d0d1c-0000-4000-8000-000000000001"}, True),
        (XeroKind.INVOICE, {"Url": "http://p/invoices/5f0d0d1c-0000-4000-8000-000000000001"}, True),
        (XeroKind.INVOICE, {"Url": "http://q/bills/5f0d0d1c-0000-4000-8000-000000000001"}, False),
        (XeroKind.INVOICE, {}, False),
        (XeroKind.PAYMENT, {"Reference": "5f0d0d1c-0000-4000-8000-000000000001"}, False),
    ],
    ids=str,
)
def test_our_own_writes_are_recognised_by_their_mark(kind: XeroKind, raw: Any, stamped: bool) -> None:
    assert (FOLLOWED[kind].stamp_of(raw, "http://p") is not None) == stamped
