"""CONT-4: bills make contacts vendors, sales invoices make them customers, both make both, in any order."""

from itertools import permutations
from uuid import uuid4

import pytest

from tieout_kit.sync.arrival import imported_id
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import ContactRole, Customer, Vendor
from tieout_schemas.problem import Problem
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import InvoiceStatus, InvoiceType
from tieout_testing.builders import done, xero_contact, xero_invoice
from tieout_testing.service_harness import ServiceHarness

pytestmark = [pytest.mark.real, pytest.mark.rule("CONT-4")]

XERO_ID, OTHER, VENDOR_ID = uuid4(), uuid4(), uuid4()
BILL = (xero_invoice(uuid4(), XERO_ID), 1)
INVOICE = (xero_invoice(uuid4(), XERO_ID, type=InvoiceType.ACCREC), 2)
CONTACT = (xero_contact(XERO_ID), 3)


async def roles(harness: ServiceHarness) -> set[str]:
    """The roles that the one contact has now."""
    said = await harness.published(ContactRole)
    assert len({role.contact_id for role in said}) <= 1
    return {role.kind for role in said}


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("order", list(permutations(["bill", "invoice", "contact"])), ids="-".join)
async def test_a_bill_and_an_invoice_make_both_in_any_order(
    harness: ServiceHarness, order: tuple[str, ...], together: bool
) -> None:
    events = [{"bill": BILL, "invoice": INVOICE, "contact": CONTACT}[name] for name in order]

    for batch in [events] if together else [[event] for event in events]:
        await harness.deliver(*batch)

    [vendor], [customer] = await harness.published(Vendor), await harness.published(Customer)
    assert vendor.contact_id == customer.contact_id == imported_id(harness.tenant_id, XERO_ID)
    assert vendor.sync.xero_id == customer.sync.xero_id == XERO_ID
    assert await harness.published(WriteIntent) == []
    assert await harness.published(Problem) == []


@pytest.mark.parametrize("status", InvoiceStatus)
@pytest.mark.parametrize(("type_", "role"), [(InvoiceType.ACCPAY, "vendor"), (InvoiceType.ACCREC, "customer")])
async def test_one_document_makes_one_role_even_if_it_is_skipped_itself(
    harness: ServiceHarness, type_: InvoiceType, role: str, status: InvoiceStatus
) -> None:
    await harness.deliver(CONTACT, (xero_invoice(uuid4(), XERO_ID, type=type_, status=status), 1))

    assert await roles(harness) == {role}


@pytest.mark.parametrize("second", [BILL, INVOICE], ids=["a bill", "an invoice"])
async def test_a_document_more_makes_a_role_more_and_is_said_of_it_alone(
    harness: ServiceHarness, second: tuple[object, int]
) -> None:
    await harness.deliver(CONTACT, BILL if second is INVOICE else INVOICE)
    model, before = (Customer, Vendor) if second is INVOICE else (Vendor, Customer)
    known = await harness.published(before)

    await harness.deliver(BILL if second is BILL else INVOICE)
    [added] = await harness.published(model)
    await harness.deliver(
        (xero_invoice(uuid4(), XERO_ID), 3), (xero_invoice(uuid4(), XERO_ID, type=InvoiceType.ACCREC), 4)
    )

    assert added.origin == Origin(kind=OriginKind.EVENT, by=added.origin.by, rule="CONT-4")
    assert await harness.published(before) == known
    assert await harness.published(model) == [added]


@pytest.mark.parametrize("invoice_first", [True, False])
@pytest.mark.parametrize("put_first", [True, False])
async def test_a_vendor_that_is_linked_by_its_name_is_a_customer_too_if_the_contact_is(
    harness: ServiceHarness, put_first: bool, invoice_first: bool
) -> None:
    await harness.deliver(*([INVOICE] if invoice_first else []))
    await harness.connect()
    if put_first:
        await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
        [create] = await harness.published(WriteIntent)
        await harness.deliver(*done(create, xero_contact(XERO_ID)))
    else:
        await harness.deliver((xero_contact(XERO_ID, name="Acme Ltd"), 1))
        # Not imported under this name: the vendor's.
        await harness.deliver((xero_contact(XERO_ID), 2))
        await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    await harness.deliver(*([] if invoice_first else [INVOICE]))

    assert await roles(harness) == {"vendor", "customer"}


async def test_a_vendor_linked_by_hand_is_a_customer_too_if_the_contact_is(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    [create] = await harness.published(WriteIntent)
    await harness.deliver(*done(create, xero_contact(XERO_ID)))
    await harness.post(f"vendors/{VENDOR_ID}/unlink")
    # In one batch it would come in as a customer of its own.
    await harness.deliver((xero_contact(OTHER, name="Beta", record_id=VENDOR_ID), 60))
    await harness.deliver((xero_invoice(uuid4(), OTHER, type=InvoiceType.ACCREC), 1))
    before = await roles(harness)

    answer = await harness.post(f"vendors/{VENDOR_ID}/link", {"xero_id": str(OTHER)})

    assert answer.status_code == 200
    assert (before, await roles(harness)) == ({"vendor"}, {"vendor", "customer"})
    [customer] = await harness.published(Customer)
    assert (customer.contact_id, customer.origin.kind, customer.origin.rule) == (VENDOR_ID, OriginKind.USER, "CONT-4")


@pytest.mark.rule("SYS-1")
async def test_a_role_by_documents_takes_no_id_that_another_contact_may_have(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    [create] = await harness.published(WriteIntent)
    await harness.deliver(*done(create, xero_contact(XERO_ID)))
    await harness.put(f"customers/{VENDOR_ID}", {"name": "Beta"})

    await harness.deliver(INVOICE)

    customers = {customer.id: customer for customer in await harness.published(Customer)}
    assert {customer.name for customer in customers.values()} == {"Acme", "Beta"}
    assert (await harness.get(f"customers/{VENDOR_ID}")).json()["name"] == "Beta"
    [ours] = [customer for customer in customers.values() if customer.name == "Acme"]
    assert (await harness.get(f"customers/{ours.id}")).json()["contact_id"] == str(VENDOR_ID)


@pytest.mark.rule("SYS-1")
async def test_a_contact_that_was_lost_here_is_made_again_with_both_roles(harness: ServiceHarness) -> None:
    await harness.deliver(BILL, INVOICE, (xero_contact(XERO_ID, record_id=VENDOR_ID), 7))

    [vendor], [customer] = await harness.published(Vendor), await harness.published(Customer)
    assert vendor.contact_id == customer.contact_id == VENDOR_ID
