"""What a person does in Xero's own pages, action by action. Source: xero-api.md 4, behaviour 47.

An action takes the organisation and its parameters in Xero's field names and returns the id it was about.
Raises Refusal with Xero's messages.
"""

from collections.abc import Callable
from copy import copy

from xero_sim.accounting import contact_changes, routes
from xero_sim.accounting.call import Call
from xero_sim.accounting.invoice_changes import write_invoice
from xero_sim.accounting.payment_changes import delete_payment, make_payment
from xero_sim.answers import Rejected
from xero_sim.org import Org
from xero_sim.records.contact import Contact
from xero_sim.records.invoice import Invoice
from xero_sim.records.payment import Payment
from xero_sim.sent import Sent
from xero_sim.wire import Json, dumps

PAYS_FROM = "090"


class Refusal(Exception):
    """Xero would not let the person do it."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("; ".join(messages))
        self.messages = messages


Action = Callable[[Org, Json], str | None]


def create_contact(org: Org, sent: Json) -> str:
    """A new contact."""
    return _store_contact(org, None, sent)


def edit_contact(org: Org, sent: Json) -> str:
    """Change any field of a contact; a person may edit an archived one too."""
    return _store_contact(org, _contact(org, sent), sent)


def archive_contact(org: Org, sent: Json) -> str:
    """ACTIVE to ARCHIVED."""
    return _store_contact(org, _contact(org, sent), {"ContactStatus": "ARCHIVED"})


def restore_contact(org: Org, sent: Json) -> str:
    """ARCHIVED to ACTIVE, which the API cannot do."""
    return _store_contact(org, _contact(org, sent), {"ContactStatus": "ACTIVE"})


def merge_contacts(org: Org, sent: Json) -> str:
    """`ContactID` goes into `MergedToContactID`: its documents move, it is archived and names the winner."""
    loser = copy(_contact(org, sent))
    winner = _contact(org, {"ContactID": sent.get("MergedToContactID")})
    if loser.ContactID == winner.ContactID:
        raise Refusal(["A contact cannot be merged with itself"])
    for key in list(org.invoices_of.get(loser.ContactID, ())):
        moved = copy(org.invoices[key])
        moved.ContactID = winner.ContactID
        org.save_invoice(moved)
    loser.ContactStatus, loser.MergedToContactID = "ARCHIVED", winner.ContactID
    org.save_contact(loser)
    org.save_contact(copy(org.contacts[winner.ContactID]))
    return loser.ContactID


def create_bill(org: Org, sent: Json) -> str:
    """A new bill; Status as in the API."""
    return _store_invoice(org, None, {**sent, "Type": "ACCPAY"})


def create_sales_invoice(org: Org, sent: Json) -> str:
    """A new sales invoice."""
    return _store_invoice(org, None, {**sent, "Type": "ACCREC"})


def edit_invoice(org: Org, sent: Json) -> str:
    """Change fields or lines of a bill or sales invoice, under the API's rules."""
    return _store_invoice(org, _invoice(org, sent), sent)


def submit_invoice(org: Org, sent: Json) -> str:
    """DRAFT to SUBMITTED."""
    return _store_invoice(org, _invoice(org, sent), {"Status": "SUBMITTED"})


def approve_invoice(org: Org, sent: Json) -> str:
    """To AUTHORISED."""
    return _store_invoice(org, _invoice(org, sent), {"Status": "AUTHORISED"})


def void_invoice(org: Org, sent: Json) -> str:
    """AUTHORISED to VOIDED."""
    return _store_invoice(org, _invoice(org, sent), {"Status": "VOIDED"})


def delete_invoice(org: Org, sent: Json) -> str:
    """DRAFT or SUBMITTED to DELETED."""
    return _store_invoice(org, _invoice(org, sent), {"Status": "DELETED"})


def pay_invoice(org: Org, sent: Json) -> str:
    """Pay by hand: the whole amount due, today, from account 090, unless told otherwise."""
    invoice = _invoice(org, sent)
    form: Json = {
        "Invoice": {"InvoiceID": invoice.InvoiceID},
        "Account": sent.get("Account") or {"Code": PAYS_FROM},
        "Amount": sent.get("Amount") if sent.get("Amount") is not None else str(invoice.AmountDue),
        **{key: sent[key] for key in ("Date", "Reference", "IsReconciled", "CurrencyRate") if key in sent},
    }
    outcome = make_payment(org, Sent(form, "Payment"))
    if isinstance(outcome, list):
        raise Refusal(outcome)
    return outcome.PaymentID


def remove_payment(org: Org, sent: Json) -> str:
    """Delete a payment."""
    outcome = delete_payment(org, _payment(org, sent))
    if isinstance(outcome, list):
        raise Refusal(outcome)
    return outcome.PaymentID


def reconcile_payment(org: Org, sent: Json) -> str:
    """Match a payment to a bank line; `IsReconciled` false takes it back."""
    payment = copy(_payment(org, sent))
    payment.IsReconciled = bool(sent.get("IsReconciled", True))
    org.save_payment(payment)
    return payment.PaymentID


def set_lock_dates(org: Org, sent: Json) -> None:
    """`PeriodLockDate` and `EndOfYearLockDate` as YYYY-MM-DD; null takes one away, leaving it out keeps it."""
    read = Sent(sent, "Organisation")
    for name in ("PeriodLockDate", "EndOfYearLockDate"):
        if name in sent:
            setattr(org.profile, name, read.day(name))


def request(org: Org, sent: Json) -> str | None:
    """Any write of the Accounting API, made by a person: `method`, `path`, `body`. For settings and groups."""
    found = routes.find(str(sent.get("method", "POST")), str(sent.get("path", "")).strip("/").split("/"))
    if found is None or found.route is None:
        raise Refusal([f"No such request: {sent.get('method', 'POST')} {sent.get('path')}"])
    body = dumps(sent.get("body") or {})
    answer = found.route.handler(Call(found.route.method, org, "", "", body=body, ids=found.ids))
    if answer.status >= 400:
        raise Refusal([answer.body.decode()])
    return None


def _contact(org: Org, sent: Json) -> Contact:
    found = org.contacts.get(str(sent.get("ContactID", "")))
    if found is None:
        raise Refusal([f"No contact {sent.get('ContactID')}"])
    return found


def _invoice(org: Org, sent: Json) -> Invoice:
    found = org.invoices.get(str(sent.get("InvoiceID", "")))
    if found is None:
        raise Refusal([f"No invoice {sent.get('InvoiceID')}"])
    return found


def _payment(org: Org, sent: Json) -> Payment:
    found = org.payments.get(str(sent.get("PaymentID", "")))
    if found is None:
        raise Refusal([f"No payment {sent.get('PaymentID')}"])
    return found


def _store_contact(org: Org, old: Contact | None, sent: Json) -> str:
    new = contact_changes.merged(org, old, Sent(sent, "Contact"))
    if problems := contact_changes.refuse(org, old, new, by_person=True):
        raise Refusal(problems)
    org.save_contact(new)
    return new.ContactID


def _store_invoice(org: Org, old: Invoice | None, sent: Json) -> str:
    outcome = write_invoice(org, old, Sent(sent, "Invoice"), app=None)
    if isinstance(outcome, list):
        raise Refusal(outcome)
    return outcome.InvoiceID


ACTIONS: dict[str, Action] = {
    action.__name__: action
    for action in (
        create_contact,
        edit_contact,
        archive_contact,
        restore_contact,
        merge_contacts,
        create_bill,
        create_sales_invoice,
        edit_invoice,
        submit_invoice,
        approve_invoice,
        void_invoice,
        delete_invoice,
        pay_invoice,
        remove_payment,
        reconcile_payment,
        set_lock_dates,
        request,
    )
}


def act(org: Org, sent: Json) -> Json:
    """Do one action; `{"ok": true, "id": …}` or `{"ok": false, "messages": […]}`."""
    action = ACTIONS.get(str(sent.get("do")))
    if action is None:
        return {"ok": False, "messages": [f"No action {sent.get('do')!r}; there are {', '.join(ACTIONS)}"]}
    try:
        parameters = {key: value for key, value in sent.items() if key != "do"}
        return {"ok": True, "id": action(org, parameters)}
    except Refusal as refusal:
        return {"ok": False, "messages": refusal.messages}
    except Rejected as rejected:
        return {"ok": False, "messages": [rejected.answer.body.decode()]}
