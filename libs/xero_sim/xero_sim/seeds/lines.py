"""Lines of seeded documents, created without the rules that check requests."""

import random
from collections.abc import Callable, Sequence
from decimal import Decimal

from xero_sim.org import Org
from xero_sim.records.invoice import LineItem
from xero_sim.rules.totals import line_amount, tax_amount

_THINGS = ("Monthly service", "Materials", "Delivery", "Call-out", "Hire of equipment", "Consulting hours",
           "Printing", "Licences", "Repairs", "Consumables")  # fmt: skip


def some_lines(
    org: Org,
    dice: random.Random,
    new_id: Callable[[], str],
    codes: Sequence[str],
    options: Sequence[Sequence[tuple[str, str]]],
) -> list[LineItem]:
    """One to three lines on these accounts, half of them tracked."""
    lines = []
    for _ in range(dice.randint(1, 3)):
        account = org.account_by_code[dice.choice(codes)]
        quantity, unit = Decimal(dice.randint(1, 12)), Decimal(dice.randint(500, 90_000)) / 100
        line = LineItem(new_id(), dice.choice(_THINGS), quantity, unit, line_amount(quantity, unit), account.Code)
        line.TaxType = account.TaxType
        line.TaxAmount = tax_amount(line.LineAmount, org.tax_rates[account.TaxType].EffectiveRate, "Exclusive")
        if options and dice.random() < 0.5:
            line.Tracking = [dice.choice(each) for each in options if each]
        lines.append(line)
    return lines


def tracking_options(org: Org) -> list[list[tuple[str, str]]]:
    """The pairs of category and option a line may have, category by category."""
    return [[(c.TrackingCategoryID, o.TrackingOptionID) for o in c.Options] for c in org.tracking.values()]
