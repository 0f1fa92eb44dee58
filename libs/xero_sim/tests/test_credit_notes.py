"""Credit notes and their allocations: behaviours 54 and 61, and what they share with invoices."""

import pytest

from xero_sim.app_client import Xero
from xero_sim.wire import Json


async def credit_note(xero: Xero, made: Json) -> Json:
    (found,) = await xero.rows(f"CreditNotes/{made['CreditNoteID']}")
    return found


@pytest.mark.conformance(54)
@pytest.mark.conformance(61)
async def test_an_allocation_lowers_both_sides_without_a_payment_and_its_removal_restores_them(xero: Xero) -> None:
    bill, note = await xero.bill(), await xero.credit_note()
    path = f"CreditNotes/{note['CreditNoteID']}"

    made = await xero.allocate(path, bill, 30)
    credited, used = await xero.invoice(bill["InvoiceID"]), await credit_note(xero, note)

    assert (credited["AmountDue"], credited["AmountCredited"], credited["AmountPaid"]) == (85, 30, 0)
    assert (used["RemainingCredit"], used["Allocations"][0]["Amount"], used["Status"]) == (16, 30, "AUTHORISED")
    assert await xero.rows("Payments") == []
    (inside,) = credited["CreditNotes"]
    assert (inside["CreditNoteID"], inside["AppliedAmount"]) == (note["CreditNoteID"], 30)
    assert [each["Invoice"]["InvoiceID"] for each in used["Allocations"]] == [bill["InvoiceID"]]

    removed = await xero.call("DELETE", f"{path}/Allocations/{made['AllocationID']}")

    assert removed.json() == {
        "AllocationId": made["AllocationID"],
        "Date": made["Date"],
        "Invoice": [{"InvoiceID": bill["InvoiceID"]}],
        "IsDeleted": True,
    }
    restored = await xero.invoice(bill["InvoiceID"])
    assert (restored["AmountDue"], restored.keys() & {"AmountCredited", "CreditNotes"}) == (115, set())
    assert (await credit_note(xero, note))["RemainingCredit"] == 46
    assert bill["UpdatedDateUTC"] < credited["UpdatedDateUTC"] < restored["UpdatedDateUTC"]
    again = await xero.call("DELETE", f"{path}/Allocations/{made['AllocationID']}")
    assert again.status_code == 404


@pytest.mark.conformance(61)
async def test_a_credit_note_that_is_used_up_is_paid_and_open_again_when_an_allocation_goes(xero: Xero) -> None:
    note, first, second = await xero.credit_note(), await xero.bill(), await xero.bill()
    path = f"CreditNotes/{note['CreditNoteID']}"

    await xero.allocate(path, first, 40)
    last = await xero.allocate(path, second, 6)
    used_up = await credit_note(xero, note)
    await xero.call("DELETE", f"{path}/Allocations/{last['AllocationID']}")

    assert (used_up["Status"], used_up["RemainingCredit"]) == ("PAID", 0)
    assert "FullyPaidOnDate" in used_up
    opened = await credit_note(xero, note)
    assert (opened["Status"], opened["RemainingCredit"]) == ("AUTHORISED", 6)
    assert "FullyPaidOnDate" not in opened


@pytest.mark.conformance(54)
async def test_a_bill_settled_by_payment_and_credit_is_paid(xero: Xero) -> None:
    bill, note = await xero.bill(), await xero.credit_note()
    await xero.pay(bill, 69)
    await xero.allocate(f"CreditNotes/{note['CreditNoteID']}", bill, 46)

    settled = await xero.invoice(bill["InvoiceID"])
    assert (settled["Status"], settled["AmountDue"]) == ("PAID", 0)
    assert (settled["AmountPaid"], settled["AmountCredited"]) == (69, 46)


async def test_an_allocation_that_does_not_fit_is_refused_and_changes_nothing(xero: Xero) -> None:
    bill, note = await xero.bill(), await xero.credit_note()
    draft, other = await xero.bill(Status="DRAFT"), await xero.bill(Contact={"Name": "Other"})
    sale = await xero.bill(Type="ACCREC", LineItems=[{"Description": "x", "UnitAmount": 9, "AccountCode": "200"}])
    path = f"CreditNotes/{note['CreditNoteID']}/Allocations"

    async def refused(invoice: Json, amount: object) -> list[str]:
        return await xero.refused("PUT", path, Amount=amount, Invoice={"InvoiceID": invoice["InvoiceID"]})

    assert await refused(bill, "46.01") == [
        "Credit Note cannot be allocated as amount is greater than amount outstanding"
    ]
    assert await refused(bill, 0) == ["The allocation amount must be greater than 0"]
    assert await refused(draft, 1) == ["Credits can only be allocated to Authorised invoices"]
    assert await refused(other, 1) == ["Credit Note cannot be allocated to an invoice of another contact"]
    assert await refused(sale, 1) == ["Credit Note cannot be allocated to an incorrect invoice type"]
    await xero.pay(bill, 115)
    assert "The invoice you are trying to allocate to has already been paid off" in await refused(bill, 1)
    assert (await credit_note(xero, note))["RemainingCredit"] == 46


@pytest.mark.conformance(51)
async def test_neither_side_of_an_allocation_can_be_voided_or_edited(xero: Xero) -> None:
    bill, note = await xero.bill(), await xero.credit_note()
    await xero.allocate(f"CreditNotes/{note['CreditNoteID']}", bill, 30)

    void_bill = await xero.refused("POST", f"Invoices/{bill['InvoiceID']}", Status="VOIDED")
    void_note = await xero.refused("POST", f"CreditNotes/{note['CreditNoteID']}", Status="VOIDED")
    edit = await xero.refused("POST", f"CreditNotes/{note['CreditNoteID']}", Date="2026-09-16")

    text = "The status VOIDED cannot be applied to the {} because it has payments or credit notes allocated to it."
    assert void_bill == [text.format("invoice")]
    assert void_note == [text.format("credit note")]
    assert edit == ["This document cannot be edited as it has a payment or credit note allocated to it."]


@pytest.mark.conformance(49)
@pytest.mark.parametrize("start", ["DRAFT", "SUBMITTED", "AUTHORISED"])
@pytest.mark.parametrize("end", ["DRAFT", "SUBMITTED", "AUTHORISED", "DELETED", "VOIDED", "PAID"])
async def test_a_credit_note_goes_through_the_states_of_an_invoice(xero: Xero, start: str, end: str) -> None:
    possible = {
        "DRAFT": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
        "SUBMITTED": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
        "AUTHORISED": {"AUTHORISED", "VOIDED"},
    }
    note = await xero.credit_note(Status=start)

    answer = await xero.call("POST", f"CreditNotes/{note['CreditNoteID']}", {"Status": end})

    assert answer.status_code == (200 if end in possible[start] else 400)
    assert (await credit_note(xero, note))["Status"] == (end if end in possible[start] else start)


@pytest.mark.conformance(56)
async def test_sales_credit_notes_are_numbered_uniquely_and_those_of_vendors_freely(xero: Xero) -> None:
    line = {"Description": "x", "UnitAmount": 10, "AccountCode": "200"}
    sale = {"Type": "ACCRECCREDIT", "Contact": {"Name": "A"}, "LineItems": [line]}
    first, second = await xero.put("CreditNotes", **sale), await xero.put("CreditNotes", **sale)

    assert (first["CreditNoteNumber"], second["CreditNoteNumber"]) == ("CN-0001", "CN-0002")
    refused = await xero.refused("PUT", "CreditNotes", **sale, CreditNoteNumber="cn-0001")
    assert refused == ["Credit Note # must be unique."]
    for _ in range(2):
        assert (await xero.credit_note(CreditNoteNumber="V-1"))["CreditNoteNumber"] == "V-1"
    (by_number,) = await xero.rows("CreditNotes/CN-0002")
    assert by_number["CreditNoteID"] == second["CreditNoteID"]


async def test_credit_notes_are_listed_filtered_and_paged_as_invoices_are(xero: Xero) -> None:
    draft = await xero.credit_note(Status="DRAFT")
    await xero.credit_note()

    assert (await xero.rows("CreditNotes"))[0]["LineItems"] == []
    page = (await xero.call("GET", "CreditNotes?page=1&pageSize=1&unitdp=4")).json()
    assert page["pagination"] == {"page": 1, "pageSize": 1, "pageCount": 2, "itemCount": 2}
    assert page["CreditNotes"][0]["LineItems"][0]["UnitAmount"] == 40
    query = {"where": 'Status=="DRAFT" AND Contact.Name=="paper ltd" AND RemainingCredit>45'}
    answer = await xero.http.get("/api.xro/2.0/CreditNotes", params=query, headers=xero.headers())
    assert [row["CreditNoteID"] for row in answer.json()["CreditNotes"]] == [draft["CreditNoteID"]]
    assert (await xero.call("POST", "CreditNotes", {"CreditNoteID": draft["Contact"]["ContactID"]})).status_code == 404


async def test_a_credit_note_is_refunded_in_part_and_the_refund_can_be_deleted(xero: Xero) -> None:
    note = await xero.credit_note()
    form = {"CreditNote": {"CreditNoteID": note["CreditNoteID"]}, "Account": {"Code": "090"}}

    over = await xero.refused("PUT", "Payments", **form, Amount="46.01")
    refund = await xero.put("Payments", **form, Amount=46, Date="2026-09-20")
    used_up = await credit_note(xero, note)
    deleted = await xero.post(f"Payments/{refund['PaymentID']}", Status="DELETED")

    assert over == ["Payment amount exceeds the amount outstanding on this document"]
    assert refund["PaymentType"] == "APCREDITPAYMENT"
    assert (refund["Invoice"]["Type"], refund["Invoice"]["InvoiceID"]) == ("ACCPAYCREDIT", note["CreditNoteID"])
    assert (used_up["Status"], used_up["RemainingCredit"]) == ("PAID", 0)
    assert [each["PaymentID"] for each in used_up["Payments"]] == [refund["PaymentID"]]
    assert deleted["Invoice"]["AmountDue"] == 46
    opened = await credit_note(xero, note)
    assert (opened["Status"], opened["RemainingCredit"], opened["Payments"]) == ("AUTHORISED", 46, [])


async def test_a_payment_is_for_one_document_only(xero: Xero) -> None:
    bill, note = await xero.bill(), await xero.credit_note()
    named = {
        "Invoice": {"InvoiceID": bill["InvoiceID"]},
        "CreditNote": {"CreditNoteID": note["CreditNoteID"]},
    }

    messages = await xero.refused("PUT", "Payments", **named, Account={"Code": "090"}, Amount=1)
    assert messages == ["A payment can be applied to one document only"]


@pytest.mark.conformance(57)
async def test_locked_periods_hold_for_credit_notes_and_allocations(xero: Xero) -> None:
    bill, note = await xero.bill(), await xero.credit_note()
    path = f"CreditNotes/{note['CreditNoteID']}"
    made = await xero.allocate(path, bill, 30)
    await xero.control.act(xero.tenant, "set_lock_dates", PeriodLockDate="2026-09-30")

    text = "The document date cannot be before the period lock date, currently set at 30/09/2026"
    assert await xero.refused("POST", path, Reference="x") == [text]
    assert await xero.refused("DELETE", f"{path}/Allocations/{made['AllocationID']}") == [text]
    fresh = {"Amount": 1, "Date": "2026-09-30", "Invoice": {"InvoiceID": bill["InvoiceID"]}}
    assert await xero.refused("PUT", f"{path}/Allocations", **fresh) == [text]


async def test_lines_may_be_shown_without_their_ids(xero: Xero) -> None:
    note = await xero.credit_note()
    assert "LineItemID" in (await credit_note(xero, note))["LineItems"][0]

    await xero.control.set_switches(xero.tenant, credit_note_lines_have_ids=False)

    assert "LineItemID" not in (await credit_note(xero, note))["LineItems"][0]
    assert "LineItemID" in (await xero.bill())["LineItems"][0]
