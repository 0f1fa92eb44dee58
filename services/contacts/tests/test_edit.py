"""A vendor made or changed on the platform, and when it goes to Xero."""

from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError
from tieout_contacts.rules.edit import edited
from tieout_contacts.rules.outgoing import verdict

from tieout_contacts.model import VendorIn
from tieout_kit.sync import Hold, Send, Stay
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Connection, ConnectionState, Vendor
from tieout_schemas.reasons import Reason
from tieout_schemas.settings import TenantSettings
from tieout_schemas.writes import ContactBody, Lane
from tieout_schemas.xero import Address

TENANT, V = uuid4(), uuid4()
ANY = TenantSettings(tenant_id=TENANT)
ORIGIN = Origin(kind=OriginKind.USER, by="ana", rule="CONT-5")


def wanted(**more: Any) -> VendorIn:
    return VendorIn.model_validate({"name": "Acme", "email": "a@acme.nz", **more})


def vendor(**more: Any) -> Vendor:
    return edited(V, None, wanted(**more), ORIGIN, ANY)


def connection(state: ConnectionState) -> Connection:
    return Connection(tenant_id=TENANT, state=state)


@pytest.mark.rule("CONT-5")
@pytest.mark.parametrize(
    ("change", "revision"),
    [
        ({}, 1),
        ({"email": ""}, 1),
        ({"name": "Acme Ltd"}, 2),
        ({"phone": "64-9-1234567"}, 2),
        ({"address": {"city": "Auckland"}}, 2),
        ({"account_number": "A-7"}, 2),
        ({"active": False}, 1),
    ],
    ids=str,
)
def test_only_what_xero_would_see_is_wished_for(change: dict[str, Any], revision: int) -> None:
    assert edited(V, vendor(), wanted(**change), ORIGIN, ANY).sync.desired == revision


@pytest.mark.rule("CONT-5")
def test_the_same_request_again_changes_nothing() -> None:
    once = vendor(address={"lines": ["1 Queen St"], "city": "Auckland"})

    assert edited(V, once, wanted(address={"lines": ["1 Queen St"], "city": "Auckland"}), ORIGIN, ANY) is once


@pytest.mark.rule("CONT-10")
def test_an_account_number_taken_from_xero_outlives_a_request_without_one() -> None:
    before = vendor().model_copy(update={"account_number": "A-7"})

    assert edited(V, before, wanted(), ORIGIN, ANY) is before


@pytest.mark.rule("CONT-5")
@pytest.mark.parametrize(
    ("one", "connected", "expected"),
    [
        (
            vendor(),
            connection(ConnectionState.CONNECTED),
            Send(ContactBody(name="Acme", email="a@acme.nz"), Lane.WRITE),
        ),
        (vendor(), connection(ConnectionState.MAPPING), Hold(Reason.NOT_CONNECTED, {"kind": "vendor"})),
        (
            vendor().model_copy(update={"archived_in_xero": True}),
            connection(ConnectionState.CONNECTED),
            Stay(),
        ),
    ],
    ids=["connected", "not connected", "archived"],
)
def test_when_a_vendor_goes_to_xero(one: Vendor, connected: Connection, expected: Send | Hold | Stay) -> None:
    assert verdict(one, connected, ANY) == expected


def test_the_whole_vendor_goes_to_xero() -> None:
    one = vendor(phone="64-9-1234567", address={"city": "Auckland"}, account_number="A-7")

    assert verdict(one, connection(ConnectionState.CONNECTED), ANY) == Send(
        ContactBody(
            name="Acme",
            email="a@acme.nz",
            phone="64-9-1234567",
            address=Address(city="Auckland"),
            account_number="A-7",
        )
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", " Acme"),
        ("name", "Acme "),
        ("name", "Acme  Ltd"),
        ("name", "Acme <Ltd>"),
        ("name", "Acme\x00"),
        ("name", "A" * 256),
        ("email", "not an address"),
        ("phone", "1" * 51),
        ("account_number", "A\n7"),
        ("address", {"lines": ["1", "2", "3", "4", "5"]}),
        ("address", {"street": "1 Queen St"}),
        ("groups", []),
    ],
)
def test_what_xero_would_refuse_is_refused_here(field: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=field):
        wanted(**{field: value})


@pytest.mark.parametrize("name", ["A", "Acme Ltd", "Écrou & Fils, S.A. (NZ)", "A" * 255])
def test_names_that_xero_takes_are_taken(name: str) -> None:
    assert wanted(name=name).name == name
