"""A row that cannot be read becomes a problem that names record and field; the others come in (F09, F10)."""

from typing import Any
from uuid import UUID

import pytest

from tieout_connector.connecting import RECHECKS
from tieout_connector.kinds import FOLLOWED, LISTED
from tieout_connector.xero.parsing import Unreadable
from tieout_kit.events import Cause
from tieout_kit.records import Recheck
from tieout_schemas.problem import Problem, ProblemState
from tieout_schemas.signals import XeroKind
from tieout_schemas.xero import XeroAccount, XeroContact, XeroInvoice
from tieout_testing.connector import ConnectorHarness

STATE = "select state from connection"
OPEN = "select count(*) from problem where state = 'open'"
BEYOND = "/Date(999999999999999+0000)/"
ABSENT = object()
ODD = [
    ("Date", ABSENT, "its Date is missing"),
    ("Contact", {}, "its Contact.ContactID is missing"),
    ("CurrencyCode", "", "its CurrencyCode is missing"),
    ("LineItems.0.LineItemID", ABSENT, "its LineItemID of line 1 is missing"),
    ("LineItems.0.Tracking", [{"Name": "Region"}], "its Option of tracking category 1 of line 1 is missing"),
    ("Status", "RESTING", "its Status has the value RESTING, which Tieout does not know"),
    ("LineAmountTypes", "Half", "its LineAmountTypes has the value Half, which Tieout does not know"),
    ("Type", "ACCWHAT", "its Type has the value ACCWHAT, which Tieout does not know"),
    ("Date", BEYOND, "its Date cannot be read"),
    ("DueDate", "10026-01-01T00:00:00", "its DueDate cannot be read"),
]
UNDATED = ("UpdatedDateUTC", ABSENT, "its UpdatedDateUTC is missing")
ROW: dict[str, Any] = {
    "InvoiceID": "b5c7f3a0-0000-4000-8000-000000000001", "UpdatedDateUTC": "/Date(1789378193493+0000)/",
    "Type": "ACCPAY", "Status": "AUTHORISED", "Contact": {"ContactID": "b5c7f3a0-0000-4000-8000-000000000002"},
    "InvoiceNumber": "B-1", "Date": "/Date(1789344000000+0000)/", "CurrencyCode": "NZD", "Total": 115,
    "LineAmountTypes": "Exclusive",
    "LineItems": [{"LineItemID": "b5c7f3a0-0000-4000-8000-000000000003", "Tracking": []}],
}  # fmt: skip


def changed(field: str, value: object) -> dict[str, Any]:
    first, _, rest = field.partition(".")
    if rest:
        return {**ROW, first: [{**ROW[first][0], rest.partition(".")[2]: value}]} if value is not ABSENT else {
            **ROW, first: [{"Description": "Paper"}]
        }  # fmt: skip
    return {name: part for name, part in {**ROW, first: value}.items() if part is not ABSENT}


@pytest.mark.field("F09", "F10")
@pytest.mark.parametrize(
    ("field", "value", "told"), [*ODD, ("UpdatedDateUTC", ABSENT, "its UpdatedDateUTC is missing")]
)
def test_what_is_wrong_with_a_bill_is_said_with_its_field(field: str, value: object, told: str) -> None:
    FOLLOWED[XeroKind.INVOICE].read(ROW)

    with pytest.raises(Unreadable) as wrong:
        FOLLOWED[XeroKind.INVOICE].read(changed(field, value))

    assert f"its {wrong.value}" == told


@pytest.mark.field("F09")
@pytest.mark.parametrize("content", [{}, {"Contact": "nobody"}, {"LineItems": "none"}, {"LineItems": [None]}])
@pytest.mark.parametrize("name", list(LISTED))
def test_no_row_whatever_it_is_like_raises_anything_else(name: str, content: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        LISTED[name].record.read({**(ROW if name == "Invoices" and content else {}), **content})


@pytest.mark.field("F09")
def test_an_unknown_type_of_payment_is_no_refund() -> None:
    with pytest.raises(Unreadable, match="PaymentType has the value BARTER"):
        FOLLOWED[XeroKind.PAYMENT].read({"PaymentType": "BARTER"})


async def with_bills(harness: ConnectorHarness) -> list[str]:
    """A tenant that is about to import three bills."""
    org_id = await harness.control.create_org("Kauri Ltd")
    contact = await harness.their_contact("Paper Ltd", org_id)
    bills = [await harness.their_bill(contact, org_id=org_id, InvoiceNumber=f"B-{n}") for n in range(3)]
    await harness.connect(org_id)
    return bills


def odd(record: str, field: str, value: object) -> dict[str, Any]:
    return {"record": record, "field": field, **({} if value is ABSENT else {"value": value})}


@pytest.mark.real
@pytest.mark.field("F09", "F10")
@pytest.mark.parametrize(
    ("field", "value", "told"),
    [ODD[0], ODD[1], ODD[3], ODD[5], ODD[8], UNDATED],
)
async def test_the_rest_comes_in_and_the_odd_bill_is_a_problem_until_it_can_be_read(
    harness: ConnectorHarness, field: str, value: object, told: str
) -> None:
    bills = await with_bills(harness)
    await harness.control.switch_on("odd-row", path="Invoices", options=odd(bills[1], field, value))

    async with harness.working():
        await harness.until(STATE, "connected")
        came = [str(bill.xero_id) for bill in await harness.published(XeroInvoice)]
        (problem,) = await harness.published(Problem)
        await harness.control.switch_off_oddities()
        await harness.ask(XeroKind.INVOICE, bills[1])
        await harness.until(OPEN, 0)

    assert sorted(came) == sorted([bills[0], bills[2]])
    assert problem.record.id == UUID(bills[1])
    link = f"https://go.xero.com/AccountsPayable/View.aspx?InvoiceID={bills[1]}"
    assert problem.sentence == f"Bill B-1 is in Xero but does not come in: {told}. See it there: {link}"
    assert (await harness.published(Problem))[-1].state is ProblemState.CLOSED
    assert bills[1] in [str(bill.xero_id) for bill in await harness.published(XeroInvoice)]


@pytest.mark.real
@pytest.mark.field("F09")
async def test_an_odd_account_stops_neither_the_chart_of_accounts_nor_the_import(harness: ConnectorHarness) -> None:
    org_id = await harness.control.create_org("Kauri Ltd")
    accounts = await harness.xero("Accounts", org_id)
    await harness.control.switch_on(
        "odd-row", path="Accounts", options={"record": accounts[0]["AccountID"], "field": "Type"}
    )
    await harness.connect(org_id)

    async with harness.working():
        await harness.until(STATE, "connected")

    assert len(await harness.published(XeroAccount)) == len(accounts) - 1
    (problem,) = await harness.published(Problem)
    assert problem.sentence.startswith(f"Account {accounts[0]['Name']} is in Xero but does not come in: its Type is")


@pytest.mark.real
@pytest.mark.field("F09")
async def test_an_odd_contact_that_a_webhook_names_is_a_problem_and_the_others_are_read(
    harness: ConnectorHarness,
) -> None:
    await harness.connect_idle()
    good, other = await harness.their_contact("Good"), await harness.their_contact("Odd One")
    await harness.control.switch_on("odd-row", options=odd(other, "ContactStatus", "ASLEEP"))
    await harness.ask(XeroKind.CONTACT, good, other)

    async with harness.working():
        await harness.until("select count(*) from read_request", 0)

    assert [str(contact.xero_id) for contact in await harness.published(XeroContact)] == [good]
    (problem,) = await harness.published(Problem)
    assert problem.sentence.startswith("Contact Odd One is in Xero but does not come in: its ContactStatus has the")


@pytest.mark.real
@pytest.mark.field("F09")
async def test_a_person_may_have_it_read_again_at_once(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    contact = await harness.their_contact()
    await harness.control.switch_on("odd-row", times=1, options=odd(contact, "Name", ""))
    await harness.ask(XeroKind.CONTACT, contact)

    async with harness.working():
        await harness.until(OPEN, 1)
        (problem,) = await harness.published(Problem)
        again = Recheck(harness.tenant_id, problem.record.id, Cause.request(), "ana")
        await harness.database.run(lambda tx: RECHECKS.by_kind[problem.record.kind](tx, [again]))
        await harness.until(OPEN, 0)

    assert [str(one.xero_id) for one in await harness.published(XeroContact)] == [contact]
