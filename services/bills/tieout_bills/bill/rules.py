"""BILL-2, BILL-3, MAP-4, MAP-9: when a bill is sent to Xero."""

from tieout_kit.sync import Facts, Hold, Notice, Stay
from tieout_schemas.money import Money
from tieout_schemas.platform import AccountFrom, Bill, BillLine, BillStatus, Vendor
from tieout_schemas.reasons import Reason
from tieout_schemas.references import record, setting


def a_draft_stays_here(bill: Bill, _: Facts) -> Stay | None:
    """BILL-2. A draft is not sent."""
    return Stay() if bill.status is BillStatus.DRAFT else None


def only_approved_bills_are_sent(bill: Bill, facts: Facts) -> Stay | None:
    """BILL-3. Where the tenant chose so, a bill is sent only once it is approved."""
    if facts.settings.approved_only_bills and bill.status is not BillStatus.APPROVED:
        return Stay()
    return None


def an_approved_bill_needs_its_accounts(bill: Bill, _: Facts) -> Hold | None:
    """MAP-4. Xero accepts lines without an account until the bill is approved."""
    if bill.status is BillStatus.APPROVED and lacks_account(bill):
        on = setting("default_expense_account")
        return Hold(Reason.EXPENSE_ACCOUNT_NOT_CHOSEN, {"number": bill.number}, on)
    return None


def the_vendor_must_be_in_xero(bill: Bill, facts: Facts) -> Hold | None:
    """BILL-2. A bill in Xero needs the contact of its vendor."""
    vendor = facts.copy_of(Vendor, bill.vendor_id)
    if vendor is None or vendor.sync.xero_id is None:
        params = {"number": bill.number, "vendor_id": str(bill.vendor_id)}
        return Hold(Reason.VENDOR_NOT_IN_XERO, params, record(Vendor, bill.vendor_id))
    return None


def the_vendors_contact_must_be_in_use(bill: Bill, facts: Facts) -> Hold | None:
    """CONT-14, SYS-10. Xero takes no new bill for an archived contact, and a merged contact is one."""
    vendor = facts.copy_of(Vendor, bill.vendor_id)
    if vendor is None or not vendor.sync.gone_in_xero:
        return None
    reason = Reason.VENDOR_MERGED_IN_XERO if vendor.merged_to else Reason.VENDOR_ARCHIVED_IN_XERO
    if bill.sync.xero_id and reason is Reason.VENDOR_ARCHIVED_IN_XERO:
        # Xero still takes changes of a bill that it has.
        return None
    return Hold(reason, {"number": bill.number, "vendor": vendor.name}, record(Vendor, vendor.id))


def a_bill_comes_to_its_printed_total(bill: Bill, _: Facts) -> Notice | None:
    """BILL-2. A person looks at a bill whose total in Xero is not the one that is printed on it."""
    total, printed = bill.total, bill.printed_total
    if total is None or printed is None or total.amount == printed:
        return None
    params = {"number": bill.number, "total": str(total), "printed": str(Money(amount=printed, currency=bill.currency))}
    return Notice(Reason.TOTAL_DIFFERS, params, once_settled=True)


def relevant_vendor_fields(vendor: Vendor) -> object:
    """The fields of a vendor that decide whether its bills can be sent."""
    return vendor.sync.xero_id, vendor.sync.gone_in_xero, vendor.merged_to


def lacks_account(bill: Bill) -> bool:
    """Whether a line has no account yet."""
    return any(not names_account(line) for line in bill.lines)


def names_account(line: BillLine) -> bool:
    """Whether a line has an account, which may have no code (F20)."""
    return bool(line.account_code or line.account_xero_id)


def with_default_account(bill: Bill, facts: Facts) -> Bill:
    """MAP-9. A bill that is about to be sent gets the tenant's default account on each line without an account. The
    line records that its account is the default."""
    default = facts.settings.default_expense_account
    if default is None or bill.status is BillStatus.DRAFT or not lacks_account(bill):
        return bill
    lines = tuple(
        line if names_account(line) else line.replace(account_xero_id=default, account_from=AccountFrom.DEFAULT)
        for line in bill.lines
    )
    return bill.replace(lines=lines)
