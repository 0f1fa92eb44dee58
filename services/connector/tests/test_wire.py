"""Xero's dates, numbers and stamps, and what goes out."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_connector.gateway.parsed import parse_rows
from tieout_connector.kinds import FOLLOWED, write_kinds
from tieout_connector.xero import wire
from tieout_connector.xero.bank_transactions import BankTransaction
from tieout_schemas.bodies import BillBody, ContactBody, PaymentBody, WriteLine
from tieout_schemas.money import Money
from tieout_schemas.payload import RecordRef
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import Address, InvoiceStatus, Tracking

ID = UUID("5f0d0d1c-0000-4000-8000-000000000001")


def intent(body: object, xero_id: UUID | None = None) -> WriteIntent:
    return WriteIntent(record=RecordRef(kind="any", id=ID), effect="main", revision=1, xero_id=xero_id, body=body)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("/Date(1789378193493+0000)/", dt.datetime(2026, 9, 14, 9, 29, 53, 493000, dt.UTC)),
        ("/Date(1789378193493+1300)/", dt.datetime(2026, 9, 14, 9, 29, 53, 493000, dt.UTC)),
        ("/Date(1789378193493)/", dt.datetime(2026, 9, 14, 9, 29, 53, 493000, dt.UTC)),
        ("/Date(-1000+0000)/", dt.datetime(1969, 12, 31, 23, 59, 59, 0, dt.UTC)),
    ],
)
def test_an_offset_is_never_added(text: str, moment: dt.datetime) -> None:
    assert wire.instant(text) == moment


@pytest.mark.parametrize("text", ["2026-09-14", "/Date()/", "", "/Date(12)"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a date"):
        wire.instant(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("/Date(1789344000000+0000)/", dt.date(2026, 9, 14)),
        ("/Date(1789344000000+1300)/", dt.date(2026, 9, 14)),
        ("/Date(-86400000+0000)/", dt.date(1969, 12, 31)),
        ("2026-09-14T00:00:00", dt.date(2026, 9, 14)),
    ],
)
def test_a_business_date_is_the_day_at_utc_midnight(text: str, day: dt.date) -> None:
    assert wire.day(text) == day


def test_if_modified_since_is_in_utc_seconds() -> None:
    auckland = dt.timezone(dt.timedelta(hours=13))

    assert wire.since(dt.datetime(2026, 9, 14, 1, 2, 3, 999000, auckland)) == "2026-09-13T12:02:03Z"


@pytest.mark.parametrize(
    "digits", ["0.1", "0.1648", "115.00", "1234567890123456.78", "0.612345678901234567", "-7", "1E+3"]
)
def test_a_number_is_read_and_written_digit_by_digit(digits: str) -> None:
    read = wire.loads(b'{"Amount": %s}' % digits.encode())["Amount"]

    assert str(wire.number(read)) == str(Decimal(digits).quantize(Decimal(digits)))
    assert wire.dumps({"Amount": Decimal(digits)}) == b'{"Amount":%s}' % f"{Decimal(digits):f}".encode()


@pytest.mark.parametrize("text", [b"{", b'{"a": NaN}', b"<html>", b"\xff", b""])
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        wire.loads(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (rb"Kea\u0000Caf\u00e9", "Kea\ufffdCafé"),
        (rb"half \uD83D of it", "half \ufffd of it"),
        (rb"whole \ud83d\ude00", "whole \U0001f600"),
        (b"raw \xed\xa0\xbd half", "raw \ufffd half"),
        (rb"no NUL \\u0000", r"no NUL \u0000"),
    ],
)
def test_what_postgres_takes_in_no_text_is_replaced(text: bytes, kept: str) -> None:
    assert wire.loads(b'{"Elements": [{"Name": "%s"}], "%s": 1}' % (text, text)) == {
        "Elements": [{"Name": kept}],
        kept: 1,
    }


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), object()])
def test_what_is_no_number_is_not_written(value: object) -> None:
    with pytest.raises(TypeError):
        wire.dumps({"Amount": value})


@pytest.mark.parametrize("value", ["ten", "1e99999999", {}])
def test_what_is_no_amount_is_refused_and_not_quoted(value: object) -> None:
    with pytest.raises(ValueError, match=r"^not a number of Xero$"):
        wire.cents(value)


SPENT = {
    "BankTransactionID": str(ID), "UpdatedDateUTC": "/Date(1)/", "Type": "SPEND", "Status": "AUTHORISED",
    "BankAccount": {"AccountID": str(ID)},
    "Date": "/Date(0)/", "CurrencyCode": "NZD", "Total": "10.10",
}  # fmt: skip


def test_what_is_absent_null_or_empty_is_the_same_and_new_names_are_left_out() -> None:
    bare = BankTransaction.model_validate(SPENT)

    empty = {"Reference": None, "Url": "", "LineItems": None, "TotalTax": None, "CurrencyRate": ""}
    assert BankTransaction.model_validate({**SPENT, **empty, "NewIn2027": {"a": 1}}) == bare
    assert (bare.total, bare.total_tax, bare.lines, bare.contact_xero_id) == (nzd("10.10"), nzd("0.00"), (), None)


def test_a_value_new_to_one_of_xeros_lists_breaks_no_reading() -> None:
    read = BankTransaction.model_validate({**SPENT, "Status": "PARKED", "Type": "OTHERSPEND"})

    assert (read.status, read.type) == ("PARKED", "OTHERSPEND")
    assert BankTransaction.model_validate(SPENT).status is InvoiceStatus.AUTHORISED


def test_a_snapshot_with_a_value_nobody_knows_is_named_and_keeps_no_other_back() -> None:
    bill = {
        "InvoiceID": str(ID), "UpdatedDateUTC": "/Date(1)/", "Type": "ACCPAY", "Status": "AUTHORISED",
        "Contact": {"ContactID": str(ID)}, "Date": "/Date(0)/", "CurrencyCode": "NZD",
    }  # fmt: skip
    bills = FOLLOWED[XeroKind.INVOICE]

    rows = parse_rows(bills, [{**bill, "Status": "PARKED"}, bill])

    assert [snapshot.xero_id for _, snapshot in rows.read] == [ID]
    assert [(each.field, each.fault) for each in rows.unreadable] == [
        ("Status", "has the value PARKED, which Tieout does not know")
    ]


def compose(intent: WriteIntent, platform_url: str, **now: Any) -> dict[str, Any]:
    """The one element of an intent's call; `now`: what Xero shows of it."""
    call = write_kinds(platform_url)[intent.body.kind].compose([intent], {intent.intent_id: now})
    ((element,),) = wire.loads(call.body).values()
    return dict(element)


def nzd(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="NZD")


def test_money_is_in_cents() -> None:
    assert wire.money(Decimal("115"), "NZD").amount == Decimal("115.00")
    assert str(wire.money(None, "NZD")) == "0.00 NZD"


@pytest.mark.parametrize(
    ("text", "prefix", "record"),
    [
        (str(ID), "", ID),
        (f"http://p/bills/{ID}", "http://p/bills/", ID),
        (f"http://q/bills/{ID}", "http://p/bills/", None),
        ("V-100", "", None),
        ("", "", None),
        (None, "", None),
    ],
)
def test_only_our_mark_names_a_record(text: str | None, prefix: str, record: UUID | None) -> None:
    assert wire.stamped_id(text, prefix) == record


def test_a_new_contact_bears_our_mark_and_leaves_out_what_is_empty() -> None:
    body = ContactBody(name="Kea", email="", address=Address())

    assert compose(intent(body), "http://p") == {"ContactNumber": str(ID), "Name": "Kea"}


@pytest.mark.rule("CONT-6")
def test_a_known_contact_keeps_its_number_and_gets_the_postal_address() -> None:
    xero_id = uuid4()
    body = ContactBody(name="Kea", phone="09-1", address=Address(lines=("PO Box 1",), city="Auckland"))

    sent = compose(intent(body, xero_id), "http://p", Name="Kea")

    assert set(sent) == {"ContactID", "Phones", "Addresses"}
    assert sent["Phones"] == [
        {"PhoneType": "DEFAULT", "PhoneNumber": "09-1", "PhoneAreaCode": "", "PhoneCountryCode": ""}
    ]
    assert (sent["Addresses"][0]["AddressType"], sent["Addresses"][0]["AddressLine1"]) == ("POBOX", "PO Box 1")


@pytest.mark.rule("BILL-8")
def test_a_bill_names_its_contact_by_id_only_and_keeps_its_lines() -> None:
    line_id, vendor = uuid4(), uuid4()
    line = WriteLine(
        xero_line_id=line_id, description="Paper", quantity=Decimal("1.5"), unit_amount=Decimal("0.1648"),
        account_code="453", tax_type=None, tracking=(Tracking(category="Location", option="Auckland"),),
    )  # fmt: skip
    body = BillBody(
        contact_xero_id=vendor, number="B-1", status="AUTHORISED", date=dt.date(2026, 9, 14),
        due_date=dt.date(2026, 10, 14), currency="NZD", line_amount_types="Inclusive", lines=(line,),
    )  # fmt: skip

    sent = compose(intent(body, uuid4()), "http://p", LineItems=[{"LineItemID": str(line_id), "Quantity": 1}])

    assert sent["Contact"] == {"ContactID": str(vendor)}
    assert sent["LineItems"] == [
        {
            "LineItemID": str(line_id),
            "Description": "Paper",
            "Quantity": Decimal("1.5"),
            "UnitAmount": Decimal("0.1648"),
            "AccountCode": "453",
            "Tracking": [{"Name": "Location", "Option": "Auckland"}],
        }
    ]
    assert "Url" not in sent
    assert compose(intent(body), "http://p")["Url"] == f"http://p/bills/{ID}"


def test_a_payment_is_sent_with_its_reference() -> None:
    body = PaymentBody(
        bill_xero_id=ID,
        account_code="090",
        date=dt.date(2026, 9, 20),
        amount=Decimal("10.10"),
        currency="NZD",
        reference="P-1",
    )

    sent = compose(intent(body), "http://p")

    assert sent["Invoice"] == {"InvoiceID": str(ID)}
    assert sent["Account"] == {"Code": "090"}
    assert (sent["Amount"], sent["Date"], sent["Reference"]) == (Decimal("10.10"), "2026-09-20", "P-1")
