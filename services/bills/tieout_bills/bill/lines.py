"""Matches a bill's lines with Xero's lines (BILL-8, MAP-9)."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from tieout_bills.bill import tax
from tieout_kit.sync import Facts
from tieout_schemas.platform import AccountFrom, Bill, BillLine
from tieout_schemas.xero import XeroInvoice, XeroLine

IsMatch = Callable[[BillLine, BillLine], bool]


def lines_of(seen: XeroInvoice, facts: Facts) -> tuple[BillLine, ...]:
    """Xero's lines as our lines. A tax that Xero computed is left out, one that somebody entered there is taken in."""
    rates = tax.rates_of(facts)
    return tuple(line_of(line, tax.set_by_hand(line, seen.line_amount_types, rates)) for line in seen.lines)


def line_of(seen: XeroLine, tax_amount: Decimal | None = None) -> BillLine:
    """Xero's line as our line, without Xero's computed amounts. `tax_amount`: its tax, if somebody entered it."""
    return BillLine(
        description=seen.description,
        quantity=Decimal(1) if seen.quantity is None else seen.quantity,
        unit_amount=seen.line_amount if seen.unit_amount is None else seen.unit_amount,
        account_code=seen.account_code,
        account_xero_id=seen.account_xero_id,
        tax_type=seen.tax_type,
        tax_amount=tax_amount,
        tracking=seen.tracking,
        xero_line_id=seen.xero_line_id,
    )


def match_lines(
    lines: Sequence[BillLine], others: Sequence[BillLine], *tests: IsMatch
) -> tuple[list[BillLine | None], list[BillLine]]:
    """The match of each line among the others, and the others without a match. The most reliable test comes first."""
    left, found = list(others), dict[int, BillLine]()
    for is_match in tests:
        for i, line in enumerate(lines):
            match = next((each for each in left if is_match(line, each)), None) if i not in found else None
            if match:
                left.remove(match)
                found[i] = match
    return [found.get(i) for i in range(len(lines))], left


def same_id(ours: BillLine, theirs: BillLine) -> bool:
    """Whether both have the same id in Xero."""
    return ours.xero_line_id is not None and ours.xero_line_id == theirs.xero_line_id


def same_content(ours: BillLine, theirs: BillLine) -> bool:
    """Whether all compared fields are equal; the tax may be left open."""
    return _counts(ours)[:_UNTAXED] == _counts(theirs)[:_UNTAXED] and _same_tax(ours, theirs)


def same_line(ours: BillLine, theirs: BillLine) -> bool:
    """Whether Xero's line is as we want it. Xero fills in an account and a tax type that our line leaves open."""
    return (
        (ours.description, ours.quantity, ours.unit_amount) == (theirs.description, theirs.quantity, theirs.unit_amount)
        and _same_account(ours, theirs)
        and ours.tax_type in (None, "", theirs.tax_type)
        and _same_tax(ours, theirs)
        and set(ours.tracking) == set(theirs.tracking)
    )


def same_lines(ours: tuple[BillLine, ...], theirs: tuple[BillLine, ...]) -> bool:
    """Whether the lines are as we want them, in any order: an answer may list a new line before an old line."""
    found, _ = match_lines(ours, theirs, same_id, same_content, same_line)
    pairs = zip(ours, found, strict=True)
    return len(ours) == len(theirs) and all(
        match and same_line(line, match) and _is_taxed(line, match) for line, match in pairs
    )


def comparable_lines(lines: tuple[BillLine, ...]) -> list[Any]:
    """The compared fields of lines; without Xero's ids and without `account_from`."""
    return [_counts(line) for line in lines]


def learn(bill: Bill, before: Bill, seen: XeroInvoice) -> Bill:
    """The bill with Xero's line ids, so that the next update changes lines instead of replacing them (BILL-8). Lines
    that came from Xero keep our knowledge that their account is the tenant's default (MAP-9)."""
    lines = _with_line_ids(bill.lines, seen.lines)
    if bill.lines != before.lines:
        # A default account is known by its id (F28), and by its code too once Xero has shown it.
        default = {
            (line.xero_line_id, account)
            for line in before.lines
            if line.account_from is AccountFrom.DEFAULT
            for account in _names_of_account(line)
        }
        lines = tuple(
            line.replace(account_from=AccountFrom.DEFAULT)
            if any((line.xero_line_id, account) in default for account in _names_of_account(line))
            else line
            for line in lines
        )
    return bill if lines == bill.lines else bill.replace(lines=lines)


def _with_line_ids(ours: tuple[BillLine, ...], seen: tuple[XeroLine, ...]) -> tuple[BillLine, ...]:
    """A line keeps its id as long as Xero has a line with this id. A line without an id takes the id of the line with
    the same content, or else of the line in the same position."""
    theirs = [line_of(line, line.tax_amount) for line in seen]
    found, left = match_lines(ours, theirs, same_id, same_content, same_line)
    if found.count(None) == len(left):
        found = [line or left.pop(0) for line in found]
    # Otherwise lines are being added or removed, and only the next answer shows which.
    pairs = zip(ours, found, strict=True)
    return tuple(line.replace(xero_line_id=match.xero_line_id if match else None) for line, match in pairs)


_UNTAXED = 6
"""The number of compared fields of a line whose tax is left open."""


def _counts(line: BillLine) -> tuple[object, ...]:
    counts = (
        line.description,
        _plain(line.quantity),
        _plain(line.unit_amount),
        line.account_code or line.account_xero_id,
        line.tax_type,
        line.tracking,
    )
    return counts if line.tax_amount is None else (*counts, _plain(line.tax_amount))


def _names_of_account(line: BillLine) -> list[object]:
    return [name for name in (line.account_xero_id, line.account_code) if name]


def _same_account(ours: BillLine, theirs: BillLine) -> bool:
    """Compared by code, or by Xero's id if the account has no code (F20)."""
    if ours.account_code:
        return ours.account_code == theirs.account_code
    return ours.account_xero_id in (None, theirs.account_xero_id)


def _same_tax(ours: BillLine, theirs: BillLine) -> bool:
    """A line that leaves its tax open takes the tax that it has in Xero (F22)."""
    return ours.tax_amount in (None, theirs.tax_amount)


def _is_taxed(ours: BillLine, theirs: BillLine) -> bool:
    """Whether the tax is entered on neither side, or the same on both. One that was entered in Xero is to come here."""
    return ours.tax_amount == theirs.tax_amount


def _plain(number: Decimal) -> str:
    """The number without trailing zeros: 1, 1.0 and 1.00 are equal."""
    return f"{number.normalize():f}"
