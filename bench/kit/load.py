"""What is sent to both sides: Xero's bills of three lines. Half of them are new, half are later states of bills sent
before."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID, uuid4, uuid5

from aiokafka import AIOKafkaProducer

from tieout_kit.clock import next_sequence, utc_now
from tieout_schemas.envelope import Envelope
from tieout_schemas.money import Money
from tieout_schemas.payload import Origin, OriginKind, Payload
from tieout_schemas.platform import Bill, BillLine, BillStatus, Sync, SyncState, Vendor
from tieout_schemas.topics import BILLS_TOPIC, CONTACTS_TOPIC, INVOICE, KeyedBy, Retention, Topic, partition_of
from tieout_schemas.xero import InvoiceStatus, InvoiceType, LineAmountTypes, Tracking, XeroInvoice, XeroLine

PARTITIONS = 48
"""What an installation has unless it chose otherwise."""
TENANTS = [uuid5(UUID(int=0), str(number)) for number in range(100)]
ARRIVING = INVOICE
LEAVING = BILLS_TOPIC
HELD = Topic("bench.held.v1", "Bills that the platform makes.", (), (), KeyedBy.RECORD, Retention.DAYS, (Bill,))

_ORIGIN = Origin(kind=OriginKind.USER, by="bench")
_TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@dataclass(frozen=True, slots=True)
class EncodedEvent:
    """An event, encoded for Kafka."""

    id: str
    topic: str
    partition: int
    key: bytes
    value: bytes
    headers: Sequence[tuple[str, bytes]]

    async def send(self, producer: AIOKafkaProducer, prefix: str) -> None:
        """Send it with the producer."""
        await producer.send(prefix + self.topic, self.value, self.key, self.partition, headers=self.headers)


class Bills:
    """Makes events of bills, and remembers which bills were sent."""

    def __init__(self) -> None:
        self._sent: list[tuple[UUID, UUID]] = []

    def some(self, count: int) -> list[EncodedEvent]:
        """Events of different bills, since of two states of one bill in a batch only the later one is handled."""
        later = self._sent[: count // 2]
        new = [(TENANTS[number % len(TENANTS)], uuid4()) for number in range(count - len(later))]
        self._sent = new
        # Mixed, so that a batch holds both.
        bills = [bill for pair in zip(later, new, strict=False) for bill in pair] + new[len(later) :]
        return [_encoded(ARRIVING, tenant_id, _invoice(tenant_id, xero_id)) for tenant_id, xero_id in bills]


def held_bills(tenant_id: UUID, vendor_ids: Sequence[UUID]) -> list[EncodedEvent]:
    """Bills made on the platform for Xero, one for each of these vendors."""
    return [_encoded(HELD, tenant_id, _held(vendor_id)) for vendor_id in vendor_ids]


def vendor_of(tenant_id: UUID) -> Vendor:
    """The vendor of all bills of a tenant that come from Xero."""
    return vendor(uuid5(tenant_id, "vendor"), uuid5(tenant_id, "contact"))


def vendor(vendor_id: UUID, xero_id: UUID) -> Vendor:
    """A vendor who is in Xero."""
    sync = Sync(state=SyncState.IN_STEP, xero_id=xero_id)
    return Vendor(id=vendor_id, contact_id=vendor_id, name="Vendor", origin=_ORIGIN, sync=sync)


def vendors_arrive(tenant_id: UUID, vendor_ids: Sequence[UUID]) -> list[EncodedEvent]:
    """An event for each vendor, which is now in Xero."""
    return [_encoded(CONTACTS_TOPIC, tenant_id, vendor(vendor_id, uuid4())) for vendor_id in vendor_ids]


def _encoded(topic: Topic, tenant_id: UUID, payload: Payload) -> EncodedEvent:
    envelope = Envelope(
        id=str(uuid4()),
        source="tieout/bench",
        type=payload.ce_type,
        time=utc_now(),
        tenantid=tenant_id,
        subject=payload.key_id,
        sequence=next_sequence(0, utc_now()),
        causationid=str(uuid4()),
        correlationid=str(uuid4()),
        traceparent=_TRACEPARENT,
    )
    return EncodedEvent(
        envelope.id,
        topic.name,
        partition_of(tenant_id, PARTITIONS),
        topic.key_of(tenant_id, payload),
        payload.model_dump_json().encode(),
        envelope.to_headers(),
    )


def _invoice(tenant_id: UUID, xero_id: UUID) -> XeroInvoice:
    lines = tuple(
        XeroLine(
            xero_line_id=uuid4(),
            description=f"Line {number}: " + "so many words as people write " * 2,
            quantity=Decimal("1.0000"),
            unit_amount=Decimal("33.3333"),
            line_amount=Decimal("33.33"),
            tax_amount=Decimal("3.33"),
            account_code="400",
            tax_type="INPUT",
            tracking=(Tracking(category="Location", option="Auckland"),),
        )
        for number in range(3)
    )
    return XeroInvoice(
        xero_id=xero_id,
        updated_at=utc_now(),
        type=InvoiceType.ACCPAY,
        status=InvoiceStatus.AUTHORISED,
        contact_xero_id=uuid5(tenant_id, "contact"),
        # Never twice the same, so that a later state is a change.
        number=f"B-{uuid4().hex[:8]}",
        date=dt.date(2026, 11, 1),
        due_date=dt.date(2026, 12, 1),
        currency="AUD",
        line_amount_types=LineAmountTypes.EXCLUSIVE,
        lines=lines,
        subtotal=_money("100.00"),
        total_tax=_money("10.00"),
        total=_money("110.00"),
        amount_due=_money("110.00"),
        amount_paid=_money("0.00"),
        amount_credited=_money("0.00"),
    )


def _held(vendor_id: UUID) -> Bill:
    return Bill(
        id=uuid4(),
        origin=_ORIGIN,
        vendor_id=vendor_id,
        number=f"B-{uuid4().hex[:8]}",
        status=BillStatus.APPROVED,
        date=dt.date(2026, 11, 1),
        due_date=dt.date(2026, 12, 1),
        currency="AUD",
        line_amount_types=LineAmountTypes.EXCLUSIVE,
        lines=(BillLine(description="Line 0", unit_amount=Decimal("33.33"), account_code="400"),),
    )


def _money(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="AUD")
