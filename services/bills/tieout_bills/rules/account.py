"""MAP-9: which account a line of a bill gets."""

from tieout_kit.sync import due
from tieout_schemas.platform import AccountFrom, Bill, BillLine, BillStatus
from tieout_schemas.settings import TenantSettings


def lacks_account(bill: Bill) -> bool:
    """Whether a line has no account yet."""
    return any(line.account_code is None for line in bill.lines)


def posted(bill: Bill, settings: TenantSettings) -> Bill:
    """A bill that is about to be sent, with the tenant's default account, if one is chosen, on each line without one.

    Source: MAP-9, of which the line's own account and the tenant's default are here; a line says which it has.
    """
    default = settings.default_expense_account
    about_to_leave = due(bill.sync) and bill.status is not BillStatus.DRAFT
    if default is None or not about_to_leave or not lacks_account(bill):
        return bill
    given = {"account_code": default, "account_from": AccountFrom.DEFAULT}
    lines = tuple(line if line.account_code else line.model_copy(update=given) for line in bill.lines)
    return bill.model_copy(update={"lines": lines})


def kept(wanted: BillLine, had: BillLine) -> BillLine:
    """A line that still names no account keeps the default it got: so the same request again changes nothing."""
    if wanted.account_code is None and had.account_from is AccountFrom.DEFAULT:
        return wanted.model_copy(update={"account_code": had.account_code, "account_from": had.account_from})
    return wanted
