"""Every answer Xero is known to give, and what is to be done about it (docs/xero.md 3.7, 2.1, 3.8, 1.4)."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tieout_connector.xero import errors
from tieout_connector.xero.contacts import CONTACTS, ContactForm
from tieout_connector.xero.errors import (
    AccessRefused,
    MalformedRequest,
    OutcomeUnknown,
    RefusedRequest,
    RetryAfter,
    XeroError,
)
from tieout_connector.xero.responses import classify
from tieout_testing.connector import AtXero

MAINTENANCE = "<!DOCTYPE html><html><body>Xero is down for maintenance</body></html>"
XML = "<ApiException><ErrorNumber>14</ErrorNumber><Type>PostDataInvalidException</Type></ApiException>"


def problem(status: int, detail: str) -> tuple[int, str, str]:
    return status, "application/json", json.dumps({"Title": "no", "Status": status, "Detail": detail})


def refusal(number: int, kind: str, message: str = "no", **more: Any) -> tuple[int, str, str]:
    said = {"ErrorNumber": number, "Type": kind, "Message": message, **more}
    return 400, "application/json", json.dumps(said)


ANSWERS = [
    (problem(401, "TokenExpired: token expired at 08/12/2022 07:00:40"), "TokenExpired"),
    (problem(401, "AuthorizationUnsuccessful"), "AccessRefused SCOPE_MISSING"),
    (problem(401, "TokenInvalidSignature: could not validate signature"), "AccessRefused TOKEN_UNKNOWN"),
    ((401, "", ""), "AccessRefused TOKEN_UNKNOWN"),
    (problem(403, "AuthenticationUnsuccessful"), "AccessRefused NOT_CONNECTED"),
    ((403, "text/html", "<html>Forbidden</html>"), "OutcomeUnknown True"),
    (refusal(10, "ValidationException", Elements=[{"ValidationErrors": [{"Message": "Taken."}]}]),
     "RefusedRequest (('Taken.',),)"),
    (refusal(10, "ValidationException", "A validation exception occurred"),
     "RefusedRequest (('A validation exception occurred',),)"),
    (refusal(14, "PostDataInvalidException", "Could not read the date at Invoices[3].Date"),
     "RefusedRequest (('Could not read the date at Invoices[3].Date',),)"),
    (refusal(16, "QueryParseException", "No property Nmae"), "MalformedRequest No property Nmae"),
    (refusal(16, "", "No property Nmae"), "MalformedRequest No property Nmae"),
    (refusal(17, "NoDataProcessedException", "No data was processed"), "MalformedRequest No data was processed"),
    ((400, "application/json", '{"Message": "Idempotency Key: k is used with a different request."}'),
     "OutcomeUnknown True"),
    ((400, "text/plain", "Idempotency Key: k is used with a different request."), "OutcomeUnknown True"),
    ((400, "text/plain", "You have reached the limit of invoices you can approve"),
     "RefusedRequest (('You have reached the limit of invoices you can approve',),)"),
    ((400, "text/plain", "Not\x00allowed"), "RefusedRequest (('Not\ufffdallowed',),)"),
    (refusal(10, "", "Not\x00allowed"), "RefusedRequest (('Not\ufffdallowed',),)"),
    ((400, "text/xml", XML), "RefusedRequest (('400 Bad Request',),)"),
    ((404, "text/html; charset=utf-8", "<html>not here</html>"), "NoSuchRecord (('404 Not Found',),)"),
    ((405, "", ""), "MalformedRequest 405 Method Not Allowed"),
    ((406, "text/plain", "JSON only"), "MalformedRequest JSON only"),
    ((408, "", ""), "OutcomeUnknown True"),
    ((412, "", ""), "MalformedRequest 412 Precondition Failed"),
    ((413, "", ""), "RefusedRequest (('413 Request Entity Too Large',),)"),
    ((415, "", ""), "MalformedRequest 415 Unsupported Media Type"),
    ((499, "", ""), "MalformedRequest 499 of no known meaning"),
    ((500, "text/plain", "An error occurred in Xero"), "OutcomeUnknown True"),
    ((500, "application/json", '{"Title": "An error occurred"}'), "OutcomeUnknown True"),
    ((501, "", ""), "MalformedRequest 501 Not Implemented"),
    ((502, "text/html", "<html>Bad Gateway</html>"), "OutcomeUnknown True"),
    ((503, "text/plain", "The Organisation is offline"), "OutcomeUnknown True"),
    ((503, "text/html", MAINTENANCE), "OutcomeUnknown True"),
    ((302, "text/html", MAINTENANCE), "OutcomeUnknown True"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "told"), ANSWERS)
def test_what_each_answer_means(answer: tuple[int, str, str], told: str) -> None:
    status, media_type, body = answer

    assert tell(classify(status, {"Content-Type": media_type}, body.encode())) == told


def tell(error: XeroError) -> str:
    name = type(error).__name__
    match error:
        case AccessRefused():
            return f"{name} {error.why.name}"
        case RefusedRequest():
            return f"{name} {error.elements}"
        case OutcomeUnknown():
            return f"{name} {error.answered}"
        case MalformedRequest():
            return f"{name} {error}"
    return name


@pytest.mark.parametrize(
    ("problem", "retry_after", "seconds"),
    [
        ("minute", "26", 26),
        ("Minute", "26", 26),
        ("day", "66975", 66975),
        ("Daily", None, 3600),
        ("concurrent", None, 1),
        ("concurrent", "0", 1),
        ("appminute", "13", 13),
        ("appminute", None, 60),
        ("minute", None, 60),
        ("", None, 60),
        ("day", "soon", 3600),
    ],
)
def test_a_429_says_how_long_the_tenant_waits(problem: str, retry_after: str | None, seconds: int) -> None:
    said = {"X-Rate-Limit-Problem": problem, **({"Retry-After": retry_after} if retry_after else {})}

    error = classify(429, said, b"")

    assert isinstance(error, RetryAfter)
    assert (error.after, error.exact) == (timedelta(seconds=seconds), True)


def test_the_words_of_lines_and_parts_are_kept_too_each_once() -> None:
    parts = {
        "InvoiceID": "00000000-0000-0000-0000-000000000000", "HasErrors": True,
        "ValidationErrors": [{"Message": "The bill is not good."}],
        "LineItems": [{"ValidationErrors": [{"Message": "Account code '999' is not a valid code."}]}] * 2,
    }  # fmt: skip
    body = refusal(10, "ValidationException", Elements=[parts, {"ValidationErrors": []}])[2]

    error = classify(400, {"Content-Type": "application/json"}, body.encode())

    assert isinstance(error, RefusedRequest)
    assert error.elements == (("The bill is not good.", "Account code '999' is not a valid code."),)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("429-minute", "RetryAfter 26"),
        ("429-day", "RetryAfter 40000"),
        ("429-concurrent", "RetryAfter 1"),
        ("429-appminute", "RetryAfter 13"),
        ("500", "OutcomeUnknown True"),
        ("503", "OutcomeUnknown True"),
        ("html", "OutcomeUnknown False"),
        ("lost", "OutcomeUnknown False"),
        ("cut", "OutcomeUnknown False"),
    ],
)
@pytest.mark.parametrize("writing", [True, False])
async def test_what_each_of_xeros_faults_means(xero: AtXero, fault: str, told: str, writing: bool) -> None:
    await xero.control.add_fault(fault)

    call = CONTACTS.creating([ContactForm(name="Kea")], str(uuid4())) if writing else (CONTACTS.listing(page=1), None)

    with pytest.raises(XeroError) as raised:
        await xero.call(*call)

    waits = f"RetryAfter {raised.value.after.total_seconds():.0f}" if isinstance(raised.value, RetryAfter) else None
    assert (waits or tell(raised.value)) == told


async def test_a_slow_answer_is_none(xero: AtXero) -> None:
    xero.wait_at_most(0.2)
    await xero.control.add_fault("slow", seconds=1)

    with pytest.raises(OutcomeUnknown) as raised:
        await xero.all(CONTACTS)

    assert not raised.value.answered


async def test_a_refused_connection_did_nothing(xero: AtXero) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    xero.api._url = f"http://127.0.0.1:{port}/"

    with pytest.raises(RetryAfter):
        await xero.all(CONTACTS)


async def test_what_xero_says_of_a_real_token_decides(xero: AtXero) -> None:
    async def told() -> str:
        with pytest.raises(XeroError) as raised:
            await xero.all(CONTACTS)
        return tell(raised.value)

    good = xero.token
    xero.token = "nobody's"
    assert await told() == "AccessRefused TOKEN_UNKNOWN"
    xero.token = good
    await xero.control.disconnect(xero.org_id)
    assert await told() == "AccessRefused NOT_CONNECTED"
    await xero.control.advance(timedelta(minutes=31))
    assert await told() == "TokenExpired"


def test_each_error_of_the_tree_is_the_verdict_on_some_answer() -> None:
    # Connections decide on the first two; the tests above show the others.
    elsewhere = {"ConsentLost", "NotPermitted", "RetryAfter", "ScopeMissing", "TimedOut"}
    told = {verdict.split(" ")[0] for _, verdict in ANSWERS} | elsewhere

    assert told == {
        name
        for name, error in vars(errors).items()
        if isinstance(error, type) and issubclass(error, XeroError) and error is not XeroError
    }
