"""Lines, credits, look-ups and tracking options that Xero treats in its own way, through the running gateway."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_schemas import bodies
from tieout_schemas.writes import Outcome, WriteIntent, WriteResult
from tieout_testing.connector import NEWEST, ConnectorHarness, bill_intent, contact_intent, payment_intent

from .test_answers import made, worked, writes

pytestmark = pytest.mark.real


def line(description: str, **more: Any) -> bodies.WriteLine:
    usual: dict[str, Any] = {"quantity": 1, "unit_amount": "100", "account_code": "453", "tax_type": "INPUT2"}
    return bodies.WriteLine(description=description, **{**usual, **more})


@pytest.mark.field("F02")
async def test_a_line_keeps_its_id_though_the_answer_lists_a_new_line_before_it(harness: ConnectorHarness) -> None:
    """Seen to fail with lines paired by their position: the second attempt gave each line the other's id."""
    await harness.connect_idle()
    contact = await harness.their_contact()
    bill_id = await harness.their_bill(contact)
    (known,) = (await harness.xero("Invoices"))[0]["LineItems"]
    await harness.control.switch_on("other-order-of-lines")
    lines = (line("Paper", xero_line_id=UUID(known["LineItemID"])), line("Ink", unit_amount="7"))
    wanted = bill_intent(contact, "B-1", lines, xero_id=UUID(bill_id), base_sequence=NEWEST)

    (first,) = await worked(harness, wanted)
    calls = len(await harness.writing_calls())
    again = await worked_again(harness, wanted)

    (raw,) = await harness.xero("Invoices")
    assert (first.outcome, again.outcome) == (Outcome.DONE, Outcome.DONE)
    assert [each["Description"] for each in raw["LineItems"]] == ["Paper", "Ink"]
    assert raw["LineItems"][0]["LineItemID"] == known["LineItemID"]
    assert len(await harness.writing_calls()) == calls


async def worked_again(harness: ConnectorHarness, wanted: WriteIntent) -> WriteResult:
    """The result of the same, sent once more as another attempt."""
    await harness.deliver(wanted.replace(attempt=wanted.attempt + 1))
    async with harness.working():
        return (await harness.results(2))[1]


@pytest.mark.field("F12")
async def test_a_record_that_a_list_by_ids_leaves_out_is_changed_all_the_same(harness: ConnectorHarness) -> None:
    """Seen to fail: the change was refused, as if Xero did not know the record."""
    await harness.connect_idle()
    kea, tui = [await harness.their_contact(name) for name in ("Kea", "Tui")]
    await harness.control.switch_on("late-row", method="GET", path="Contacts", options={"id": kea})
    changed = [contact_intent(f"{key} Ltd", xero_id=UUID(key), base_sequence=NEWEST) for key in (kea, tui)]
    unknown = contact_intent("Nobody", xero_id=uuid4(), base_sequence=NEWEST)

    results = {result.intent_id: result for result in await worked(harness, *changed, unknown)}

    assert [results[intent.intent_id].outcome for intent in changed] == [Outcome.DONE] * 2
    assert results[unknown.intent_id].outcome is Outcome.REFUSED
    assert {row["Name"] for row in await harness.xero("Contacts")} == {f"{key} Ltd" for key in (kea, tui)}


@pytest.mark.field("F08")
async def test_a_lost_call_is_looked_up_without_filters_that_xero_refuses(harness: ConnectorHarness) -> None:
    """Seen to fail: the look-up was refused each minute, and the payments stayed unknown for ever."""
    await harness.connect_idle()
    contact = await harness.their_contact()
    bills = [await harness.their_bill(contact) for _ in range(3)]
    await harness.control.switch_on("high-volume")
    await harness.control.add_fault("lost", times=3, method="PUT")
    credits = [credit_of(contact, f"C-{n}") for n in range(2)]
    wanted = [
        *[contact_intent(name) for name in ("Kea", "Tui", "Kaka")],
        *[payment_intent(bill, "10.00", f"P-{n}") for n, bill in enumerate(bills)],
        *[writes(each) for each in credits],
    ]
    process, at = await harness.owner(send_again_after=timedelta())
    await harness.deliver(*wanted)
    for _ in range(3):
        with pytest.raises(Exception, match="no answer"):
            await harness.send(process, at)
    harness.clock.ahead = timedelta(minutes=10)
    await harness.control.advance(timedelta(minutes=10))

    async with harness.working():
        results = await harness.results(len(wanted))

    assert {result.outcome for result in results} == {Outcome.DONE}
    assert [len(await harness.xero(kind)) for kind in ("Contacts", "Payments", "CreditNotes")] == [4, 3, 2]


def credit_of(contact: str, number: str, **more: Any) -> bodies.VendorCreditBody:
    usual: dict[str, Any] = {
        "number": number, "status": "AUTHORISED", "date": "2026-09-14", "currency": "NZD",
        "line_amount_types": "Exclusive", "lines": (line("Paper"), line("Ink", unit_amount="7")),
    }  # fmt: skip
    return bodies.VendorCreditBody(contact_xero_id=UUID(contact), **{**usual, **more})


@pytest.mark.field("F15")
async def test_a_change_that_a_credit_without_line_ids_shows_already_counts_as_there(harness: ConnectorHarness) -> None:
    """Seen to fail when only lines with ids could be equal: the same lines were written once more."""
    await harness.connect_idle()
    await harness.control.set_switches(harness.org_id, credit_note_lines_have_ids=False)
    contact = await harness.their_contact()
    (result,) = await worked(harness, writes(credit_of(contact, "C-1")))
    change = writes(credit_of(contact, "C-1")).replace(xero_id=made(result))
    calls = len(await harness.writing_calls())

    await harness.deliver(change)
    async with harness.working():
        again = (await harness.results(2))[1]

    assert again.outcome is Outcome.DONE
    assert len(await harness.writing_calls()) == calls


@pytest.mark.field("F26")
async def test_an_option_that_was_never_used_is_deleted_instead_of_archived(harness: ConnectorHarness) -> None:
    """Seen to fail: the archiving was refused."""
    await harness.connect_idle()
    await harness.control.switch_on("unused-stays")
    category = (await harness.xero("TrackingCategories"))[0]["TrackingCategoryID"]
    option = bodies.TrackingOptionBody(category_xero_id=UUID(category), name="Auckland Port")
    (result,) = await worked(harness, writes(option))

    await harness.deliver(writes(option.replace(active=False)).replace(xero_id=made(result)))
    async with harness.working():
        gone = (await harness.results(2))[1]

    (shown,) = [each for each in await harness.xero("TrackingCategories") if each["TrackingCategoryID"] == category]
    assert gone.outcome is Outcome.DONE
    assert "Auckland Port" not in [each["Name"] for each in shown["Options"]]


@pytest.mark.field("F28")
async def test_a_payment_names_a_bank_account_without_a_code_by_its_id(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    bill = await harness.their_bill(await harness.their_contact())
    account = await harness.control.act(harness.org_id, "remove_account_code", Code="091")
    wanted = payment_intent(bill)
    body = {**wanted.body.model_dump(), "account_xero_id": UUID(account), "account_code": ""}

    (result,) = await worked(harness, wanted.replace(body=bodies.PaymentBody(**body)))

    (payment,) = await harness.xero("Payments")
    assert result.outcome is Outcome.DONE
    assert payment["Account"]["AccountID"] == account


@pytest.mark.field("F33")
async def test_the_option_after_the_last_is_refused_with_the_limit(harness: ConnectorHarness) -> None:
    """Seen to fail when the refusal was put in our words instead of Xero's, which name the limit."""
    await harness.connect_idle()
    category = UUID((await harness.xero("TrackingCategories"))[0]["TrackingCategoryID"])
    path, create = f"TrackingCategories/{category}/Options", {"do": "request", "method": "PUT"}
    await harness.control.actions(
        harness.org_id, [{**create, "path": path, "body": {"Name": f"Port {n}"}} for n in range(1, 101)]
    )

    (result,) = await worked(harness, writes(bodies.TrackingOptionBody(category_xero_id=category, name="Port 101")))

    assert result.outcome is Outcome.REFUSED
    assert "100" in result.messages[0]
