"""Authentication errors, limits, envelope: behaviours 12-23."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest

from xero_sim.app_client import Xero

EVERY_RESOURCE = (
    "Accounts", "BankTransactions", "BankTransfers", "BatchPayments", "ContactGroups", "Contacts", "CreditNotes",
    "Invoices", "Items", "Overpayments", "Payments", "Prepayments", "TaxRates", "TrackingCategories",
)  # fmt: skip


@pytest.mark.conformance(12)
async def test_an_expired_token_is_told_with_its_time(xero: Xero) -> None:
    await xero.control.advance(timedelta(minutes=30))
    answer = await xero.call("GET", "Organisation")

    body = answer.json()
    assert answer.status_code == 401
    assert re.fullmatch(r"TokenExpired: token expired at \d\d/\d\d/\d{4} \d\d:\d\d:\d\d", body["Detail"])
    assert (body["Type"], body["Title"], body["Status"], body["Extensions"]) == (None, "Unauthorized", 401, {})


@pytest.mark.conformance(13)
async def test_a_missing_scope_is_401_authorization_unsuccessful(xero: Xero) -> None:
    xero.token = await xero.control.connect(
        xero.app.client_id, [xero.tenant], scopes="accounting.contacts accounting.invoices.read"
    )

    for method, path in (("GET", "Payments"), ("PUT", "Invoices")):
        answer = await xero.call(method, path, {})
        assert (answer.status_code, answer.json()["Detail"]) == (401, "AuthorizationUnsuccessful")
    assert (await xero.call("GET", "Invoices")).status_code == 200


@pytest.mark.conformance(14)
@pytest.mark.parametrize("tenant", ["", "11111111-1111-4111-8111-111111111111"])
async def test_a_missing_or_foreign_tenant_is_403(xero: Xero, tenant: str) -> None:
    answer = await xero.call("GET", "Organisation", **{"Xero-Tenant-Id": tenant})

    assert answer.status_code == 403
    assert (answer.json()["Title"], answer.json()["Detail"]) == ("Forbidden", "AuthenticationUnsuccessful")


@pytest.mark.conformance(14)
async def test_a_tenant_disconnected_inside_xero_is_403(xero: Xero) -> None:
    await xero.control.disconnect(xero.tenant, xero.app.client_id)

    assert (await xero.call("GET", "Organisation")).status_code == 403


@pytest.mark.conformance(15)
async def test_what_remains_falls_with_every_call_failed_ones_too(xero: Xero) -> None:
    await xero.control.freeze()
    await xero.control.set_limits(enabled=True)

    seen = [await xero.call("GET", "Organisation"), await xero.call("PUT", "Contacts", {"Name": ""})]
    seen.append(await xero.call("GET", "Organisation"))

    assert [answer.status_code for answer in seen] == [200, 400, 200]
    assert [int(answer.headers["X-MinLimit-Remaining"]) for answer in seen] == [59, 58, 57]
    assert [int(answer.headers["X-DayLimit-Remaining"]) for answer in seen] == [999, 998, 997]
    assert [int(answer.headers["X-AppMinLimit-Remaining"]) for answer in seen] == [9999, 9998, 9997]
    assert seen[0].headers["Xero-Correlation-Id"]


@pytest.mark.conformance(16)
async def test_the_call_after_the_minute_limit_is_429_until_the_window_turns(xero: Xero) -> None:
    await xero.control.freeze()
    await xero.control.set_limits(enabled=True)

    answers = [await xero.call("GET", "Organisation") for _ in range(61)]

    last = answers[-1]
    assert {answer.status_code for answer in answers[:60]} == {200}
    assert (last.status_code, last.content) == (429, b"")
    assert "content-type" not in last.headers
    assert last.headers["X-Rate-Limit-Problem"] == "minute"
    assert last.headers["X-MinLimit-Remaining"] == "0"
    await xero.control.advance(timedelta(seconds=int(last.headers["Retry-After"])))
    assert (await xero.call("GET", "Organisation")).status_code == 200


@pytest.mark.conformance(17)
async def test_the_day_limit_asks_to_come_back_hours_later(xero: Xero) -> None:
    await xero.control.freeze()
    await xero.control.set_limits(enabled=True, day=2)

    answers = [await xero.call("GET", "Organisation") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["X-Rate-Limit-Problem"] == "day"
    assert 0 < int(answers[2].headers["Retry-After"]) <= 86_400
    await xero.control.advance(timedelta(seconds=int(answers[2].headers["Retry-After"])))
    fresh = await xero.control.connect(xero.app.client_id, [xero.tenant])
    xero.token = fresh
    assert (await xero.call("GET", "Organisation")).status_code == 200


@pytest.mark.conformance(18)
async def test_a_sixth_call_at_once_is_refused_without_a_retry_after(xero: Xero) -> None:
    await xero.control.set_limits(enabled=True, latency=0.3)

    answers = await asyncio.gather(*(xero.call("GET", "Organisation") for _ in range(6)))

    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) == 1
    assert refused[0].headers["X-Rate-Limit-Problem"] == "concurrent"
    assert "Retry-After" not in refused[0].headers
    await xero.control.set_limits(concurrentRetryAfter=2)
    again = await asyncio.gather(*(xero.call("GET", "Organisation") for _ in range(6)))
    assert [answer.headers["Retry-After"] for answer in again if answer.status_code == 429] == ["2"]


@pytest.mark.conformance(18)
@pytest.mark.conformance(19)
async def test_limits_are_per_tenant_and_the_app_has_one_of_its_own(xero: Xero) -> None:
    await xero.control.freeze()
    await xero.control.set_limits(enabled=True, minute=2, appMinute=3)
    other = await xero.control.create_org("Other")
    await xero.control.connect(xero.app.client_id, [other])

    first = [(await xero.call("GET", "Organisation")).status_code for _ in range(3)]
    second = [await xero.call("GET", "Organisation", **{"Xero-Tenant-Id": other}) for _ in range(2)]

    assert first == [200, 200, 429]
    assert [answer.status_code for answer in second] == [200, 429]
    assert second[1].headers["X-Rate-Limit-Problem"] == "appminute"


@pytest.mark.conformance(20)
async def test_the_envelope_holds_the_array_also_for_a_single_record(xero: Xero) -> None:
    made = await xero.put("Contacts", Name="A")
    body = (await xero.call("GET", f"Contacts/{made['ContactID']}")).json()

    assert list(body) == ["Id", "Status", "ProviderName", "DateTimeUTC", "Contacts"]
    assert (body["Status"], body["ProviderName"]) == ("OK", "Tieout")
    assert re.fullmatch(r"/Date\(\d+\)/", body["DateTimeUTC"])
    assert len(body["Contacts"]) == 1


@pytest.mark.conformance(21)
@pytest.mark.parametrize("accept", ["text/xml", "application/xml"])
async def test_who_asks_for_xml_gets_no_json(xero: Xero, accept: str) -> None:
    answer = await xero.call("GET", "Organisation", Accept=accept)

    assert answer.status_code == 406
    assert "json" not in answer.headers["content-type"]


@pytest.mark.conformance(22)
async def test_dates_have_xeros_three_forms(xero: Xero) -> None:
    bill = await xero.bill(Date="2026-09-14")

    found = re.fullmatch(r"/Date\((\d+)\+0000\)/", bill["UpdatedDateUTC"])
    assert found is not None
    ms = int(found[1])
    shown = datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert bill["UpdatedDateUTCString"] == shown
    assert bill["Date"] == "/Date(1789344000000+0000)/"
    assert bill["DateString"] == "2026-09-14T00:00:00"


@pytest.mark.conformance(23)
@pytest.mark.parametrize("resource", EVERY_RESOURCE)
async def test_an_unknown_id_is_404_in_html(xero: Xero, resource: str) -> None:
    answer = await xero.call("GET", f"{resource}/11111111-1111-4111-8111-111111111111")

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()


@pytest.mark.conformance(13)
@pytest.mark.parametrize("resource", EVERY_RESOURCE)
async def test_no_resource_is_read_without_its_scope(xero: Xero, resource: str) -> None:
    token = await xero.control.connect(xero.app.client_id, [xero.tenant], scopes="accounting.attachments")

    answer = await xero.call("GET", resource, Authorization=f"Bearer {token['access_token']}")
    assert (answer.status_code, answer.json()["Detail"]) == (401, "AuthorizationUnsuccessful")


async def test_big_answers_are_packed_when_asked_for(xero: Xero) -> None:
    packed = await xero.call("GET", "Accounts", **{"Accept-Encoding": "gzip"})
    plain = await xero.call("GET", "Accounts", **{"Accept-Encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json()["Accounts"] == plain.json()["Accounts"]


async def test_a_request_that_breaks_off_in_its_middle_does_nothing(xero: Xero) -> None:
    bill = await xero.bill()
    path = f"/api.xro/2.0/Invoices/{bill['InvoiceID']}/Attachments"
    host, port = xero.http.base_url.host, xero.http.base_url.port
    lines = [f"PUT {path}/scan.pdf HTTP/1.1", f"Host: {host}", "Content-Type: application/pdf", "Content-Length: 5000"]
    lines += [f"{name}: {value}" for name, value in xero.headers().items()]
    _, writer = await asyncio.open_connection(host, port)

    writer.write("\r\n".join([*lines, "", "%PDF-1.4 half of it"]).encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    whole = await xero.http.put(f"{path}/whole.pdf", content=b"%PDF-1.4", headers=xero.headers())

    assert whole.status_code == 200
    kept = (await xero.call("GET", f"Invoices/{bill['InvoiceID']}/Attachments")).json()["Attachments"]
    assert [one["FileName"] for one in kept] == ["whole.pdf"]
