"""One example of every public event, for docs/events.md and for whoever tries a consumer."""

import datetime as dt
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from tieout_schemas import history, platform, problem, runs, settings
from tieout_schemas.money import Money
from tieout_schemas.payload import Origin, OriginKind, Payload, RecordRef
from tieout_schemas.reasons import Reason
from tieout_schemas.xero import Address, InvoiceStatus, LineAmountTypes

P = TypeVar("P", bound=Payload)
TENANT = UUID("7b0d4c7e-3a53-4c58-9a41-0a3f2f3f7c01")
_VENDOR = UUID("c1f4d7b2-5a0e-4a0b-8d5e-7a9a4b1f2c02")
_BILL = UUID("f7b1a3c4-9e2d-4f6a-b8c7-1d2e3f4a5b03")
_XERO = UUID("0e9c1a52-6b7d-4e3f-9c48-5d6e7f8a9b04")
_AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
_USER = Origin(kind=OriginKind.USER, by="ada@example.com")
_IN_STEP = platform.Sync(state=platform.SyncState.IN_STEP, xero_id=_XERO, based_on_sequence=1772443800000)
_CONTACT: dict[str, Any] = {
    "sync": _IN_STEP,
    "origin": _USER,
    "contact_id": _VENDOR,
    "name": "Harbour Lights Electrical",
    "email": "accounts@harbourlights.example",
    "phone": "+64 9 555 0100",
    "address": Address(lines=("12 Quay Street",), city="Auckland", postal_code="1010", country="NZ"),
}
_LINE = platform.BillLine(
    description="Rewiring, level 2", unit_amount=Decimal("150.50"), account_code="429", tax_type="INPUT2"
)

EXAMPLES: tuple[Payload, ...] = (
    platform.Connection(
        tenant_id=TENANT, state=platform.ConnectionState.CONNECTED, org_id=_XERO, org_name="Kererū Coffee Roasters"
    ),
    settings.TenantSettings(tenant_id=TENANT, version=3),
    platform.Vendor(id=_VENDOR, **_CONTACT),
    platform.Customer(id=UUID("a2b3c4d5-0f1e-4d2c-8b3a-6f7e8d9c0b05"), **_CONTACT),
    platform.Bill(
        id=_BILL,
        sync=_IN_STEP,
        origin=_USER,
        vendor_id=_VENDOR,
        number="HL-2041",
        status=platform.BillStatus.APPROVED,
        date=dt.date(2026, 3, 1),
        due_date=dt.date(2026, 3, 20),
        currency="NZD",
        line_amount_types=LineAmountTypes.EXCLUSIVE,
        lines=(_LINE,),
        total=Money(amount=Decimal("173.08"), currency="NZD"),
        amount_due=Money(amount=Decimal("173.08"), currency="NZD"),
        xero_status=InvoiceStatus.AUTHORISED,
    ),
    platform.Payment(
        id=UUID("b3c4d5e6-1a2f-4e3d-9c4b-7a8f9e0d1c06"),
        sync=platform.Sync(),
        origin=_USER,
        bill_id=_BILL,
        method=platform.PaymentMethod.ACH,
        date=dt.date(2026, 3, 18),
        amount=Money(amount=Decimal("173.08"), currency="NZD"),
        reference="TO-7F3A",
    ),
    runs.SyncRun(
        tenant_id=TENANT,
        run=runs.RunKind.REQUESTED,
        started_at=_AT,
        ended_at=_AT + dt.timedelta(seconds=4),
        resources=(runs.ResourceRead(resource="Contacts", read=12, changed=1),),
        summary="1 contact was new.",
    ),
    history.HistoryRun(
        tenant_id=TENANT,
        id=UUID("d5e6f7a8-3c4b-4a5f-8e6d-9c0b1a2f3e07"),
        direction=history.HistoryDirection.IMPORT,
        state=history.HistoryState.DONE,
        from_date=dt.date(2025, 1, 1),
        to_date=dt.date(2025, 12, 31),
        started_at=_AT,
        ended_at=_AT + dt.timedelta(minutes=2),
        kinds=(history.HistoryKindResult(kind="bills", read=240, new=238, changed=0, known=2),),
        summary="238 bills came in, 2 were here already.",
        next_steps=(),
    ),
    runs.SyncStatus(
        tenant_id=TENANT,
        running=None,
        job_id=None,
        last_sync_at=_AT,
        last_read_at={"Contacts": _AT, "Invoices": _AT},
        waiting_writes=0,
        failed_writes=0,
        open_problems=1,
        calls_left_today=4210,
        egress_bytes_this_month=73_400_320,
    ),
    problem.Problem(
        id=UUID("e6f7a8b9-4d5c-4b6a-9f7e-0d1c2b3a4f08"),
        service="bills",
        record=RecordRef(kind="bill", id=_BILL),
        code=Reason.EXPENSE_ACCOUNT_NOT_CHOSEN.code,
        problem_kind=Reason.EXPENSE_ACCOUNT_NOT_CHOSEN.value.problem_kind,
        cause=Reason.EXPENSE_ACCOUNT_NOT_CHOSEN.code,
        params={"number": "HL-2041"},
        sentence=Reason.EXPENSE_ACCOUNT_NOT_CHOSEN.value.sentence.format(number="HL-2041"),
        how_to_fix=Reason.EXPENSE_ACCOUNT_NOT_CHOSEN.value.how_to_fix,
        setting="default_expense_account",
        state=problem.ProblemState.OPEN,
        opened_at=_AT,
        last_at=_AT,
    ),
)


def example_of(payload: type[P]) -> P:
    """The example of this type. Raises StopIteration if it has none."""
    return next(each for each in EXAMPLES if isinstance(each, payload) and type(each) is payload)
