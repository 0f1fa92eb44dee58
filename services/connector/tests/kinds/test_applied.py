"""What a bill's amount due holds, in every form in which Xero shows a bill (PAY-9)."""

from uuid import UUID

import pytest

from tieout_connector.kinds import FOLLOWED
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.invoices import INVOICES
from tieout_connector.xero.models import Json
from tieout_schemas.signals import XeroKind
from tieout_schemas.xero import InvoiceStatus, XeroInvoice

from .writing import Writing, bill, intent

LINE = {"Description": "Paper", "Quantity": 1, "UnitAmount": "100.00", "AccountCode": "453"}


def read(raw: Json) -> XeroInvoice:
    seen = FOLLOWED[XeroKind.INVOICE].parse(raw)
    assert isinstance(seen, XeroInvoice)
    return seen


def applied(raw: Json) -> dict[UUID, str]:
    return {each.xero_id: str(each.amount) for each in read(raw).applied}


async def credits_of(w: Writing, contact: UUID) -> dict[str, str]:
    """A credit note, a prepayment and an overpayment, by the names of their ids."""
    owner = {"Contact": {"ContactID": str(contact)}, "LineItems": [LINE]}
    note = await w.xero.control.act(w.xero.org_id, "create_credit_note", Status="AUTHORISED", **owner)
    spent = {}
    for kind in ("Prepayment", "Overpayment"):
        line = {**LINE, "AccountCode": "610"} if kind == "Overpayment" else LINE
        await w.xero.control.act(
            w.xero.org_id, "create_bank_transaction", Type=f"SPEND-{kind.upper()}", **{**owner, "LineItems": [line]}
        )
        (made,) = await w.state(f"{kind}s")
        spent[f"{kind}ID"] = str(made[f"{kind}ID"])
    return {"CreditNoteID": note, **spent}


async def paid_in_every_way(w: Writing) -> tuple[UUID, UUID, dict[UUID, str]]:
    """A bill over 230.00, its contact, and what is on it."""
    contact = await w.contact()
    made = await w.bill(contact, lines=(bill(contact).lines or ()) * 2)
    on_it = {}
    for amount, (name, xero_id) in zip(
        ("20.00", "30.00", "40.00"), (await credits_of(w, contact)).items(), strict=True
    ):
        sent = {name: xero_id, "InvoiceID": str(made), "Amount": amount}
        await w.xero.control.act(w.xero.org_id, "allocate_credit", **sent)
        on_it[UUID(xero_id)] = f"{amount} NZD"
    payment = await w.xero.control.act(w.xero.org_id, "pay_invoice", InvoiceID=str(made), Amount="10.00")
    return made, contact, {**on_it, UUID(payment): "10.00 NZD"}


@pytest.mark.rule("PAY-9")
async def test_every_form_names_the_payments_and_credits_that_the_amount_due_holds(writing: Writing) -> None:
    made, contact, on_it = await paid_in_every_way(writing)
    paths = {"list": XeroRequest("GET", "Invoices", {}), "page": INVOICES.listing(page=1), "single": INVOICES.one(made)}

    forms = {name: (await writing.xero.call(asked)).json["Invoices"][0] for name, asked in paths.items()}
    (forms["reply"],) = await writing.send(intent(bill(contact, "B-2", lines=None), made))

    assert {name: applied(raw) for name, raw in forms.items()} == dict.fromkeys(forms, on_it)
    assert {str(read(raw).amount_due) for raw in forms.values()} == {"130.00 NZD"}
    # By their ids: the same content in every form, whatever Xero's order.
    assert [each.xero_id for each in read(forms["single"]).applied] == sorted(on_it)


@pytest.mark.rule("PAY-9")
async def test_the_replies_to_a_create_and_to_a_void_hold_nothing(writing: Writing) -> None:
    contact = await writing.contact()

    (made,) = await writing.send(intent(bill(contact)))
    gone = intent(bill(contact, status=InvoiceStatus.VOIDED), UUID(made["InvoiceID"]))
    (voided,) = await writing.send(gone)

    assert "Payments" not in made
    shorter = {
        name: value for name, value in voided.items() if name not in ("Payments", "CreditNotes", "AmountCredited")
    }
    assert [applied(made), applied(voided), applied(shorter)] == [{}, {}, {}]


@pytest.mark.rule("PAY-9")
async def test_a_form_without_them_is_not_taken_for_an_unpaid_bill(writing: Writing) -> None:
    made, *_ = await paid_in_every_way(writing)
    whole = (await writing.xero.call(INVOICES.one(made))).json["Invoices"][0]

    for left_out in (("Payments",), ("CreditNotes", "Prepayments", "Overpayments")):
        form = {name: value for name, value in whole.items() if name not in left_out}
        with pytest.raises(ValueError, match="does not name the payments"):
            read(form)


async def test_parts_of_one_credit_are_one(writing: Writing) -> None:
    made, _, _ = await paid_in_every_way(writing)
    whole = (await writing.xero.call(INVOICES.one(made))).json["Invoices"][0]
    note = whole["CreditNotes"][0]

    twice = applied({**whole, "CreditNotes": [note, {**note, "AppliedAmount": 5}]})

    assert twice[UUID(note["CreditNoteID"])] == "25.00 NZD"
