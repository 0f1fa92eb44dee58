"""Writes that Xero does not do as it was told, or not at all."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from xero_sim.accounting.call import Call
from xero_sim.answers import JSON, TEXT, Answer, ErrorNumber, api_exception
from xero_sim.ids import ZERO_GUID
from xero_sim.oddities.oddity import Oddity
from xero_sim.oddities.replies import elements_of
from xero_sim.wire import Json, dumps

PASSING = (
    "An error occurred in Xero. Check the API Status page http://status.developer.xero.com for current service status."
)
NEVER_USED = "This tracking option has not been used, so it cannot be archived. Delete it instead."
Work = Callable[[], Answer]
_ID = {
    "Invoices": "InvoiceID", "Contacts": "ContactID", "Payments": "PaymentID", "CreditNotes": "CreditNoteID",
    "BankTransfers": "BankTransferID", "Items": "ItemID", "ContactGroups": "ContactGroupID",
}  # fmt: skip


def fails_with(call: Call, options: Mapping[str, Any]) -> Answer | None:
    """500 to each write whose body or file name contains the text `containing`."""
    fails = call.method != "GET" and str(options["containing"]) in call.body.decode("utf-8", "replace")
    return Answer(500, b"An error occurred in Xero. Check the API Status page.", TEXT) if fails else None


def zero_id(call: Call, options: Mapping[str, Any], work: Work) -> Answer | None:
    """Elements with the text `containing` are not made, and come back with the zero id and no error."""
    return _without(
        call, str(options.get("containing", "")), work, lambda form, own: {**form, **dict.fromkeys(own, ZERO_GUID)}
    )


def passing_error(call: Call, options: Mapping[str, Any], work: Work) -> Answer | None:
    """Elements with the text `containing` are not made, and come back with a fault of Xero's own."""
    return _without(
        call,
        str(options.get("containing", "")),
        work,
        lambda form, own: {**form, **own, "HasValidationErrors": True, "ValidationErrors": [{"Message": PASSING}]},
    )


def altered_reference(call: Call, options: Mapping[str, Any], work: Work) -> Answer | None:
    """References are stored without blanks around them and without emoji; with `to`, as that text."""
    if call.method == "GET" or b'"Reference"' not in call.body:
        return None
    body = json.loads(call.body, parse_float=Decimal)
    altered = False
    # A single record may come without an envelope.
    for element in [body, *elements_of(body)]:
        if "Reference" in element:
            kept = "".join(char for char in str(element["Reference"]) if ord(char) < 0x2000).strip()
            stored = options.get("to", kept)
            altered |= stored != element["Reference"]
            element["Reference"] = stored
    if not altered:
        return None
    call.body = dumps(body)
    return work()


def archiving_refused(call: Call, options: Mapping[str, Any]) -> Answer | None:
    """A tracking option cannot be archived while no document uses it."""
    if call.method == "GET" or b'"ARCHIVED"' not in call.body or len(call.ids) != 2:
        return None
    pairs = (pair for each in call.org.invoices for line in each.LineItems for pair in line.Tracking)
    if any(pair[1] == call.ids[1].lower() for pair in pairs):
        return None
    errors: Json = {"TrackingOptionID": call.ids[1], "ValidationErrors": [{"Message": NEVER_USED}]}
    return api_exception(ErrorNumber.ValidationException, "A validation exception occurred", [errors])


def _without(call: Call, text: str, work: Work, shown: Callable[[Json, Json], Json]) -> Answer | None:
    """Xero's work without the elements that hold this text; they are shown at their places, made of what was sent."""
    if call.method == "GET" or not call.body:
        return None
    body = json.loads(call.body, parse_float=Decimal)
    name = next((key for key, value in body.items() if isinstance(value, list)), "")
    sent = body.get(name) or []
    if name not in _ID:
        # Their elements have no ids.
        return None
    odd = [text in dumps(each).decode() for each in sent]
    if not any(odd):
        return None
    kept = [each for each, is_odd in zip(sent, odd, strict=True) if not is_odd]
    call.body = dumps({name: kept})
    answer = work() if kept else Answer(200, dumps({name: []}), JSON)
    if answer.status != 200:
        return answer
    content = json.loads(answer.body, parse_float=Decimal)
    rows = iter(elements_of(content))
    id_field = _ID[name]
    content[name] = [
        shown(each, {id_field: each.get(id_field) or ZERO_GUID}) if is_odd else next(rows)
        for each, is_odd in zip(sent, odd, strict=True)
    ]
    return replace(answer, body=dumps(content))


ODDITIES = {
    "zero-id": Oddity(
        "F03", "Elements that contain `containing` come back with the zero id, and nothing was made.", around=zero_id
    ),
    "fails-with": Oddity("F04", "Each write that contains `containing` is answered 500.", before=fails_with),
    "passing-error": Oddity(
        "F05", "Elements that contain `containing` come back with “An error occurred in Xero”.", around=passing_error
    ),
    "altered-reference": Oddity(
        "F25", "References are stored without emoji and outer blanks, or as `to`.", around=altered_reference
    ),
    "unused-stays": Oddity(
        "F26", "A tracking option that was never used cannot be archived.", before=archiving_refused
    ),
}
