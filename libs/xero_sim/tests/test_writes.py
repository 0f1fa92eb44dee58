"""Writes in general, idempotency, faults: behaviours 34-42."""

import time
from datetime import timedelta

import httpx
import pytest

from xero_sim.app_client import Xero
from xero_sim.wire import Json

ZERO = "00000000-0000-0000-0000-000000000000"
TAKEN = (
    "The contact name A is already assigned to another contact. "
    "The contact name must be unique across all active contacts."
)


@pytest.mark.conformance(34)
async def test_one_bad_element_turns_the_reply_into_a_validation_exception(xero: Xero) -> None:
    await xero.put("Contacts", Name="A")
    answer = await xero.call("PUT", "Contacts", {"Contacts": [{"Name": "A"}, {"Name": "B"}]})

    body = answer.json()
    assert answer.status_code == 400
    assert (body["ErrorNumber"], body["Type"]) == (10, "ValidationException")
    assert body["Message"] == "A validation exception occurred"
    assert [each["Name"] for each in body["Elements"]] == ["A"]
    assert body["Elements"][0]["ValidationErrors"] == [{"Message": TAKEN}]
    assert body["Elements"][0]["HasValidationErrors"] is True


@pytest.mark.conformance(35)
async def test_without_summarising_each_element_tells_how_it_went(xero: Xero) -> None:
    good = {"Type": "ACCPAY", "Contact": {"Name": "A"}, "LineItems": [{"Description": "x"}]}
    bad = {**good, "Status": "PAID"}
    answer = await xero.call("PUT", "Invoices?summarizeErrors=false", {"Invoices": [good, bad]})
    contacts = await xero.call("PUT", "Contacts?SummarizeErrors=false", {"Contacts": [{"Name": "A"}]})

    first, second = answer.json()["Invoices"]
    assert answer.status_code == contacts.status_code == 200
    assert (first["StatusAttributeString"], second["StatusAttributeString"]) == ("OK", "ERROR")
    assert second["HasErrors"] is True
    assert contacts.json()["Contacts"][0]["HasValidationErrors"] is True


@pytest.mark.conformance(36)
async def test_a_refused_create_bears_the_zero_id_and_a_refused_update_the_real_one(xero: Xero) -> None:
    bill = await xero.bill()
    created = await xero.call("PUT", "Invoices", {"Type": "ACCPAY", "Status": "PAID", "Date": "2026-09-14"})
    updated = await xero.call("POST", f"Invoices/{bill['InvoiceID']}", {"Status": "DELETED"})

    (new,), (old,) = created.json()["Elements"], updated.json()["Elements"]
    assert new["InvoiceID"] == ZERO
    assert (new["Date"], new["DateString"]) == ("/Date(1789344000000+0000)/", "2026-09-14T00:00:00")
    assert (old["InvoiceID"], old["Status"]) == (bill["InvoiceID"], "DELETED")


@pytest.mark.conformance(37)
@pytest.mark.parametrize("body", [{"contacts": [{"Name": "A"}]}, {"Name": "A"}, {"Contacts": {"Name": "A"}}])
async def test_the_envelope_is_read_in_any_case_or_left_out(xero: Xero, body: Json) -> None:
    assert (await xero.call("PUT", "Contacts", body)).json()["Contacts"][0]["Name"] == "A"


@pytest.mark.conformance(38)
@pytest.mark.parametrize("change", [{"Type": "BILL"}, {"Status": "OPEN"}, {"Date": "soon"}, {"LineItems": "x"}])
async def test_what_cannot_be_read_is_error_14_with_the_path(xero: Xero, change: Json) -> None:
    element = {"Type": "ACCPAY", "Contact": {"Name": "A"}, "LineItems": [{"Description": "x"}], **change}
    answer = await xero.call("PUT", "Invoices", element)

    assert (answer.status_code, answer.json()["ErrorNumber"]) == (400, 14)
    assert answer.json()["Type"] == "PostDataInvalidException"
    assert next(iter(change)) in answer.json()["Message"]


@pytest.mark.conformance(38)
async def test_malformed_json_is_error_14(xero: Xero) -> None:
    answer = await xero.http.put("/api.xro/2.0/Contacts", content=b'{"Name": ', headers=xero.headers())

    assert (answer.status_code, answer.json()["ErrorNumber"]) == (400, 14)


@pytest.mark.conformance(39)
async def test_put_makes_a_new_record_and_post_updates_the_named_one(xero: Xero) -> None:
    bill = await xero.bill()
    other = await xero.bill(InvoiceID=bill["InvoiceID"])
    same = await xero.post("Invoices", InvoiceID=bill["InvoiceID"], InvoiceNumber="B-9")
    unknown = await xero.call("POST", "Invoices", {"InvoiceID": "11111111-1111-4111-8111-111111111111"})

    assert other["InvoiceID"] != bill["InvoiceID"] == same["InvoiceID"]
    assert same["InvoiceNumber"] == "B-9"
    assert unknown.status_code == 404


@pytest.mark.conformance(40)
async def test_omitted_elements_stay_and_lines_are_replaced_as_a_set(xero: Xero) -> None:
    lines = [{"Description": name, "UnitAmount": 10, "AccountCode": "453"} for name in "ab"]
    bill = await xero.bill(LineItems=lines, InvoiceNumber="B-1", Status="DRAFT")
    kept, gone = bill["LineItems"]
    new = {"Description": "c", "UnitAmount": 5, "AccountCode": "453"}

    changed = await xero.post(
        f"Invoices/{bill['InvoiceID']}", LineItems=[{"LineItemID": kept["LineItemID"], "Description": "A"}, new]
    )

    first, second = changed["LineItems"]
    assert (first["LineItemID"], first["Description"], first["UnitAmount"]) == (kept["LineItemID"], "A", 10)
    assert second["LineItemID"] not in (kept["LineItemID"], gone["LineItemID"])
    assert (changed["SubTotal"], changed["InvoiceNumber"]) == (15, "B-1")


@pytest.mark.conformance(40)
async def test_omitted_contact_fields_stay_and_persons_are_replaced_as_a_set(xero: Xero) -> None:
    made = await xero.put(
        "Contacts",
        Name="A",
        EmailAddress="a@example.com",
        ContactPersons=[{"FirstName": "Ann"}, {"FirstName": "Bob"}],
        Phones=[{"PhoneType": "DDI", "PhoneNumber": "1"}],
    )

    changed = await xero.post(
        "Contacts",
        ContactID=made["ContactID"],
        ContactPersons=[{"FirstName": "Cy"}],
        Phones=[{"PhoneType": "MOBILE", "PhoneNumber": "2"}],
    )

    assert [person["FirstName"] for person in changed["ContactPersons"]] == ["Cy"]
    assert (changed["Name"], changed["EmailAddress"]) == ("A", "a@example.com")
    assert {phone["PhoneType"]: phone["PhoneNumber"] for phone in changed["Phones"]} == {
        "DEFAULT": "",
        "DDI": "1",
        "FAX": "",
        "MOBILE": "2",
    }


@pytest.mark.conformance(41)
async def test_the_same_key_and_request_give_the_first_answer_again_without_a_second_effect(xero: Xero) -> None:
    await xero.control.freeze()
    await xero.control.set_limits(enabled=True)
    key = {"Idempotency-Key": "k-1"}
    first = await xero.call("PUT", "Contacts", {"Name": "A"}, **key)
    again = await xero.call("PUT", "Contacts", {"Name": "A"}, **key)

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert len(await xero.rows("Contacts")) == 1
    assert int(again.headers["X-MinLimit-Remaining"]) == int(first.headers["X-MinLimit-Remaining"]) - 1
    assert [call["replayed"] for call in await xero.control.calls(method="PUT")] == [False, True]


@pytest.mark.conformance(41)
async def test_errors_are_remembered_too_until_six_minutes_have_passed(xero: Xero) -> None:
    await xero.put("Contacts", Name="A")
    key = {"Idempotency-Key": "k-1"}
    refused = await xero.call("PUT", "Contacts", {"Name": "A"}, **key)
    (contact,) = await xero.rows("Contacts")
    await xero.post("Contacts", ContactID=contact["ContactID"], Name="B")

    again = await xero.call("PUT", "Contacts", {"Name": "A"}, **key)
    await xero.control.advance(timedelta(minutes=6))
    fresh = await xero.call("PUT", "Contacts", {"Name": "A"}, **key)

    assert (refused.status_code, again.status_code, fresh.status_code) == (400, 400, 200)
    assert again.content == refused.content


@pytest.mark.conformance(41)
async def test_a_key_used_with_another_request_or_too_long_is_refused(xero: Xero) -> None:
    await xero.call("PUT", "Contacts", {"Name": "A"}, **{"Idempotency-Key": "k-1"})
    other = await xero.call("PUT", "Contacts", {"Name": "B"}, **{"Idempotency-Key": "k-1"})
    long = await xero.call("PUT", "Contacts", {"Name": "C"}, **{"Idempotency-Key": "k" * 129})
    longest = await xero.call("PUT", "Contacts", {"Name": "D"}, **{"Idempotency-Key": "k" * 128})
    read = await xero.call("GET", "Contacts", **{"Idempotency-Key": "k-1"})

    assert other.status_code == long.status_code == 400
    assert "Idempotency Key: k-1 is used with a different request." in other.text
    assert longest.status_code == read.status_code == 200


@pytest.mark.conformance(42)
@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("500", 500),
        ("503", 503),
        ("429-minute", 429),
        ("429-day", 429),
        ("429-concurrent", 429),
        ("429-appminute", 429),
        ("html", 200),
    ],
)
async def test_an_injected_failure_hits_the_next_call_before_any_work(xero: Xero, kind: str, status: int) -> None:
    await xero.control.add_fault(kind, tenant=xero.tenant)

    answer = await xero.call("PUT", "Contacts", {"Name": "A"})

    assert answer.status_code == status
    assert "json" not in answer.headers.get("content-type", "")
    assert await xero.rows("Contacts") == []


@pytest.mark.conformance(42)
@pytest.mark.parametrize(("kind", "saved"), [("refuse", 0), ("lost", 1), ("cut", 1)])
async def test_an_answer_can_be_lost_before_or_after_the_work_is_done(xero: Xero, kind: str, saved: int) -> None:
    await xero.control.add_fault(kind, method="PUT", path="Contacts")

    with pytest.raises(httpx.RemoteProtocolError):
        await xero.call("PUT", "Contacts", {"Name": "A"})

    assert len(await xero.rows("Contacts")) == saved


@pytest.mark.conformance(42)
async def test_a_lost_answer_is_found_again_by_its_key(xero: Xero) -> None:
    key = {"Idempotency-Key": "k-1"}
    await xero.control.add_fault("lost")
    with pytest.raises(httpx.RemoteProtocolError):
        await xero.call("PUT", "Contacts", {"Name": "A"}, **key)

    again = await xero.call("PUT", "Contacts", {"Name": "A"}, **key)

    assert again.status_code == 200
    assert len(await xero.rows("Contacts")) == 1


@pytest.mark.conformance(42)
async def test_a_slow_answer_comes_late_and_whole(xero: Xero) -> None:
    await xero.control.add_fault("slow", seconds=0.5)
    began = time.monotonic()

    assert (await xero.call("PUT", "Contacts", {"Name": "A"})).status_code == 200
    assert time.monotonic() - began >= 0.5
    (call,) = await xero.control.calls(method="PUT")
    assert (call["fault"], call["status"]) == ("slow", 200)


@pytest.mark.conformance(42)
async def test_faults_by_rate_hit_about_that_share_until_cleared(xero: Xero) -> None:
    await xero.control.add_fault("500", rate=0.5)
    statuses = [(await xero.call("GET", "Currencies")).status_code for _ in range(60)]
    await xero.control.clear_faults()

    assert 15 < statuses.count(500) < 45
    assert (await xero.call("GET", "Currencies")).status_code == 200
