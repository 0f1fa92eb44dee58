"""Tax rates: the accounts that they apply to, and which user-defined ones Xero accepts. Source: docs/xero.md 4.9."""

from collections.abc import Iterable
from decimal import Decimal

from xero_sim.money import round4
from xero_sim.records.settings import TaxRate

SYSTEM_RATE = "System tax rates cannot be changed"
NO_COMPONENTS = "A tax rate must have at least one component"
NAME_TAKEN = "A tax rate with this name already exists"
NAME_MISSING = "The tax rate name must be specified"
TWO_COMPOUND = "A tax rate can have at most one compound component"


CLASSES = {"A": "Assets", "Q": "Equity", "E": "Expenses", "L": "Liabilities", "R": "Revenue"}
"""The classes of accounts by their letters in seeds/countries.py."""


def apply(rate: TaxRate, letters: str) -> None:
    """Set the classes of accounts that a rate can be used with."""
    for letter, name in CLASSES.items():
        setattr(rate, f"CanApplyTo{name}", letter in letters)


def letters_of(report: str) -> str:
    """The letters of the classes for this ReportTaxType: no revenue for input tax, no expenses for output tax."""
    if "OUTPUT" in report:
        return "AQLR"
    return "AQEL" if "INPUT" in report else "AQELR"


def applies_to(rate: TaxRate, account_class: str) -> bool:
    """Whether a line on an account of this class, such as EXPENSE, can have this rate."""
    name = next(name for name in CLASSES.values() if name.upper().startswith(account_class[:5]))
    return bool(getattr(rate, f"CanApplyTo{name}"))


def effective_rate(components: Iterable[tuple[str, Decimal, bool]]) -> Decimal:
    """The rate in per cent. The compound component is charged on the amount and on the tax of the others."""
    parts = list(components)
    plain = sum((rate for _, rate, compound in parts if not compound), Decimal(0))
    compounded = sum((rate for _, rate, compound in parts if compound), Decimal(0))
    return round4(plain + compounded * (100 + plain) / 100)


def refuse_rate(old: TaxRate | None, new: TaxRate, rates: Iterable[TaxRate]) -> list[str]:
    """Every reason why this rate cannot be stored."""
    if old is not None and not old.TaxType.startswith("TAX"):
        return [SYSTEM_RATE]
    problems = [] if new.Name else [NAME_MISSING]
    if not new.Components:
        problems.append(NO_COMPONENTS)
    if sum(compound for _, _, compound in new.Components) > 1:
        problems.append(TWO_COMPOUND)
    others = (rate for rate in rates if rate.TaxType != new.TaxType and rate.Status == "ACTIVE")
    if any(rate.Name.casefold() == new.Name.casefold() for rate in others):
        problems.append(NAME_TAKEN)
    return problems
