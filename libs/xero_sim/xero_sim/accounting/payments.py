"""/Payments: PUT, or POST of a list, creates payments; POST of one payment deletes it.

Source: docs/xero.md 4.5, behaviours 62-65.
"""

from collections.abc import Sequence

from xero_sim.accounting.call import Call
from xero_sim.accounting.envelope import success
from xero_sim.accounting.forms import Form
from xero_sim.accounting.payment_changes import delete_payment, make_payment
from xero_sim.accounting.payment_forms import payment_bytes, payment_form
from xero_sim.accounting.refused import refused
from xero_sim.accounting.writing import Failed, Saved, Written, write_all
from xero_sim.answers import Answer, Rejected, not_found
from xero_sim.query.fields import payment_fields
from xero_sim.query.listing import filtered, ordered
from xero_sim.query.paging import asked_page
from xero_sim.query.since import modified_since
from xero_sim.records.payment import Payment
from xero_sim.rules.payment import NOT_FOR_MODIFICATION, ONLY_STATUS
from xero_sim.sent import Sent
from xero_sim.wire import Json

KEY = "Payments"


def list_payments(call: Call) -> Answer:
    """GET /Payments, deleted ones included."""
    fields = payment_fields(call.org)
    payments = call.org.payments
    since = modified_since(call.headers)
    rows: Sequence[Payment] = payments.in_order() if since is None else payments.changed_since(since)
    rows = ordered(filtered(rows, call.query, fields), call.query, fields)
    page = asked_page(call.query, len(rows))
    return success(call, KEY, [payment_bytes(call.org, row) for row in (page.cut(rows) if page else rows)], page)


def get_payment(call: Call) -> Answer:
    """GET /Payments/{PaymentID}."""
    return success(call, KEY, [payment_bytes(call.org, _known(call), Form.SINGLE)])


def put_payments(call: Call) -> Answer:
    """PUT or POST /Payments creates payments."""
    return write_all(call, KEY, call.elements(KEY), lambda sent: _make(call, sent))


def post_payment(call: Call) -> Answer:
    """POST /Payments/{PaymentID} with only Status DELETED: nothing else can be changed."""
    payment = _known(call)
    return write_all(call, KEY, call.elements(KEY)[:1], lambda sent: _delete(call, payment, sent))


def _known(call: Call) -> Payment:
    found = call.org.payments.get(call.ids[0])
    if found is None:
        raise Rejected(not_found())
    return found


def _make(call: Call, sent: Sent) -> Written:
    outcome = make_payment(call.org, sent)
    if isinstance(outcome, list):
        return Failed(_refused(call, sent), "HasValidationErrors", outcome)
    return Saved(payment_form(call.org, outcome, Form.REPLY))


def _delete(call: Call, payment: Payment, sent: Sent) -> Written:
    if any(sent.has(name) for name in sent.form if name.lower() not in ("status", "paymentid")):
        return Failed(_refused(call, sent, payment), "HasValidationErrors", [ONLY_STATUS])
    wanted = sent.one_of("Status", ("AUTHORISED", "DELETED"))
    outcome = delete_payment(call.org, payment) if wanted == "DELETED" else [NOT_FOR_MODIFICATION]
    if isinstance(outcome, list):
        return Failed(_refused(call, sent, payment), "HasValidationErrors", outcome)
    return Saved(payment_form(call.org, outcome, Form.REPLY))


def _refused(call: Call, sent: Sent, payment: Payment | None = None) -> Json:
    """A refused payment. A new one has no id, unlike other new records that are refused."""
    known: Json = {"PaymentID": payment.PaymentID if payment else None, "HasAccount": sent.has("Account") or None}
    return refused(KEY, sent, **known)
