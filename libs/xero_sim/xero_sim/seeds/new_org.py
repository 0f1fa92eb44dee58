"""A new organisation: its accounts, tax rates, and the tracking categories Location and Department."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from zoneinfo import ZoneInfo

from xero_sim.clock import Clock
from xero_sim.ids import Ids
from xero_sim.org import Org
from xero_sim.records.change import Change
from xero_sim.records.organisation import Profile
from xero_sim.records.settings import Account, TaxRate, TrackingCategory, TrackingOption
from xero_sim.rules.tax_rate import apply
from xero_sim.seeds.charts import TRACKING, chart_of
from xero_sim.seeds.countries import COUNTRIES, CURRENCY_NAMES


def new_org(
    clock: Clock,
    announce: Callable[[Change], None],
    *,
    name: str,
    country: str = "NZ",
    currency: str | None = None,
    tenant_id: str | None = None,
    currencies: Iterable[str] = (),
) -> Org:
    """An organisation on its first day. Raises KeyError for a country without a chart of accounts.

    The ids of its records depend only on its tenant id, so the same tenant is the same organisation each time.
    """
    place = COUNTRIES[country]
    tenant_id = tenant_id or Ids()()
    ids = Ids(seed=f"org:{tenant_id}")
    base = currency or place.currency
    profile = Profile(
        Name=name,
        CountryCode=place.code,
        BaseCurrency=base,
        Timezone=place.timezone,
        Zone=ZoneInfo(place.zone),
        ShortCode=f"!{tenant_id[:5]}",
        CreatedDateUTC=clock.now_ms(),
        Country=country,
    )
    org = Org(tenant_id, profile, clock, Ids(), announce=announce)
    org.currencies = {code: CURRENCY_NAMES.get(code, code) for code in (base, *currencies)}
    for status, rates in (("ACTIVE", place.rates), ("DELETED", place.deleted_rates)):
        for tax_type, rate_name, per_cent, report, classes in rates:
            rate = TaxRate(tax_type, rate_name, Decimal(per_cent), report, status)
            rate.Components = [(place.component, rate.EffectiveRate, False)]
            apply(rate, classes)
            org.tax_rates[tax_type] = rate
    usual = {"E": place.expense_tax, "S": place.sales_tax, "N": place.no_tax}
    for line in chart_of(country, place.tax_account):
        account = Account(ids(), line.code, line.name, line.type, TaxType=usual[line.tax])
        account.SystemAccount, account.EnablePaymentsToAccount = line.system, line.payments
        if line.type == "BANK":
            account.BankAccountType, account.CurrencyCode = "BANK", base
            account.BankAccountNumber = f"0101010{line.code}0000"
        org.save_account(account)
    for category, options in TRACKING:
        made = TrackingCategory(ids(), category, Options=[TrackingOption(ids(), option) for option in options])
        org.tracking[made.TrackingCategoryID] = made
    return org
