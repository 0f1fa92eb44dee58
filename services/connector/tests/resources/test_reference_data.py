"""What records refer to: accounts, tax rates, tracking, items, the organisation."""

import datetime as dt
from decimal import Decimal

from tieout_connector.xero.accounts import ACCOUNTS, AccountForm
from tieout_connector.xero.currencies import CURRENCIES, CurrencyForm
from tieout_connector.xero.items import ITEMS, ItemForm, PriceForm
from tieout_connector.xero.organisation import ACTIONS, ORGANISATION
from tieout_connector.xero.tax_rates import TAX_RATES, TaxComponentForm, TaxRateForm
from tieout_connector.xero.tracking import TRACKING_CATEGORIES, TrackingForm, options_of
from tieout_testing.connector import AtXero


async def test_an_account_is_made_changed_and_deleted(xero: AtXero) -> None:
    made = await xero.create(ACCOUNTS, AccountForm(code="455", name="Cards", type="EXPENSE", tax_type="INPUT2"))

    changed = await xero.update(ACCOUNTS, AccountForm(enable_payments_to_account=True), made.xero_id)
    read = await xero.one(ACCOUNTS, made.xero_id)
    (gone,) = ACCOUNTS.rows(await xero.delete(ACCOUNTS, made.xero_id))

    assert (made.code, made.takes_payments, changed.takes_payments) == ("455", False, True)
    assert (read, gone.active) == (changed, False)


async def test_a_bank_account_is_made_and_its_number_is_shown_nowhere(xero: AtXero) -> None:
    form = AccountForm(code="099", name="Second", type="BANK", bank_account_number="01-0123-0123456-00")

    made = await xero.create(ACCOUNTS, form)

    assert made.takes_payments
    assert "0123456" not in repr(form) + str(form) + repr(made)


async def test_a_tax_rate_is_made_and_ended(xero: AtXero) -> None:
    parts = (TaxComponentForm(name="Levy", rate=Decimal("2.25")),)
    made = await xero.create(TAX_RATES, TaxRateForm(name="Levy", tax_components=parts, report_tax_type="INPUT"))

    read = await xero.one(TAX_RATES, made.code)
    ended = await xero.update(TAX_RATES, TaxRateForm(name="Levy", tax_components=parts, status="DELETED"))

    assert (read.rate, read.active, ended.active) == (Decimal("2.25"), True, False)
    assert "INPUT2" in [rate.code for rate in await xero.all(TAX_RATES)]


async def test_a_tracking_category_gets_options_and_both_are_ended(xero: AtXero) -> None:
    for category in await xero.all(TRACKING_CATEGORIES):
        await xero.delete(TRACKING_CATEGORIES, category.code)
    made = await xero.create(TRACKING_CATEGORIES, TrackingForm(name="Project"))
    options = options_of(made.code)

    option = await xero.create(options, TrackingForm(name="Roof"))
    assert option.xero_id
    renamed = await xero.update(options, TrackingForm(name="New roof"), option.xero_id)
    read = await xero.one(TRACKING_CATEGORIES, made.code)
    (gone,) = options.rows(await xero.delete(options, option.xero_id))
    archived = await xero.update(TRACKING_CATEGORIES, TrackingForm(status="ARCHIVED"), made.code)

    assert (renamed.name, read.name, read.options) == ("New roof", "Project", ("New roof",))
    assert (gone.status, archived.active) == ("DELETED", False)


async def test_an_item_is_made_changed_and_deleted(xero: AtXero) -> None:
    price = PriceForm(unit_price=Decimal("0.1234"), account_code="300", tax_type="INPUT2")
    made = await xero.create(ITEMS, ItemForm(code="NAIL", name="Nail", purchase_details=price))

    changed = await xero.update(ITEMS, ItemForm(item_id=made.xero_id, code="NAIL", description="A long nail"))
    read = await xero.one(ITEMS, "NAIL")
    gone = await xero.delete(ITEMS, made.xero_id)

    assert (read.xero_id, read.description, str(read.purchase.unit_price)) == (made.xero_id, "A long nail", "0.1234")
    assert (changed.code, gone, await xero.all(ITEMS)) == ("NAIL", {}, [])


async def test_the_organisation_its_actions_and_currencies_are_read(xero: AtXero) -> None:
    await xero.control.act(xero.org_id, "set_lock_dates", PeriodLockDate="2026-03-31")

    (organisation,) = await xero.all(ORGANISATION)
    actions = {action.name: action.allowed for action in await xero.all(ACTIONS)}
    added = await xero.create(CURRENCIES, CurrencyForm(code="AUD"))

    assert (organisation.name, organisation.base_currency) == ("Kauri Ltd", "NZD")
    assert organisation.period_lock_date == dt.date(2026, 3, 31)
    assert actions["CreateApprovedBill"]
    assert added.code == "AUD"
    assert {"NZD", "USD", "AUD"} <= {currency.code for currency in await xero.all(CURRENCIES)}
