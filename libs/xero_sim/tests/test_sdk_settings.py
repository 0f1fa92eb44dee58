"""Xero's own SDK on accounts, tax rates, tracking, items, currencies and the organisation."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from xero_python.accounting import (
    Account,
    Accounts,
    Currency,
    Item,
    Items,
    Purchase,
    TaxComponent,
    TaxRate,
    TaxRates,
    TrackingCategory,
    TrackingOption,
)
from xero_python.accounting.models import AccountType, CountryCode, CurrencyCode, TimeZone

from xero_sim.app_client import Xero

Sdk = Callable[..., Any]


def test_an_account_is_made_changed_archived_and_deleted(sdk: Sdk) -> None:
    sent = Account(code="498", name="Research", type=AccountType.EXPENSE, tax_type="INPUT2")

    (made,) = sdk("create_account", sent).accounts
    renamed = Accounts(accounts=[Account(name="Research and Development")])
    (changed,) = sdk("update_account", made.account_id, renamed).accounts
    archived = Accounts(accounts=[Account(status="ARCHIVED")])
    (ended,) = sdk("update_account", made.account_id, archived).accounts
    (deleted,) = sdk("delete_account", made.account_id).accounts

    assert (made.code, made.type, made._class, made.status) == ("498", AccountType.EXPENSE, "EXPENSE", "ACTIVE")
    assert isinstance(made.updated_date_utc, datetime)
    assert changed.name == "Research and Development"
    assert (ended.status, deleted.status) == ("ARCHIVED", "DELETED")


def test_the_chart_is_read_whole_and_by_filter(sdk: Sdk) -> None:
    chart = sdk("get_accounts").accounts
    banks = sdk("get_accounts", where='Type=="BANK"', order="Code ASC").accounts
    (one,) = sdk("get_account", banks[0].account_id).accounts

    assert {"200", "610", "800"} <= {each.code for each in chart}
    assert [(each.code, each.bank_account_type) for each in banks] == [("090", "BANK"), ("091", "BANK")]
    assert one.currency_code == CurrencyCode.NZD


def test_tax_rates_are_read(sdk: Sdk) -> None:
    rates = {rate.tax_type: rate for rate in sdk("get_tax_rates").tax_rates}
    (gst,) = sdk("get_tax_rate_by_tax_type", "INPUT2").tax_rates

    assert (gst.effective_rate, gst.status, gst.can_apply_to_expenses) == (15, "ACTIVE", True)
    assert gst.tax_components[0].rate == Decimal(15)
    assert rates["NONE"].effective_rate == 0


def test_a_tax_rate_is_made_and_deleted(sdk: Sdk) -> None:
    component = TaxComponent(name="GST", rate=Decimal("12.5"), is_compound=False)
    sent = TaxRate(name="Old GST", report_tax_type="INPUT", tax_components=[component])

    (made,) = sdk("create_tax_rates", TaxRates(tax_rates=[sent])).tax_rates
    end = TaxRates(tax_rates=[TaxRate(name="Old GST", tax_type=made.tax_type, status="DELETED")])
    (gone,) = sdk("update_tax_rate", end).tax_rates

    assert (made.tax_type, made.status, made.effective_rate) == ("TAX001", "ACTIVE", Decimal("12.5"))
    assert gone.status == "DELETED"


def test_tracking_goes_through_its_life(sdk: Sdk) -> None:
    location, department = sdk("get_tracking_categories").tracking_categories
    sdk("delete_tracking_category", department.tracking_category_id)

    (made,) = sdk("create_tracking_category", TrackingCategory(name="Project")).tracking_categories
    key = made.tracking_category_id
    (option,) = sdk("create_tracking_options", key, TrackingOption(name="Bridge")).options
    renamed = TrackingOption(name="Tunnel")
    (changed,) = sdk("update_tracking_options", key, option.tracking_option_id, renamed).options
    (read,) = sdk("get_tracking_category", key).tracking_categories
    (gone,) = sdk("delete_tracking_options", key, option.tracking_option_id).options
    archived = TrackingCategory(name="Project", status="ARCHIVED")
    (ended,) = sdk("update_tracking_category", key, archived).tracking_categories

    assert location.options
    assert [each.name for each in read.options] == [changed.name] == ["Tunnel"]
    assert (gone.status, ended.status) == ("DELETED", "ARCHIVED")
    every = sdk("get_tracking_categories", include_archived=True).tracking_categories
    assert {each.name for each in every} == {"Location", "Project"}


def test_an_item_is_made_changed_by_its_code_and_deleted(sdk: Sdk) -> None:
    price = Purchase(unit_price=Decimal("12.3456"), account_code="300", tax_type="INPUT2")
    sent = Item(code="BOLT-8", name="Bolt", is_purchased=True, purchase_details=price)

    (made,) = sdk("create_items", Items(items=[sent]), unitdp=4).items
    (changed,) = sdk("update_or_create_items", Items(items=[Item(code="BOLT-8", name="Bolt, 8 mm")])).items
    (read,) = sdk("get_item", made.item_id).items
    sdk("delete_item", made.item_id)

    assert made.purchase_details.unit_price == Decimal("12.3456")
    assert changed.item_id == made.item_id
    assert (read.name, read.is_tracked_as_inventory) == ("Bolt, 8 mm", False)
    assert isinstance(read.updated_date_utc, datetime)
    assert sdk("get_items").items == []


def test_a_currency_is_added(sdk: Sdk) -> None:
    (added,) = sdk("create_currency", Currency(code=CurrencyCode.EUR)).currencies

    assert added.code == CurrencyCode.EUR
    assert {each.code for each in sdk("get_currencies").currencies} == {CurrencyCode.NZD, CurrencyCode.EUR}


def test_the_organisation_says_what_may_be_done(sdk: Sdk) -> None:
    allowed = {action.name: action.status for action in sdk("get_organisation_actions").actions}

    assert allowed["CreateApprovedBill"] == "ALLOWED"
    assert set(allowed.values()) <= {"ALLOWED", "NOT-ALLOWED"}


@pytest.mark.parametrize(
    ("country", "currency", "code", "zone"),
    [
        ("NZ", CurrencyCode.NZD, CountryCode.NZ, TimeZone.NEWZEALANDSTANDARDTIME),
        ("AU", CurrencyCode.AUD, CountryCode.AU, TimeZone.AUSEASTERNSTANDARDTIME),
        ("UK", CurrencyCode.GBP, CountryCode.GB, TimeZone.GMTSTANDARDTIME),
        ("US", CurrencyCode.USD, CountryCode.US, TimeZone.EASTERNSTANDARDTIME),
        ("ZA", CurrencyCode.ZAR, CountryCode.ZA, TimeZone.SOUTHAFRICASTANDARDTIME),
    ],
)
async def test_every_countrys_organisation_chart_and_rates_are_parsed(
    sdk: Sdk, xero: Xero, country: str, currency: CurrencyCode, code: CountryCode, zone: TimeZone
) -> None:
    xero.tenant = await xero.control.create_org("Elsewhere Ltd", country=country)
    await xero.control.connect(xero.app.client_id, [xero.tenant])

    (organisation,) = sdk("get_organisations").organisations

    assert (organisation.base_currency, organisation.country_code) == (currency, code)
    assert organisation.timezone == zone
    assert organisation.period_lock_date is None
    assert sdk("get_accounts").accounts
    assert sdk("get_tax_rates").tax_rates
