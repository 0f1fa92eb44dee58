"""What bills, sales invoices, credit notes and bank transactions share: currency, lines, totals, lock dates.

Source: docs/xero.md 3.6, 4.3; behaviours 40, 52, 53, 57, 58.
"""

from datetime import date
from decimal import Decimal
from typing import Protocol

from xero_sim.org import Org
from xero_sim.records.invoice import LineItem
from xero_sim.rules.lines import LineReader
from xero_sim.rules.locks import refuse_locked
from xero_sim.rules.totals import totals
from xero_sim.sent import Sent

LINE_AMOUNT_TYPES = ("Exclusive", "Inclusive", "NoTax")
NO_LINES = "One or more line items must be specified"
WRONG_TOTAL = "The {document} total does not equal the sum of the lines."
# If no rate is sent, a foreign currency has a fixed rate, because the simulator has no source of rates.
FIXED_RATES = {"USD": "0.61", "EUR": "0.56", "GBP": "0.48", "AUD": "0.92", "NZD": "1.09", "ZAR": "11.20"}


class Document(Protocol):
    """The fields that these functions read and set."""

    Date: date
    CurrencyCode: str
    CurrencyRate: Decimal
    LineAmountTypes: str
    LineItems: list[LineItem]
    SubTotal: Decimal
    TotalTax: Decimal
    Total: Decimal

    @property
    def is_bill(self) -> bool: ...


def merge_currency(org: Org, new: Document, sent: Sent) -> None:
    """Set the sent CurrencyCode and CurrencyRate. The rate of the base currency is always 1."""
    if (currency := sent.text("CurrencyCode")) is not None and currency.upper() != new.CurrencyCode:
        new.CurrencyCode = currency.upper()
        new.CurrencyRate = usual_rate(org, new.CurrencyCode)
    if (rate := sent.decimal("CurrencyRate")) is not None and new.CurrencyCode != org.profile.BaseCurrency:
        new.CurrencyRate = rate


def usual_rate(org: Org, currency: str) -> Decimal:
    """The rate if none is sent: units of this currency for one unit of the organisation's."""
    return Decimal("1" if currency == org.profile.BaseCurrency else FIXED_RATES.get(currency, "1.25"))


def merge_lines(
    org: Org, old: Document | None, new: Document, sent: Sent, unitdp: int, *, by_person: bool = False
) -> list[str]:
    """Set LineAmountTypes, the lines and the totals. Returns what is wrong with them."""
    if (kind := sent.one_of("LineAmountTypes", LINE_AMOUNT_TYPES)) is not None:
        new.LineAmountTypes = kind
    reader = LineReader(
        org,
        line_amount_types=new.LineAmountTypes,
        is_bill=new.is_bill,
        unitdp=unitdp,
        new_id=org.new_id,
        by_person=by_person,
    )
    # Xero's examples send `"LineItems": []` with other changes, and the lines stay: every document has lines.
    if lines := sent.parts("LineItems"):
        new.LineItems = reader.read(lines, old.LineItems if old else [])
    elif old and old.LineAmountTypes != new.LineAmountTypes:
        new.LineItems = reader.retax(old.LineItems)
    new.SubTotal, new.TotalTax, new.Total = totals(new.LineItems, new.LineAmountTypes)
    return reader.problems if new.LineItems else [*reader.problems, NO_LINES]


def refuse_document(
    org: Org, old: Document | None, new: Document, sent: Sent, *, document: str = "invoice"
) -> list[str]:
    """The reasons against the whole document: locked dates, a currency that is not enabled, a wrong total."""
    problems = []
    for day in {new.Date, old.Date if old else new.Date}:
        if lock := refuse_day(org, day):
            problems.append(lock)
    if new.CurrencyCode not in org.currencies:
        problems.append(f"Organisation is not subscribed to currency {new.CurrencyCode}")
    if (total := sent.decimal("Total")) is not None and total != new.Total:
        problems.append(WRONG_TOTAL.format(document=document))
    if new.Total < 0:
        problems.append("The document total must not be negative")
    return problems


def refuse_day(org: Org, day: date) -> str | None:
    """Why nothing can be written on this day, or None."""
    return refuse_locked(day, org.profile.PeriodLockDate, org.profile.EndOfYearLockDate)
