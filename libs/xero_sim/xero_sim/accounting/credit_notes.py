"""/CreditNotes, of vendors and of customers. Source: docs/xero.md 4.4."""

from xero_sim.accounting.call import Call
from xero_sim.accounting.credit_forms import credit_form
from xero_sim.accounting.credit_note_changes import write_credit_note
from xero_sim.accounting.envelope import success
from xero_sim.accounting.forms import Form
from xero_sim.accounting.listed import changed, list_rows
from xero_sim.accounting.refused import refused
from xero_sim.accounting.writing import Failed, Saved, Written, require_known, write_all
from xero_sim.answers import Answer, Rejected, not_found
from xero_sim.ids import ZERO_GUID
from xero_sim.query.fields import credit_fields
from xero_sim.records.credit import Credit
from xero_sim.sent import Sent
from xero_sim.wire import dumps

KEY = "CreditNotes"


def list_credit_notes(call: Call) -> Answer:
    """GET /CreditNotes: no lines unless it is paged."""
    org = call.org
    rows = changed(call, org.credit_notes)
    return list_rows(call, KEY, rows, credit_fields(org), lambda row, form: credit_form(org, row, call.unitdp, form))


def get_credit_note(call: Call) -> Answer:
    """GET /CreditNotes/{CreditNoteID or a sales credit note's number}."""
    return success(call, KEY, [dumps(credit_form(call.org, known_credit_note(call), call.unitdp, Form.SINGLE))])


def put_credit_notes(call: Call) -> Answer:
    """PUT /CreditNotes always creates new ones."""
    return write_all(call, KEY, call.elements(KEY), lambda sent: _write(call, None, sent))


def post_credit_notes(call: Call) -> Answer:
    """POST /CreditNotes updates those with a CreditNoteID or a known sales number, and creates the others."""
    elements = call.elements(KEY)
    require_known(
        [sent.text("CreditNoteID") for sent in elements], lambda key: call.org.credit_notes.get(key) is not None
    )
    return write_all(call, KEY, elements, lambda sent: _write(call, _match(call, sent), sent))


def post_credit_note(call: Call) -> Answer:
    """POST /CreditNotes/{CreditNoteID}."""
    old = known_credit_note(call)
    return write_all(call, KEY, call.elements(KEY)[:1], lambda sent: _write(call, old, sent))


def known_credit_note(call: Call) -> Credit:
    """The credit note that the path names by its id, or by its number if it is a sales one. Raises Rejected (404)."""
    key = call.ids[0]
    found = call.org.credit_notes.get(call.org.credit_number.get(key.casefold(), key))
    if found is None:
        raise Rejected(not_found())
    return found


def _match(call: Call, sent: Sent) -> Credit | None:
    if key := sent.text("CreditNoteID"):
        return call.org.credit_notes.get(key)
    number = sent.text("CreditNoteNumber")
    if number and (sent.text("Type") or "").upper() == "ACCRECCREDIT":
        return call.org.credit_notes.get(call.org.credit_number.get(number.casefold(), ""))
    return None


def _write(call: Call, old: Credit | None, sent: Sent) -> Written:
    outcome = write_credit_note(call.org, old, sent, unitdp=call.unitdp)
    if not isinstance(outcome, list):
        return Saved(credit_form(call.org, outcome, call.unitdp, Form.REPLY))
    stored = credit_form(call.org, old, call.unitdp) if old else None
    key = old.CreditID if old else ZERO_GUID
    return Failed(refused(KEY, sent, stored, CreditNoteID=key, ID=key), "HasErrors", outcome)
