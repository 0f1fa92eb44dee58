"""Which items Xero accepts, and what an item fills in on a line. Source: docs/xero.md 4.11."""

from collections.abc import Callable

from xero_sim.records.invoice import Invoice
from xero_sim.records.item import Item
from xero_sim.records.settings import Account
from xero_sim.wire import Json

CODE_MISSING = "The item code must be between 1 and 30 characters"
ASSET_ACCOUNT = "The InventoryAssetAccountCode of a tracked item must be an account of type INVENTORY"
COGS_MISSING = "A tracked item must have a COGSAccountCode of type DIRECTCOSTS in its PurchaseDetails"
STAYS_TRACKED = "An item with inventory transactions cannot be changed or deleted"
LENGTHS = {"Name": 50, "Description": 4000, "PurchaseDescription": 4000}


def code_taken(code: str) -> str:
    """The refusal of a second item with the same code."""
    return f"Price List Item with Code '{code}' already exists"


def refuse_item(item: Item, accounts: dict[str, Account]) -> list[str]:
    """Every reason why this item cannot be stored; `accounts` by lower-cased code."""
    problems = [] if 0 < len(item.Code) <= 30 else [CODE_MISSING]
    problems += [
        f"The {name} field must be less than or equal to {limit} characters"
        for name, limit in LENGTHS.items()
        if len(getattr(item, name) or "") > limit
    ]
    cogs = item.PurchaseDetails.COGSAccountCode
    named = (item.PurchaseDetails.AccountCode, item.SalesDetails.AccountCode, cogs, item.InventoryAssetAccountCode)
    problems += [
        f"Account code '{code}' is not a valid code for this document."
        for code in named
        if code and code.casefold() not in accounts
    ]
    if item.InventoryAssetAccountCode and not problems:
        if accounts[item.InventoryAssetAccountCode.casefold()].Type != "INVENTORY":
            problems.append(ASSET_ACCOUNT)
        if not cogs or accounts[cogs.casefold()].Type != "DIRECTCOSTS":
            problems.append(COGS_MISSING)
    return problems


def refuse_untracking(old: Item, new: Item | None) -> str | None:
    """Why a tracked item with transactions cannot be deleted (`new` is None) or tracked elsewhere, or None."""
    moved = bool(old.Bought or old.Sold)
    stays = new is not None and new.InventoryAssetAccountCode == old.InventoryAssetAccountCode
    return STAYS_TRACKED if moved and not stays else None


def fill_line(item: Item, sent: Json, *, is_bill: bool) -> Json:
    """A sent line, in which missing fields are filled in from its item."""
    details = item.PurchaseDetails if is_bill else item.SalesDetails
    description = item.PurchaseDescription if is_bill else item.Description
    usual = {
        "Description": description or item.Name or item.Code,
        "UnitAmount": None if sent.get("LineAmount") is not None else details.UnitPrice,
        "AccountCode": item.InventoryAssetAccountCode if is_bill and item.IsTrackedAsInventory else details.AccountCode,
        "TaxType": details.TaxType,
    }
    return {
        **{name: value for name, value in usual.items() if value is not None},
        **{name: value for name, value in sent.items() if value is not None},
    }


def move_stock(item_of: Callable[[str | None], Item | None], invoice: Invoice | None, sign: int) -> None:
    """Add the lines of an approved document to the stock, or (`sign` -1) remove them. UpdatedDateUTC stays."""
    if invoice is None or invoice.Status not in ("AUTHORISED", "PAID"):
        return
    for line in invoice.LineItems:
        item = item_of(line.ItemCode)
        if item is None or not item.IsTrackedAsInventory or line.Quantity is None:
            continue
        if invoice.is_bill:
            item.Bought += sign * line.Quantity
            item.Spent += sign * line.LineAmount
        else:
            item.Sold += sign * line.Quantity
