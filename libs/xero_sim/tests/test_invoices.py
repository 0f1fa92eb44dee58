"""Bills and sales invoices: behaviours 48-60."""

import pytest

from xero_sim.app_client import Xero

NOT_FOR_MODIFICATION = "Invoice not of valid status for modification"
HAS_MONEY = "This document cannot be edited as it has a payment or credit note allocated to it."
LINE = {"Description": "x", "UnitAmount": "89.00", "AccountCode": "453"}


@pytest.mark.conformance(48)
async def test_a_document_is_draft_unless_told_otherwise_and_never_made_paid(xero: Xero) -> None:
    usual = {"Type": "ACCPAY", "Contact": {"Name": "A"}, "LineItems": [LINE], "DueDate": "2026-12-01"}

    assert (await xero.put("Invoices", **usual))["Status"] == "DRAFT"
    for status in ("SUBMITTED", "AUTHORISED"):
        assert (await xero.put("Invoices", **usual, Status=status))["Status"] == status
    for status in ("PAID", "VOIDED", "DELETED"):
        messages = await xero.refused("PUT", "Invoices", **usual, Status=status)
        assert messages == ["Invoice not of valid status for creation"]


@pytest.mark.conformance(49)
@pytest.mark.parametrize("start", ["DRAFT", "SUBMITTED", "AUTHORISED"])
@pytest.mark.parametrize("end", ["DRAFT", "SUBMITTED", "AUTHORISED", "DELETED", "VOIDED", "PAID"])
async def test_only_the_documented_transitions_succeed(xero: Xero, start: str, end: str) -> None:
    possible = {
        "DRAFT": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
        "SUBMITTED": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
        "AUTHORISED": {"AUTHORISED", "VOIDED"},
    }
    bill = await xero.bill(Status=start)

    answer = await xero.call("POST", f"Invoices/{bill['InvoiceID']}", {"Status": end})

    assert answer.status_code == (200 if end in possible[start] else 400)
    assert (await xero.invoice(bill["InvoiceID"]))["Status"] == (end if end in possible[start] else start)


@pytest.mark.conformance(50)
async def test_an_approved_or_paid_document_cannot_be_deleted(xero: Xero) -> None:
    bill = await xero.bill()
    path = f"Invoices/{bill['InvoiceID']}"

    assert await xero.refused("POST", path, Status="DELETED") == [NOT_FOR_MODIFICATION]
    await xero.pay(bill, 115)
    assert await xero.refused("POST", path, Status="DELETED") == [NOT_FOR_MODIFICATION]


@pytest.mark.conformance(51)
async def test_a_document_with_a_payment_cannot_be_voided(xero: Xero) -> None:
    bill = await xero.bill()
    await xero.pay(bill, 15)

    messages = await xero.refused("POST", f"Invoices/{bill['InvoiceID']}", Status="VOIDED")
    assert messages == [
        "The status VOIDED cannot be applied to the invoice because it has payments or credit notes allocated to it."
    ]


@pytest.mark.conformance(52)
async def test_totals_are_sums_of_rounded_lines(xero: Xero) -> None:
    amounts = [{"Description": "x", "UnitAmount": each, "AccountCode": "453"} for each in (25.06, 25.61, 25.63)]

    exclusive = await xero.bill(LineItems=amounts)
    inclusive = await xero.bill(LineItems=[LINE], LineAmountTypes="Inclusive")
    no_tax = await xero.bill(LineItems=[LINE], LineAmountTypes="NoTax")

    assert (exclusive["SubTotal"], exclusive["TotalTax"], exclusive["Total"]) == (76.30, 11.44, 87.74)
    assert (inclusive["SubTotal"], inclusive["TotalTax"], inclusive["Total"]) == (77.39, 11.61, 89.00)
    assert (no_tax["SubTotal"], no_tax["TotalTax"], no_tax["Total"]) == (89.00, 0, 89.00)


@pytest.mark.conformance(52)
async def test_a_sent_total_or_line_amount_that_disagrees_is_refused(xero: Xero) -> None:
    usual = {"Type": "ACCPAY", "Contact": {"Name": "A"}}
    wrong = [{**LINE, "Quantity": 2, "LineAmount": 100}]

    messages = await xero.refused("PUT", "Invoices", **usual, LineItems=[LINE], Total=1)
    assert messages == ["The invoice total does not equal the sum of the lines."]
    messages = await xero.refused("PUT", "Invoices", **usual, LineItems=wrong)
    assert messages == ["The line total 100.00 does not match the expected line total 178.00"]


@pytest.mark.conformance(53)
async def test_unit_prices_have_two_digits_unless_four_are_asked_for(xero: Xero) -> None:
    line = {"Description": "x", "Quantity": 1000, "UnitAmount": 0.1648, "AccountCode": "453"}
    body = {"Type": "ACCPAY", "Contact": {"Name": "A"}, "LineItems": [line]}

    two = (await xero.call("PUT", "Invoices", body)).json()["Invoices"][0]
    four = (await xero.call("PUT", "Invoices?unitdp=4", body)).json()["Invoices"][0]

    assert (two["LineItems"][0]["UnitAmount"], two["SubTotal"]) == (0.16, 160.00)
    assert (four["LineItems"][0]["UnitAmount"], four["SubTotal"]) == (0.1648, 164.80)
    assert (await xero.invoice(four["InvoiceID"]))["LineItems"][0]["UnitAmount"] == 0.16
    assert (await xero.rows("Invoices?page=1&unitdp=4"))[1]["LineItems"][0]["UnitAmount"] == 0.1648


@pytest.mark.conformance(55)
async def test_the_reply_to_a_void_still_shows_what_was_due(xero: Xero) -> None:
    bill = await xero.bill()
    reply = await xero.post(f"Invoices/{bill['InvoiceID']}", Status="VOIDED")

    assert (reply["Status"], reply["AmountDue"]) == ("VOIDED", 115)
    assert (await xero.invoice(bill["InvoiceID"]))["AmountDue"] == 0


@pytest.mark.conformance(56)
async def test_sales_numbers_are_unique_and_given_when_missing_but_bill_numbers_are_free(xero: Xero) -> None:
    sale = {"Type": "ACCREC", "Contact": {"Name": "A"}, "LineItems": [{**LINE, "AccountCode": "200"}]}
    first, second = await xero.put("Invoices", **sale), await xero.put("Invoices", **sale)
    await xero.bill(InvoiceNumber="B-1")

    assert (first["InvoiceNumber"], second["InvoiceNumber"]) == ("INV-0001", "INV-0002")
    refused = await xero.refused("PUT", "Invoices", **sale, InvoiceNumber="inv-0001")
    assert refused == ["Invoice # must be unique."]
    assert (await xero.bill(InvoiceNumber="B-1"))["InvoiceNumber"] == "B-1"
    matched = await xero.post("Invoices", **sale, InvoiceNumber="INV-0001", Reference="R")
    assert (matched["InvoiceID"], matched["Reference"]) == (first["InvoiceID"], "R")


@pytest.mark.conformance(57)
async def test_a_locked_date_is_refused_up_to_and_with_the_day_itself(xero: Xero) -> None:
    open_bill = await xero.bill(Date="2026-08-31")
    await xero.control.act(xero.tenant, "set_lock_dates", PeriodLockDate="2026-08-31", EndOfYearLockDate="2026-03-31")
    draft = {"Type": "ACCPAY", "Contact": {"Name": "A"}, "LineItems": [LINE]}
    text = "The document date cannot be before the {} lock date, currently set at {}"

    period = await xero.refused("PUT", "Invoices", **draft, Date="2026-08-31")
    year = await xero.refused("PUT", "Invoices", **draft, Date="2026-03-31")
    edit = await xero.refused("POST", f"Invoices/{open_bill['InvoiceID']}", InvoiceNumber="B")
    void = await xero.refused("POST", f"Invoices/{open_bill['InvoiceID']}", Status="VOIDED")

    assert period == edit == void == [text.format("period", "31/08/2026")]
    assert year == [text.format("end of year", "31/03/2026")]
    assert (await xero.put("Invoices", **draft, Date="2026-09-01"))["Status"] == "DRAFT"


@pytest.mark.conformance(58)
async def test_unknown_accounts_currencies_and_tax_types_are_named(xero: Xero) -> None:
    usual = {"Type": "ACCPAY", "Contact": {"Name": "A"}}

    account = await xero.refused("PUT", "Invoices", **usual, LineItems=[{**LINE, "AccountCode": "999"}])
    bank = await xero.refused("PUT", "Invoices", **usual, LineItems=[{**LINE, "AccountCode": "090"}])
    currency = await xero.refused("PUT", "Invoices", **usual, LineItems=[LINE], CurrencyCode="EUR")
    tax = await xero.refused("PUT", "Invoices", **usual, LineItems=[{**LINE, "TaxType": "NOPE"}])

    assert account == ["Account code '999' is not a valid code for this document."]
    assert bank == ["Account code '090' is not a valid code for this document."]
    assert currency == ["Organisation is not subscribed to currency EUR"]
    assert tax == ["The TaxType code 'NOPE' cannot be used with account code '453'."]


@pytest.mark.conformance(58)
async def test_an_archived_account_is_refused_with_its_own_text(xero: Xero) -> None:
    (account,) = await xero.rows('Accounts?where=Code=="453"')
    await xero.post(f"Accounts/{account['AccountID']}", Status="ARCHIVED")

    messages = await xero.refused("PUT", "Invoices", Type="ACCPAY", Contact={"Name": "A"}, LineItems=[LINE])
    assert messages == [
        "Account code '453' has been archived, or has been deleted. Each line item must reference a valid account."
    ]


@pytest.mark.conformance(59)
@pytest.mark.parametrize("amount", [15, 115])
async def test_a_paid_bill_takes_the_listed_fields_only(xero: Xero, amount: int) -> None:
    bill = await xero.bill()
    await xero.pay(bill, amount)
    path, line = f"Invoices/{bill['InvoiceID']}", bill["LineItems"][0]

    changed = await xero.post(
        path,
        DueDate="2026-12-24",
        InvoiceNumber="B-2",
        Url="https://example.com/b",
        PlannedPaymentDate="2026-12-20",
        LineItems=[{"LineItemID": line["LineItemID"], "Description": "Card", "AccountCode": "461"}],
    )

    assert (changed["InvoiceNumber"], changed["DueDateString"]) == ("B-2", "2026-12-24T00:00:00")
    assert (changed["LineItems"][0]["Description"], changed["LineItems"][0]["AccountCode"]) == ("Card", "461")
    without_id = [{"Description": "Card", "UnitAmount": 100, "AccountCode": "461"}]
    for change in ({"Date": "2026-09-15"}, {"LineAmountTypes": "NoTax"}):
        assert await xero.refused("POST", path, **change) == [HAS_MONEY]
    changed_amount = [{"LineItemID": line["LineItemID"], "UnitAmount": 99}]
    assert await xero.refused("POST", path, LineItems=changed_amount) == [HAS_MONEY]
    assert "you must supply a LineItemID" in (await xero.refused("POST", path, LineItems=without_id))[0]


async def test_a_due_date_of_a_part_paid_bill_changes_without_moving_its_stamp(xero: Xero) -> None:
    bill = await xero.bill()
    await xero.pay(bill, 15)
    before = await xero.invoice(bill["InvoiceID"])

    await xero.post(f"Invoices/{bill['InvoiceID']}", DueDate="2026-12-24")

    after = await xero.invoice(bill["InvoiceID"])
    assert after["DueDate"] != before["DueDate"]
    assert after["UpdatedDateUTC"] == before["UpdatedDateUTC"]


@pytest.mark.conformance(60)
async def test_a_zero_total_is_paid_once_approved_unless_switched_off(xero: Xero) -> None:
    zero = [{**LINE, "UnitAmount": 0}]
    assert (await xero.bill(LineItems=zero))["Status"] == "PAID"
    assert (await xero.bill(LineItems=zero, Status="DRAFT"))["Status"] == "DRAFT"

    await xero.control.set_switches(xero.tenant, zero_total_is_paid=False)
    assert (await xero.bill(LineItems=zero))["Status"] == "AUTHORISED"


async def test_a_refused_bill_leaves_no_contact_behind(xero: Xero) -> None:
    await xero.refused("PUT", "Invoices", Type="ACCPAY", Contact={"Name": "Nobody"}, LineItems=[])

    assert await xero.rows("Contacts") == []


async def test_a_contact_named_in_a_bill_is_found_made_or_edited(xero: Xero) -> None:
    first = await xero.bill(Contact={"Name": "Paper Ltd"})
    second = await xero.bill(Contact={"Name": "PAPER LTD"})
    key = first["Contact"]["ContactID"]
    await xero.bill(Contact={"ContactID": key, "EmailAddress": "new@example.com"})

    assert second["Contact"]["ContactID"] == key
    assert (await xero.rows(f"Contacts/{key}"))[0]["EmailAddress"] == "new@example.com"


async def test_a_line_stays_on_an_account_that_has_no_code_any_more(xero: Xero) -> None:
    bill, other = await xero.bill(), (await xero.rows('Accounts?where=Code=="425"'))[0]
    key = await xero.control.act(xero.tenant, "remove_account_code", Code="453")

    shown = await xero.invoice(bill["InvoiceID"])
    line = {"LineItemID": shown["LineItems"][0]["LineItemID"], "Description": "Ink"}
    edited = await xero.post(f"Invoices/{bill['InvoiceID']}", LineItems=[line])
    price = {"Description": "x", "UnitAmount": 1}
    by_id = await xero.bill(LineItems=[{**price, "AccountID": key}, {**price, "AccountID": other["AccountID"]}])

    for line in (shown["LineItems"][0], edited["LineItems"][0], by_id["LineItems"][0]):
        assert (line["AccountID"], "AccountCode" in line, line["TaxType"]) == (key, False, "INPUT2")
    assert (by_id["LineItems"][1]["AccountCode"], by_id["LineItems"][1]["AccountID"]) == ("425", other["AccountID"])
    unknown = {"Type": "ACCPAY", "Contact": {"Name": "A"}, "LineItems": [{**price, "AccountID": bill["InvoiceID"]}]}
    assert "is not a valid code" in (await xero.refused("PUT", "Invoices", **unknown))[0]


async def test_only_a_person_leaves_a_description_out_and_an_app_may_keep_it_so(xero: Xero) -> None:
    lines = [{"UnitAmount": 1, "AccountCode": "453"}, {"UnitAmount": 2, "AccountCode": "453", "Description": "x"}]
    made = await xero.control.act(xero.tenant, "create_bill", Contact={"Name": "A"}, LineItems=lines)
    bare, worded = [line["LineItemID"] for line in (await xero.invoice(made))["LineItems"]]

    kept = await xero.post(f"Invoices/{made}", LineItems=[{"LineItemID": bare}, {"LineItemID": worded, "Quantity": 2}])
    emptied = [{"LineItemID": bare}, {"LineItemID": worded, "Description": ""}]

    assert ["Description" in line for line in kept["LineItems"]] == [False, True]
    for refused in (emptied, [{"UnitAmount": 1}]):
        words = await xero.refused("POST", f"Invoices/{made}", LineItems=refused)
        assert words == ["Description cannot be null or empty"]
