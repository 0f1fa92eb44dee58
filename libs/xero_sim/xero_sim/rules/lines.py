"""Merges sent line items into the stored lines. Source: docs/xero.md 4.3, behaviours 40, 53, 58, 77."""

from collections.abc import Callable
from copy import copy
from decimal import Decimal
from typing import Protocol

from xero_sim.ids import canonical
from xero_sim.money import ZERO, round2, round4
from xero_sim.records.invoice import LineItem
from xero_sim.records.item import Item
from xero_sim.records.settings import Account, TaxRate, TrackingCategory
from xero_sim.rules.item import fill_line
from xero_sim.rules.tax_rate import applies_to
from xero_sim.rules.totals import line_amount, tax_amount
from xero_sim.sent import Sent
from xero_sim.table import Table

TOO_MUCH_TRACKING = "A line item can have at most 2 tracking categories"
DESCRIPTION_MISSING = "Description cannot be null or empty"
DISCOUNT_ON_BILL = "Discounts can only be applied to accounts receivable documents"


class Chart(Protocol):
    """The records that lines refer to."""

    accounts: Table[Account]
    tax_rates: dict[str, TaxRate]
    tracking: dict[str, TrackingCategory]

    def account(self, code: str | None) -> Account | None: ...

    def item(self, code: str | None) -> Item | None: ...


class LineReader:
    """Reads the lines of one document; `problems` collects what is wrong with them."""

    def __init__(
        self,
        chart: Chart,
        *,
        line_amount_types: str,
        is_bill: bool,
        unitdp: int,
        new_id: Callable[[], str],
        by_person: bool = False,
    ) -> None:
        self.chart = chart
        self.by_person = by_person
        self.line_amount_types = line_amount_types
        self.is_bill = is_bill
        self.round_unit = round4 if unitdp == 4 else round2
        self.new_id = new_id
        self.problems: list[str] = []

    def read(self, sent: list[Sent], old: list[LineItem]) -> list[LineItem]:
        """The new lines. A line with a known LineItemID changes that line, any other one is new.

        Old lines that were not sent are removed.
        """
        known = {line.LineItemID: line for line in old}
        return [self._line(each, known.get(canonical(each.text("LineItemID") or ""))) for each in sent]

    def retax(self, old: list[LineItem]) -> list[LineItem]:
        """The same lines, with their tax computed again after LineAmountTypes changed."""
        lines = [copy(line) for line in old]
        for line in lines:
            line.TaxAmount = self._tax(line)
        return lines

    def _line(self, sent: Sent, old: LineItem | None) -> LineItem:
        line = copy(old) if old else LineItem(self.new_id())
        sent = self._from_item(sent, old)
        if (description := sent.text("Description")) is not None:
            line.Description = description
        if (item_code := sent.text("ItemCode")) is not None:
            line.ItemCode = item_code
        if not line.Description and not line.ItemCode and not (self.by_person or (old and not old.Description)):
            # A person in Xero may leave out the description, and a line that had none may stay without.
            self.problems.append(DESCRIPTION_MISSING)
        if len(line.Description or "") > 4000:
            self.problems.append("The Description field must be less than or equal to 4000 characters")
        self._discount(line, sent)
        amount_before = line.LineAmount
        self._amounts(line, sent)
        self._account_and_tax(line, sent)
        if (tax := sent.decimal("TaxAmount")) is not None and self.line_amount_types != "NoTax":
            line.TaxAmount = round2(tax)
        elif old is None or line.LineAmount != amount_before or line.TaxType != old.TaxType:
            line.TaxAmount = self._tax(line)
        if (tracking := sent.parts("Tracking")) is not None:
            line.Tracking = self._tracking(tracking)
        return line

    def _from_item(self, sent: Sent, old: LineItem | None) -> Sent:
        """The line, in which missing fields are filled in from its item, if it did not have this item before."""
        code = sent.text("ItemCode")
        if not code or (old is not None and old.ItemCode == code):
            return sent
        item = self.chart.item(code)
        if item is None:
            self.problems.append(f"Item code '{code}' is not valid")
            return sent
        return Sent(fill_line(item, sent.form, is_bill=self.is_bill), sent.path)

    def _discount(self, line: LineItem, sent: Sent) -> None:
        rate, amount = sent.decimal("DiscountRate"), sent.decimal("DiscountAmount")
        if self.is_bill and (rate or amount):
            self.problems.append(DISCOUNT_ON_BILL)
        elif rate is not None:
            line.DiscountRate, line.DiscountAmount = rate, None
        elif amount is not None:
            line.DiscountRate, line.DiscountAmount = None, amount

    def _amounts(self, line: LineItem, sent: Sent) -> None:
        quantity, unit, amount = (sent.decimal(name) for name in ("Quantity", "UnitAmount", "LineAmount"))
        quantity = round4(quantity) if quantity is not None else None
        unit = self.round_unit(unit) if unit is not None else None
        if amount is not None:
            amount = round2(amount)
            if quantity is None and unit is None:
                quantity, unit = Decimal(1), self.round_unit(amount)
            elif unit is None:
                unit = self.round_unit(amount / quantity) if quantity else self.round_unit(ZERO)
            elif quantity is None:
                quantity = round4(amount / unit) if unit else Decimal(1)
            else:
                expected = line_amount(quantity, unit, line.DiscountRate, line.DiscountAmount)
                if amount != expected:
                    self.problems.append(f"The line total {amount} does not match the expected line total {expected}")
            line.Quantity, line.UnitAmount, line.LineAmount = quantity, unit, amount
            return
        line.Quantity = quantity if quantity is not None else line.Quantity
        line.UnitAmount = unit if unit is not None else line.UnitAmount
        if line.UnitAmount is not None:
            line.Quantity = line.Quantity if line.Quantity is not None else Decimal(1)
            line.LineAmount = line_amount(line.Quantity, line.UnitAmount, line.DiscountRate, line.DiscountAmount)

    def _account_and_tax(self, line: LineItem, sent: Sent) -> None:
        code, key = sent.text("AccountCode"), sent.text("AccountID")
        if code or key:
            account = self.chart.accounts.get(key) if key else self.chart.account(code)
            named = (account.Code if account else "") or code or key or ""
            if problem := refuse_account(named, account, self.chart.item(line.ItemCode)):
                self.problems.append(problem)
            before = (line.AccountCode, line.AccountID)
            no_code = account is not None and not account.Code
            line.AccountCode, line.AccountID = (None, account.AccountID) if account and no_code else (named, None)
            if account is not None and (line.TaxType is None or before != (line.AccountCode, line.AccountID)):
                line.TaxType = account.TaxType
        if tax_type := sent.text("TaxType"):
            rate = self.chart.tax_rates.get(tax_type.upper())
            account = self.chart.account(line.AccountCode) or self.chart.accounts.get(line.AccountID or "")
            if rate is None or rate.Status != "ACTIVE" or (account and not applies_to(rate, account.Class)):
                self.problems.append(
                    f"The TaxType code '{tax_type}' cannot be used with account code '{line.AccountCode}'."
                )
            line.TaxType = tax_type.upper()

    def _tax(self, line: LineItem) -> Decimal:
        rate = self.chart.tax_rates.get(line.TaxType or "")
        return tax_amount(line.LineAmount, rate.EffectiveRate if rate else ZERO, self.line_amount_types)

    def _tracking(self, sent: list[Sent]) -> list[tuple[str, str]]:
        if len(sent) > 2:
            self.problems.append(TOO_MUCH_TRACKING)
        pairs = []
        for each in sent:
            pair = find_option(self.chart.tracking, each)
            if pair is None:
                shown = each.text("Option") or each.text("TrackingOptionID")
                self.problems.append(f"The tracking option '{shown}' could not be found")
            else:
                pairs.append(pair)
        return pairs


def refuse_account(code: str, account: Account | None, item: Item | None) -> str | None:
    """Why a line cannot be posted to this account, or None (behaviour 58). A stock account needs its tracked item."""
    stock = item is not None and item.InventoryAssetAccountCode == code
    if account is None or account.Type == "BANK" or (account.Type == "INVENTORY" and not stock):
        return f"Account code '{code}' is not a valid code for this document."
    if account.SystemAccount in ("DEBTORS", "CREDITORS"):
        return f"Account code '{code}' is not a valid code for this document."
    if account.Status != "ACTIVE":
        return (
            f"Account code '{code}' has been archived, or has been deleted. "
            "Each line item must reference a valid account."
        )
    return None


def refuse_to_authorise(lines: list[LineItem]) -> list[str]:
    """What the lines still need before their document can be approved."""
    problems = []
    for line in lines:
        if line.UnitAmount is not None and not line.AccountCode and not line.AccountID:
            problems.append("Account code must be specified")
        elif line.UnitAmount is not None and not line.TaxType:
            problems.append("Tax type must be specified")
    return problems


def find_option(categories: dict[str, TrackingCategory], sent: Sent) -> tuple[str, str] | None:
    """The ids of the active category and option that are named by ids or by names; None if there is none."""
    category_id = canonical(sent.text("TrackingCategoryID") or "")
    option_id = canonical(sent.text("TrackingOptionID") or "")
    category_name, option_name = (sent.text("Name") or "").casefold(), (sent.text("Option") or "").casefold()
    for category in categories.values():
        named = category.TrackingCategoryID == category_id if category_id else True
        if not named or (category_name and not category_id and category.Name.casefold() != category_name):
            continue
        for option in category.Options:
            wanted = option.TrackingOptionID == option_id if option_id else option.Name.casefold() == option_name
            if wanted and option.Status == "ACTIVE" and category.Status == "ACTIVE":
                return category.TrackingCategoryID, option.TrackingOptionID
    return None
