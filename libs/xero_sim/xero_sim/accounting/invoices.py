"""/Invoices: bills and sales invoices. Source: docs/xero.md 4.3."""

from collections.abc import Callable, Sequence

from xero_sim.accounting.call import Call
from xero_sim.accounting.envelope import success
from xero_sim.accounting.forms import Form
from xero_sim.accounting.invoice_changes import write_invoice
from xero_sim.accounting.invoice_forms import body_form, full_form, listed_bytes, page_form, single_bytes
from xero_sim.accounting.refused import refused
from xero_sim.accounting.writing import Failed, Saved, Written, require_known, write_all
from xero_sim.answers import Answer, Rejected, not_found
from xero_sim.ids import ZERO_GUID
from xero_sim.query.fields import invoice_fields
from xero_sim.query.listing import filtered, ordered
from xero_sim.query.paging import asked_page
from xero_sim.query.since import modified_since
from xero_sim.records.invoice import Invoice
from xero_sim.sent import Sent
from xero_sim.wire import Json, dumps

KEY = "Invoices"


def list_invoices(call: Call) -> Answer:
    """GET /Invoices. Only pages show lines; summaryOnly and Statuses force pages."""
    fields = invoice_fields(call.org)
    rows = ordered(filtered(_selected(call), call.query, fields), call.query, fields)
    summary = call.flag("summaryOnly")
    page = asked_page(call.query, len(rows), forced=summary or "statuses" in call.query)
    rows = page.cut(rows) if page else rows
    form = Form.SUMMARY if summary else Form.PAGE if page else Form.LIST
    if form is Form.PAGE and call.unitdp == 4:
        return success(call, KEY, [dumps(page_form(call.org, row, 4)) for row in rows], page)
    return success(call, KEY, [listed_bytes(call.org, row, form) for row in rows], page)


def get_invoice(call: Call) -> Answer:
    """GET /Invoices/{InvoiceID or a sales invoice's number}."""
    return success(call, KEY, [single_bytes(call.org, known_invoice(call), call.unitdp)])


def put_invoices(call: Call) -> Answer:
    """PUT /Invoices always creates new ones. A sent InvoiceID is ignored (behaviour 39)."""
    return write_all(call, KEY, call.elements(KEY), lambda sent: _write(call, None, sent))


def post_invoices(call: Call) -> Answer:
    """POST /Invoices updates those with an InvoiceID or a known sales number, and creates the others."""
    elements = call.elements(KEY)
    require_known([sent.text("InvoiceID") for sent in elements], lambda key: call.org.invoices.get(key) is not None)
    return write_all(call, KEY, elements, lambda sent: _write(call, _match(call, sent), sent))


def post_invoice(call: Call) -> Answer:
    """POST /Invoices/{InvoiceID}."""
    old = known_invoice(call)
    return write_all(call, KEY, call.elements(KEY)[:1], lambda sent: _write(call, old, sent))


def _selected(call: Call) -> Sequence[Invoice]:
    invoices = call.org.invoices
    if (ids := call.listed_ids("IDs")) is not None:
        found = (invoices.get(key) for key in ids)
        rows: Sequence[Invoice] = sorted(
            (row for row in found if row), key=lambda row: (row.UpdatedDateUTC, row.InvoiceID)
        )
    else:
        rows = invoices.in_order()
    if (since := modified_since(call.headers)) is not None:
        rows = invoices.changed_since(since) if ids is None else [r for r in rows if r.UpdatedDateUTC >= since]
    tests: list[Callable[[Invoice], bool]] = []
    if (contacts := call.listed_ids("ContactIDs")) is not None:
        tests.append(lambda row: row.ContactID in contacts)
    if (statuses := call.listed("Statuses")) is not None:
        tests.append(lambda row: row.Status.lower() in statuses)
    if (numbers := call.listed("InvoiceNumbers")) is not None:
        tests.append(lambda row: row.InvoiceNumber.lower() in numbers)
    if call.flag("createdByMyApp"):
        tests.append(lambda row: row.CreatedBy == call.app)
    if term := call.query.get("searchterm", "").casefold():
        tests.append(lambda row: term in row.InvoiceNumber.casefold() or term in row.Reference.casefold())
    for test in tests:
        rows = [row for row in rows if test(row)]
    return rows


def known_invoice(call: Call) -> Invoice:
    """The invoice that the path names by its id, or by its number if it is a sales one. Raises Rejected (404)."""
    key = call.ids[0]
    found = call.org.invoices.get(key)
    if found is None and (by_number := call.org.sales_number.get(key.casefold())):
        found = call.org.invoices[by_number]
    if found is None:
        raise Rejected(not_found())
    return found


def _match(call: Call, sent: Sent) -> Invoice | None:
    if key := sent.text("InvoiceID"):
        return call.org.invoices.get(key)
    number = sent.text("InvoiceNumber")
    if number and (sent.text("Type") or "").upper() == "ACCREC":
        by_number = call.org.sales_number.get(number.casefold())
        return call.org.invoices[by_number] if by_number else None
    return None


def _write(call: Call, old: Invoice | None, sent: Sent) -> Written:
    outcome = write_invoice(call.org, old, sent, app=call.app, unitdp=call.unitdp)
    if isinstance(outcome, list):
        return Failed(_refused(call, old, sent), "HasErrors", outcome)
    voided = old is not None and outcome.Status == "VOIDED"
    # Behaviour 55: the reply to a POST that voids the document still shows the old AmountDue.
    return Saved(full_form(call.org, outcome, call.unitdp, amount_due=old.AmountDue if old and voided else None))


def _refused(call: Call, old: Invoice | None, sent: Sent) -> Json:
    stored = body_form(call.org, old, call.unitdp) if old else None
    return refused(KEY, sent, stored, InvoiceID=old.InvoiceID if old else ZERO_GUID)
