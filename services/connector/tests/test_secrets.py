"""No token, secret, bank detail or tax number in any log, error or repr."""

import json
import logging
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tieout_connector.kinds import FOLLOWED
from tieout_connector.xero import redaction, wire
from tieout_connector.xero.allocations import InvoiceRef
from tieout_connector.xero.bank_transactions import AccountRef, BankTransaction
from tieout_connector.xero.batch_payments import BATCH_PAYMENTS, BatchMemberForm, BatchPaymentForm
from tieout_connector.xero.batch_payments import parse as batch_of
from tieout_connector.xero.contacts import CONTACTS
from tieout_connector.xero.contacts import parse as contact
from tieout_connector.xero.errors import MalformedRequest, RefusedRequest, XeroError
from tieout_connector.xero.http import XeroApi, XeroRequest
from tieout_connector.xero.organisation import parse as organisation_of
from tieout_connector.xero.parsing import Unreadable
from tieout_connector.xero.refusals import refusal_of
from tieout_connector.xero.responses import classify
from tieout_schemas.signals import XeroKind
from tieout_testing.connector import AtXero

ACCOUNT, TAX, DETAILS = "02-0908-7654321-050", "071-138-054", "Wages of Ana"
SECRETS = (ACCOUNT, ACCOUNT.replace("-", ""), TAX, DETAILS)
ID = "430fa14a-f945-44d3-9f97-5df5e28441b8"
FULL = {
    "ContactID": ID, "Name": "Paper Ltd", "UpdatedDateUTC": "/Date(1550793549320+0000)/", "TaxNumber": TAX,
    "BankAccountDetails": ACCOUNT, "BatchPayments": {"BankAccountNumber": ACCOUNT, "Details": DETAILS},
}  # fmt: skip
REFUSED: dict[str, Any] = {
    "ErrorNumber": 10, "Type": "ValidationException", "Message": "A validation exception occurred",
    "Elements": [{
        **FULL, "HasValidationErrors": True,
        "ValidationErrors": [{"Message": f"Account {ACCOUNT} ({ACCOUNT.replace('-', '')}) and {TAX} are not valid."}],
    }],
}  # fmt: skip


def shows(*told: object) -> list[str]:
    text = " ".join(f"{each} {each!r}" for each in told)
    return [secret for secret in SECRETS if secret in text]


def test_a_model_does_not_hold_them() -> None:
    batch = batch_of({
        "BatchPaymentID": ID, "UpdatedDateUTC": "/Date(1)/", "Type": "PAYBATCH", "Status": "AUTHORISED",
        "Account": {"AccountID": ID}, "Date": "/Date(0)/", "TotalAmount": "1.00", "Details": DETAILS,
        "Payments": [{"Invoice": {"InvoiceID": ID}, "Amount": 1, "BankAccountNumber": ACCOUNT, "Details": DETAILS}],
    })  # fmt: skip
    organisation = organisation_of(
        {"OrganisationID": ID, "Name": "Kauri", "BaseCurrency": "NZD", "TaxNumber": TAX, "APIKey": "CTJ60UH519MX"}
    )

    assert not shows(contact(FULL), batch, organisation)
    assert "CTJ60UH519MX" not in repr(organisation)


def test_a_form_shows_them_to_xero_alone() -> None:
    member = BatchMemberForm(
        invoice=InvoiceRef(invoice_id=UUID(ID)), amount=Decimal("1.10"), bank_account_number=ACCOUNT, details=DETAILS
    )
    form = BatchPaymentForm(account=AccountRef(code="090"), date="2026-09-14", payments=(member,), details=DETAILS)

    _, body = BATCH_PAYMENTS.creating([form], "k")

    assert not shows(form, member, form.wire())
    sent = json.loads(body)["BatchPayments"][0]
    assert (sent["Details"], sent["Payments"][0]["BankAccountNumber"]) == (DETAILS, ACCOUNT)


def test_a_record_that_cannot_be_read_is_not_quoted() -> None:
    with pytest.raises(ValueError, match="BankTransactionID") as raised:
        BankTransaction.model_validate({"Reference": DETAILS, "Total": ACCOUNT, "BankTransactionID": TAX})
    with pytest.raises(Unreadable, match="UpdatedDateUTC") as unreadable:
        FOLLOWED[XeroKind.CONTACT].read({**FULL, "UpdatedDateUTC": ACCOUNT})

    assert not shows(raised.value, unreadable.value)


@pytest.mark.parametrize("echoed", [True, False])
def test_xeros_words_come_without_what_we_sent_in_secret(echoed: bool) -> None:
    answer = REFUSED if echoed else {**REFUSED, "Elements": [], "Message": f"Could not read '{ACCOUNT}' and '{TAX}'"}

    error = classify(400, {}, json.dumps(answer).encode(), wire.dumps({"Contacts": [FULL]}))

    assert isinstance(error, RefusedRequest)
    assert not shows(error, error.elements)
    assert redaction.SHOWN in str(error)


def test_neither_do_they_come_in_a_200_or_a_plain_text() -> None:
    text = classify(
        400, {"Content-Type": "text/plain"}, f"{ACCOUNT} is no account".encode(), wire.dumps({"Contacts": [FULL]})
    )

    assert refusal_of(REFUSED["Elements"][0]) == ("Account … (…) and … are not valid.",)
    assert str(text) == "… is no account"


@pytest.mark.parametrize("token", ["bearer-of-all", "bearer-of-all\n"])
async def test_no_error_and_no_log_holds_the_token(token: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    unreachable = "http://127.0.0.1:1"
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(XeroError) as raised:
            await XeroApi(client, unreachable).call(token, UUID(ID), XeroRequest("GET", "Contacts", {}))

    chain, error = [], raised.value
    while error is not None:
        chain.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)  # type: ignore[assignment]
    assert "bearer-of-all" not in f"{chain} {[str(each) for each in chain]} {caplog.text}"


async def test_a_header_that_cannot_be_sent_is_our_bug_and_not_quoted(xero: AtXero) -> None:
    xero.token = "bearer-of-all\n"

    with pytest.raises(MalformedRequest) as raised:
        await xero.all(CONTACTS)

    assert "bearer" not in str(raised.value)
    assert raised.value.__suppress_context__


async def test_calls_that_go_well_or_wrong_log_neither_token_nor_bank_details(
    xero: AtXero, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    request = XeroRequest("PUT", "Contacts", {"summarizeErrors": "true"}, key=str(uuid4()))
    body = wire.dumps({"Contacts": [{"Name": "Paper Ltd", "BankAccountDetails": ACCOUNT, "TaxNumber": TAX}]})

    answer = await xero.call(request, body)
    with pytest.raises(RefusedRequest) as raised:
        await xero.call(XeroRequest("PUT", "Contacts", {}, key=str(uuid4())), body)

    assert xero.token not in caplog.text + repr(answer) + repr(raised.value)
    assert not shows(caplog.text, repr(answer), raised.value)
    assert "HTTP Request: PUT" in caplog.text, "the calls were logged at all"
