"""PUT of an existing vendor: it changes what the caller changed in the state that the caller saw."""

from typing import Any
from uuid import uuid4

import pytest

from tieout_schemas.bodies import ContactBody
from tieout_schemas.platform import Vendor
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import Address
from tieout_testing.builders import done, xero_contact
from tieout_testing.service_harness import ServiceHarness

pytestmark = pytest.mark.real

XERO_ID, VENDOR_ID = uuid4(), uuid4()
PATH = f"vendors/{VENDOR_ID}"
AUCKLAND = Address(lines=("1 Queen St",), city="Auckland")
WHOLE: dict[str, Any] = {
    "name": "Acme", "email": "a@acme.nz", "phone": "64-9-111",
    "address": {"lines": ["1 Queen St"], "city": "Auckland"}, "account_number": "A-7", "active": False,
}  # fmt: skip
SHARED: dict[str, Any] = {**WHOLE, "address": AUCKLAND}
SHARED.pop("active")


async def in_step(harness: ServiceHarness) -> None:
    """A vendor with all fields, in Xero."""
    await harness.connect()
    await harness.put(PATH, WHOLE)
    [intent] = await harness.published(WriteIntent)
    await harness.deliver(*done(intent, xero_contact(XERO_ID, **SHARED)))


async def content(harness: ServiceHarness) -> dict[str, Any]:
    last = (await harness.published(Vendor))[-1]
    return {**{name: getattr(last, name) for name in SHARED}, "active": last.active}


@pytest.mark.rule("CONT-5")
@pytest.mark.parametrize("field", ["email", "phone", "address", "account_number", "active"])
async def test_what_a_request_leaves_out_stays_as_it_is(harness: ServiceHarness, field: str) -> None:
    await in_step(harness)
    before = await harness.published(Vendor)

    answer = await harness.change(PATH, {name: value for name, value in WHOLE.items() if name != field})

    assert answer.status_code == 200
    assert await harness.published(Vendor) == before
    assert len(await harness.published(WriteIntent)) == 1


@pytest.mark.rule("CONT-5")
@pytest.mark.parametrize("field", ["email", "phone", "address", "account_number"])
async def test_what_a_request_empties_is_emptied_here_and_in_xero(harness: ServiceHarness, field: str) -> None:
    await in_step(harness)
    empty: Any = {} if field == "address" else ""

    await harness.change(PATH, {"name": "Acme", field: empty})

    value = Address() if field == "address" else ""
    assert await content(harness) == {**SHARED, "active": False, field: value}
    [_, update] = await harness.published(WriteIntent)
    assert update.body == ContactBody(**(SHARED | {field: value}))


@pytest.mark.rule("CONT-10")
async def test_an_account_number_taken_from_xero_outlives_a_request_without_one(harness: ServiceHarness) -> None:
    await in_step(harness)
    await harness.deliver((xero_contact(XERO_ID, **(SHARED | {"account_number": "T-1"}), record_id=VENDOR_ID), 60))

    await harness.change(PATH, {"name": "Acme"})

    assert (await content(harness))["account_number"] == "T-1"
    assert len(await harness.published(WriteIntent)) == 1


@pytest.mark.rule("SYS-3")
async def test_a_change_without_the_state_it_was_made_on_is_refused_and_changes_nothing(
    harness: ServiceHarness,
) -> None:
    await in_step(harness)
    before = await harness.published(Vendor)

    answer = await harness.put(PATH, {"name": "Acme Ltd"})

    assert answer.status_code == 428
    assert "If-Match" in answer.json()["title"]
    assert await harness.published(Vendor) == before


@pytest.mark.rule("SYS-3")
async def test_the_same_request_again_is_harmless_also_without_a_state(harness: ServiceHarness) -> None:
    await in_step(harness)
    before = await harness.published(Vendor)

    answer = await harness.put(PATH, WHOLE)

    assert (answer.status_code, answer.headers["ETag"]) == (200, (await harness.get(PATH)).headers["ETag"])
    assert await harness.published(Vendor) == before


@pytest.mark.rule("SYS-3")
async def test_a_change_sent_again_with_its_state_is_harmless(harness: ServiceHarness) -> None:
    await in_step(harness)
    etag = (await harness.get(PATH)).headers["ETag"]
    once = await harness.put(PATH, {"name": "Acme Ltd"}, etag)
    before = await harness.published(Vendor)

    twice = await harness.put(PATH, {"name": "Acme Ltd"}, etag)

    assert (twice.status_code, twice.json()) == (200, once.json())
    assert await harness.published(Vendor) == before
    assert len(await harness.published(WriteIntent)) == 2


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize("by", ["xero", "somebody here"])
async def test_a_field_that_was_changed_meanwhile_is_not_overwritten_unseen(harness: ServiceHarness, by: str) -> None:
    await in_step(harness)
    etag = (await harness.get(PATH)).headers["ETag"]
    if by == "xero":
        await harness.deliver((xero_contact(XERO_ID, **(SHARED | {"phone": "64-9-222"}), record_id=VENDOR_ID), 60))
    else:
        await harness.put(PATH, {"name": "Acme", "phone": "64-9-222"}, etag)
    before = await harness.published(Vendor)

    answer = await harness.put(PATH, {**WHOLE, "phone": "64-9-333"}, etag)

    assert (answer.status_code, answer.json()["field"]) == (409, "phone")
    assert "was changed meanwhile" in answer.json()["title"]
    assert await harness.published(Vendor) == before


@pytest.mark.rule("SYS-3")
async def test_a_stale_copy_changes_its_own_fields_and_reverts_none_of_xeros(harness: ServiceHarness) -> None:
    await in_step(harness)
    etag = (await harness.get(PATH)).headers["ETag"]
    await harness.deliver((xero_contact(XERO_ID, **(SHARED | {"phone": "64-9-222"}), record_id=VENDOR_ID), 60))

    answer = await harness.put(PATH, {**WHOLE, "email": "b@acme.nz"}, etag)

    assert answer.status_code == 200
    assert await content(harness) == {**SHARED, "active": False, "phone": "64-9-222", "email": "b@acme.nz"}
    [_, update] = await harness.published(WriteIntent)
    assert update.body == ContactBody(**(SHARED | {"phone": "64-9-222", "email": "b@acme.nz"}))


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize("etag", ['"17"', "*", "W/x"])
async def test_a_state_that_never_was_is_refused(harness: ServiceHarness, etag: str) -> None:
    await in_step(harness)

    assert (await harness.put(PATH, {"name": "Acme Ltd"}, etag)).status_code == 409


@pytest.mark.rule("CONT-11")
async def test_a_name_that_is_xeros_is_refused_and_said_whose_it_is(harness: ServiceHarness) -> None:
    await in_step(harness)
    await harness.choose(1, contact_name_wins="xero")

    answer = await harness.change(PATH, {"name": "Here", "phone": "64-9-222"})

    assert (answer.status_code, answer.json()["field"]) == (409, "name")
    assert "is Xero's" in answer.json()["title"]
    assert await content(harness) == {**SHARED, "active": False}


@pytest.mark.rule("CONT-5")
@pytest.mark.parametrize("active", [True, False])
async def test_a_vendor_is_active_unless_it_is_said_otherwise_and_stays_as_it_was_said(
    harness: ServiceHarness, active: bool
) -> None:
    await harness.connect()
    new = (await harness.put(f"vendors/{uuid4()}", {"name": "New"})).json()
    await harness.put(PATH, {"name": "Acme", "active": active})

    renamed = (await harness.change(PATH, {"name": "Acme Ltd"})).json()

    assert (new["active"], renamed["active"]) == (True, active)
