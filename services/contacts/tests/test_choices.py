"""What a tenant chose of its contacts: the fields that sync, and whose name stands (MAP-5, CONT-6, CONT-11)."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from tieout_contacts.rules.edit import edited
from tieout_contacts.rules.incoming import became, follow, linked
from tieout_contacts.rules.outgoing import body

from tieout_contacts import handlers
from tieout_contacts.model import Unlinked, VendorIn
from tieout_kit import tenants
from tieout_local.stage import Stage
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Sync, Vendor
from tieout_schemas.settings import Choices, TenantSettings
from tieout_schemas.writes import ContactBody, Outcome, WriteIntent, WriteResult
from tieout_schemas.xero import Address, ContactStatus, XeroContact

TENANT, X, V = uuid4(), uuid4(), uuid4()
ORIGIN = Origin(kind=OriginKind.USER, by="ana")
HERE: dict[str, Any] = {"email": "here@acme.nz", "phone": "64-9-111", "address": Address(city="Auckland")}
THERE: dict[str, Any] = {"email": "there@acme.nz", "phone": "64-9-222", "address": Address(city="Wellington")}
EMPTY: dict[str, Any] = {"email": "", "phone": "", "address": Address()}
STEP = Sync(desired=1, sent=1, acknowledged=1, xero_id=X, xero_sequence=5)
PENDING = STEP.model_copy(update={"desired": 2})


def vendor(sync: Sync = STEP, **more: Any) -> Vendor:
    return Vendor(id=V, sync=sync, origin=ORIGIN, **{"name": "Acme", **HERE, **more})


def seen(**more: Any) -> XeroContact:
    at = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    return XeroContact(xero_id=X, updated_at=at, **{"name": "Acme", "status": ContactStatus.ACTIVE, **THERE, **more})


def fields(one: Vendor | ContactBody) -> dict[str, Any]:
    return {name: getattr(one, name) for name in EMPTY}


@pytest.mark.rule("MAP-5")
@pytest.mark.rule("CONT-6")
@pytest.mark.parametrize("field", ["email", "phone", "address"])
def test_a_field_that_does_not_sync_stays_as_it_is_on_either_side(field: str) -> None:
    chosen = Choices.model_validate({f"contact_{field}": False})
    unlinked = Unlinked(TENANT, 6, True, seen())

    assert fields(body(vendor(), chosen)) == {**HERE, field: EMPTY[field]}
    assert fields(follow(vendor(), seen(), 6, ORIGIN, chosen)) == {**THERE, field: HERE[field]}
    assert fields(follow(vendor(PENDING, **EMPTY), seen(), 6, ORIGIN, chosen)) == {**THERE, field: EMPTY[field]}
    assert fields(linked(vendor(Sync(desired=1), **EMPTY), unlinked, ORIGIN, chosen)) == {**THERE, field: EMPTY[field]}
    assert fields(became(unlinked, ORIGIN, chosen)) == {**THERE, field: EMPTY[field]}


@pytest.mark.rule("MAP-5")
def test_a_change_of_what_does_not_sync_is_no_wish() -> None:
    wanted = VendorIn(name="Acme", email="here@acme.nz", phone="64-9-333")

    on, off = (edited(V, vendor(), wanted, ORIGIN, Choices(contact_phone=flag)) for flag in (True, False))

    assert (on.sync.desired, off.sync.desired, off.phone) == (2, 1, "64-9-333")


@pytest.mark.rule("CONT-11")
@pytest.mark.parametrize(
    ("wins", "sync", "sequence", "name"),
    [
        ("latest", STEP, 6, "There"),
        ("latest", PENDING, 6, "Here"),
        ("latest", STEP, 5, "Here"),
        ("latest", STEP, 4, "Here"),
        ("platform", STEP, 6, "Here"),
        ("platform", PENDING, 6, "Here"),
        ("xero", STEP, 6, "There"),
        ("xero", PENDING, 6, "There"),
        ("xero", STEP, 5, "There"),
        ("xero", STEP, 4, "Here"),
    ],
)
def test_a_name_changed_in_xero_comes_here_unless_ours_wins(wins: str, sync: Sync, sequence: int, name: str) -> None:
    chosen = Choices.model_validate({"contact_name_wins": wins})

    assert follow(vendor(sync, name="Here"), seen(name="There"), sequence, ORIGIN, chosen).name == name


@pytest.mark.rule("CONT-11")
@pytest.mark.parametrize(
    ("wins", "sync", "name", "desired"),
    [
        ("latest", STEP, "Acme Ltd", 2),
        ("platform", STEP, "Acme Ltd", 2),
        ("xero", STEP, "", 1),
        ("xero", Sync(desired=1), "Acme Ltd", 2),
    ],
    ids=["latest", "platform", "xero", "xero, not there yet"],
)
def test_a_name_changed_here_goes_to_xero_unless_xeros_wins(wins: str, sync: Sync, name: str, desired: int) -> None:
    chosen = Choices.model_validate({"contact_name_wins": wins})

    after = edited(V, vendor(sync), VendorIn(name="Acme Ltd"), ORIGIN, chosen)

    assert (body(after, chosen).name, after.sync.desired, after.name) == (name, desired, "Acme Ltd")


@pytest.mark.rule("CONT-11")
@pytest.mark.parametrize("wins", ["platform", "xero"])
def test_a_new_vendor_from_xero_has_its_name_there(wins: str) -> None:
    chosen = Choices.model_validate({"contact_name_wins": wins})

    assert became(Unlinked(TENANT, 6, True, seen(name="There")), ORIGIN, chosen).name == "There"


@pytest.mark.real
@pytest.mark.rule("MAP-5")
@pytest.mark.rule("CONT-11")
async def test_the_service_sends_and_takes_what_the_tenant_chose(stage: Stage) -> None:
    await stage.connect()
    chosen = TenantSettings(tenant_id=stage.tenant_id, version=3, contact_phone=False, contact_name_wins="platform")
    await stage.hear(tenants.settings_changed, (chosen, 1))
    wanted = {"name": "Acme", "email": "here@acme.nz", "phone": "64-9-111"}
    await stage.put(f"vendors/{V}", wanted)
    [intent] = await stage.said(WriteIntent)
    answer = WriteResult(
        intent_id=intent.intent_id, record=intent.record, effect="main", revision=1, attempt=1, outcome=Outcome.DONE, xero_id=X,
        snapshot_sequence=50,
    )  # fmt: skip
    await stage.hear(handlers.results_received, (answer, 1))

    await stage.hear(handlers.contacts_changed, (seen(name="There", record_id=V), 60))

    assert isinstance(intent.body, ContactBody)
    assert (intent.body.email, intent.body.phone) == ("here@acme.nz", "")
    last = (await stage.said(Vendor))[-1]
    assert (last.name, last.email, last.phone) == ("Acme", "there@acme.nz", "64-9-111")
    assert last.origin.settings_version == 3
