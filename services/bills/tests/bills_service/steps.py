"""One bill, its vendor and its life: the steps that many tests begin with."""

from typing import Any
from uuid import UUID, uuid4

from tieout_bills.bill.edit import BillIn
from tieout_kit.http import edits
from tieout_kit.http.edits import PutRequest
from tieout_schemas.bodies import BillBody
from tieout_schemas.platform import Bill
from tieout_schemas.writes import WriteIntent
from tieout_testing.access_sweep import ANA
from tieout_testing.builders import answered, bill_request, vendor, xero_invoice_after
from tieout_testing.service_harness import ServiceHarness, Work

VENDOR_ID, CONTACT_XERO_ID = uuid4(), uuid4()
BILL_ID, BILL_XERO_ID = uuid4(), uuid4()
PATH = f"bills/{BILL_ID}"


def wanted(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The body of a request for the bill."""
    return bill_request(VENDOR_ID, *lines, **more)


async def connected(harness: ServiceHarness) -> None:
    """A tenant whose vendor is in Xero."""
    await harness.connect()
    await harness.deliver((vendor(VENDOR_ID, CONTACT_XERO_ID), 1))


async def in_xero(harness: ServiceHarness, *lines: dict[str, Any], **more: Any) -> None:
    """The bill was created here, and Xero has accepted it, with sequence 50."""
    await connected(harness)
    assert (await harness.put(PATH, wanted(*lines, **more))).status_code == 200
    await take(harness, 50)


async def take(harness: ServiceHarness, sequence: int, xero_id: UUID = BILL_XERO_ID, **more: Any) -> None:
    """Xero accepts the bill as it was sent last, and its answer arrives."""
    intent = (await harness.published(WriteIntent))[-1]
    shown = {"contact_xero_id": CONTACT_XERO_ID, **more}
    await harness.deliver(*answered(intent, xero_invoice_after(intent, xero_id, **shown), sequence))


async def sent(harness: ServiceHarness) -> list[BillBody]:
    """All published intents, in order."""
    bodies = [intent.body for intent in await harness.published(WriteIntent)]
    assert all(isinstance(body, BillBody) for body in bodies)
    return [body for body in bodies if isinstance(body, BillBody)]


def putting(harness: ServiceHarness, body: dict[str, Any]) -> Work:
    """The PUT of the bill as a function of a transaction, for tests in which transactions overlap."""
    [reconciler] = harness.wired.reconcilers
    request = PutRequest(harness.tenant_id, reconciler.kind.views[0], BILL_ID, BillIn.model_validate(body), ANA, None)
    return lambda tx: edits.put(tx, reconciler, request)


async def last(harness: ServiceHarness) -> Bill:
    """The bill as it was published last."""
    return (await harness.published(Bill))[-1]


async def problems(harness: ServiceHarness) -> list[str]:
    """The codes of all open problems, the oldest first."""
    return [problem["code"] for problem in (await harness.get("problems")).json()["items"]]
