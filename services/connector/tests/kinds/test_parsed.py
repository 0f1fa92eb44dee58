"""What is read of each record, from Xero's JSON as its lists show it."""

from typing import Any

import pytest

from tieout_connector.kinds import RECORDS
from tieout_connector.xero.models import Json
from tieout_connector.xero.parsing import Unreadable

ID, OTHER = "b5c7f3a0-0000-4000-8000-000000000001", "b5c7f3a0-0000-4000-8000-000000000002"
READ = {record.resource.name: record.read for record in RECORDS}

ORGANISATION: Json = {
    "OrganisationID": ID, "Name": "Kauri Ltd", "OrganisationStatus": "ACTIVE", "BaseCurrency": "NZD",
    "CountryCode": "NZ", "Version": "NZ", "Timezone": "NEWZEALANDSTANDARDTIME", "ShortCode": "!abc",
    "PeriodLockDate": "/Date(1774915200000+0000)/",
}  # fmt: skip
ITEM: Json = {
    "ItemID": ID, "Code": "NAIL", "Name": "Nail", "Description": "A long nail", "IsPurchased": True, "IsSold": False,
    "PurchaseDetails": {"UnitPrice": 0.1234, "AccountCode": "300", "TaxType": "INPUT2"}, "SalesDetails": {},
}  # fmt: skip
GROUP: Json = {"ContactGroupID": ID, "Name": "Sync to Kea Vendors", "Status": "ACTIVE"}


@pytest.mark.parametrize(
    ("resource", "raw", "shown"),
    [
        (
            "Organisation",
            ORGANISATION,
            {"base_currency": "NZD", "country": "NZ", "edition": "NZ", "period_lock_date": "2026-03-31",
             "end_of_year_lock_date": None, "active": True},
        ),
        ("Currencies", {"Code": "USD", "Description": "US Dollar"}, {"code": "USD", "name": "US Dollar"}),
        (
            "Items",
            ITEM,
            {"code": "NAIL", "purchased": True, "sold": False,
             "purchase": {"unit_price": "0.1234", "account_code": "300", "tax_type": "INPUT2"},
             "sale": {"unit_price": None, "account_code": "", "tax_type": ""}},
        ),
        ("Items", {"ItemID": ID, "Code": "NAIL"}, {"name": "", "purchased": True, "sold": True, "active": True}),
        ("ContactGroups", GROUP, {"name": "Sync to Kea Vendors", "active": True, "members": None}),
        (
            "ContactGroups",
            {**GROUP, "Contacts": [{"ContactID": OTHER}, {"ContactID": ID}]},
            {"members": [ID, OTHER]},
        ),
        ("ContactGroups", {**GROUP, "Status": "DELETED", "Contacts": []}, {"active": False, "members": []}),
    ],
)  # fmt: skip
def test_a_record_is_read_with_what_the_rules_need(resource: str, raw: Json, shown: dict[str, Any]) -> None:
    read = READ[resource](raw).model_dump(mode="json")

    assert {name: read[name] for name in shown} == shown


@pytest.mark.field("F09")
@pytest.mark.parametrize(
    ("resource", "raw", "wrong"),
    [
        ("Organisation", {**ORGANISATION, "BaseCurrency": None}, "BaseCurrency is missing"),
        ("Organisation", {**ORGANISATION, "PeriodLockDate": "soon"}, "PeriodLockDate cannot be read"),
        ("Currencies", {"Description": "US Dollar"}, "Code is missing"),
        ("Items", {**ITEM, "PurchaseDetails": {"UnitPrice": "much"}}, "PurchaseDetails.UnitPrice cannot be read"),
        ("ContactGroups", {**GROUP, "Contacts": [{}]}, "ContactID of contact 1 is missing"),
    ],
)
def test_what_cannot_be_read_is_named(resource: str, raw: Json, wrong: str) -> None:
    with pytest.raises(Unreadable, match=wrong):
        READ[resource](raw)
