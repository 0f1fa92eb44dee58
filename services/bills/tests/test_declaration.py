"""What the declaration of a bill promises to the kit, to the connector and to other services. Pure."""

from uuid import uuid4

import pytest

from tieout_bills.bill import BILL
from tieout_bills.bill.edit import PUT
from tieout_bills.bill.lines import comparable_lines, same_lines
from tieout_schemas.platform import Bill, BillLine, BillStatus, Vendor
from tieout_schemas.xero import InvoiceType, XeroContact
from tieout_testing.builders import bill, facts, xero_invoice, xero_line
from tieout_testing.declarations import settings_used

VENDOR_ID, CONTACT_XERO_ID = uuid4(), uuid4()
THERE = xero_invoice(uuid4(), CONTACT_XERO_ID)


def line(**more: object) -> BillLine:
    fields = {"description": "Paper", "unit_amount": "100.00", "account_code": "400", **more}
    return BillLine.model_validate(fields)


@pytest.mark.rule("BILL-3")
@pytest.mark.rule("MAP-9")
def test_bills_are_checked_again_when_a_setting_that_their_rules_use_changes() -> None:
    every_way = [bill(uuid4(), None, status=status) for status in BillStatus]

    assert settings_used(BILL, every_way, facts()) == set(BILL.settings)


@pytest.mark.rule("BILL-2")
def test_a_bill_depends_on_its_vendor_here_and_on_the_contact_in_xero() -> None:
    [of_vendor] = BILL.depends_on

    assert (of_vendor.record, of_vendor.id_of(bill(uuid4(), None, vendor_id=VENDOR_ID))) == (Vendor, VENDOR_ID)
    assert of_vendor.xero_id_of
    assert (of_vendor.xero_kind, of_vendor.xero_id_of(THERE)) == (XeroContact, CONTACT_XERO_ID)


@pytest.mark.rule("BILL-1")
@pytest.mark.rule("MAP-9")
def test_changes_say_by_which_rule_they_were_made() -> None:
    assert (BILL.rule, BILL.complete_rule) == ("BILL-1", "MAP-9")


@pytest.mark.rule("BILL-1")
@pytest.mark.parametrize("kind", InvoiceType)
def test_a_bill_is_an_invoice_to_be_paid(kind: InvoiceType) -> None:
    assert BILL.ours(THERE.replace(type=kind)) is (kind is InvoiceType.ACCPAY)


def test_bills_are_made_at_their_own_address() -> None:
    assert [(view.model, view.plural, view.put) for view in BILL.views] == [(Bill, "bills", PUT)]


@pytest.mark.rule("BILL-8")
def test_a_bill_learns_xeros_ids_of_its_lines() -> None:
    ours, paper_xero_id = bill(uuid4(), None, lines=(line(),)), uuid4()
    there = THERE.replace(lines=(xero_line(paper_xero_id, description="Paper"),))

    assert [each.xero_line_id for each in BILL.learn(ours, ours, there).lines] == [paper_xero_id]


@pytest.mark.rule("BILL-8")
def test_a_line_that_leaves_its_tax_open_takes_the_line_that_no_other_line_names() -> None:
    ours = (line(tax_type=None), line(tax_type="INPUT2"))
    theirs = (line(tax_type="INPUT2"), line(tax_type="NONE"))

    assert same_lines(ours, theirs)


@pytest.mark.field("F20")
def test_lines_on_two_accounts_without_a_code_are_not_the_same() -> None:
    one, other = (line(account_code=None, account_xero_id=uuid4()) for _ in range(2))

    assert comparable_lines((one,)) != comparable_lines((other,))


@pytest.mark.rule("BILL-8")
def test_a_number_is_the_same_however_xero_pads_it() -> None:
    assert BILL.by_name["number"].same("B-1", " B-1 ")
