"""What is sent to both sides: bills of three lines, half of them new, half a later state of one sent before."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID, uuid4, uuid5

from aiokafka import AIOKafkaProducer

from tieout_kit.clock import next_sequence, utc_now
from tieout_schemas.envelope import Envelope
from tieout_schemas.money import Money
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Bill, BillLine, BillStatus, Sync
from tieout_schemas.topics import BILLS_TOPIC, Kept, Key, Topic, partition_of
from tieout_schemas.xero import InvoiceStatus, LineAmountTypes, Tracking

PARTITIONS = 48
"""What an installation has unless it chose otherwise."""
TENANTS = [uuid5(UUID(int=0), str(number)) for number in range(100)]
ARRIVING = Topic("bench.bills.v1", "Bills to store and say again.", (), (), Key.RECORD, Kept.DAYS, (Bill,))
LEAVING = BILLS_TOPIC

_TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@dataclass(frozen=True, slots=True)
class Said:
    """An event as Kafka takes it."""

    id: str
    partition: int
    key: bytes
    value: bytes
    headers: Sequence[tuple[str, bytes]]

    async def send(self, producer: AIOKafkaProducer, prefix: str) -> None:
        """Hand it to the producer."""
        await producer.send(prefix + ARRIVING.name, self.value, self.key, self.partition, headers=self.headers)


class Bills:
    """Makes events, and knows whose bills were sent."""

    def __init__(self) -> None:
        self._sent: list[tuple[UUID, UUID]] = []

    def some(self, count: int) -> list[Said]:
        """Events of as many different bills, so that none is left out for a later state of the same bill."""
        later = self._sent[: count // 2]
        new = [(TENANTS[number % len(TENANTS)], uuid4()) for number in range(count - len(later))]
        self._sent = new
        # Mixed, so that a batch holds both.
        bills = [bill for pair in zip(later, new, strict=False) for bill in pair] + new[len(later) :]
        return [_said(tenant_id, bill_id) for tenant_id, bill_id in bills]


def held_bills(tenant_id: UUID, count: int) -> list[Said]:
    """Bills of one tenant that should go to Xero."""
    return [_said(tenant_id, uuid4(), Sync(desired=1)) for _ in range(count)]


def _said(tenant_id: UUID, bill_id: UUID, sync: Sync | None = None) -> Said:
    bill = _bill(bill_id, sync or Sync(xero_id=bill_id))
    envelope = Envelope(
        id=str(uuid4()),
        source="tieout/bench",
        type=bill.ce_type,
        time=utc_now(),
        tenantid=tenant_id,
        subject=bill.key_id,
        sequence=next_sequence(0, utc_now()),
        causationid=str(uuid4()),
        correlationid=str(uuid4()),
        traceparent=_TRACEPARENT,
    )
    return Said(
        envelope.id,
        partition_of(tenant_id, PARTITIONS),
        ARRIVING.key_of(tenant_id, bill),
        bill.model_dump_json().encode(),
        envelope.to_headers(),
    )


def _bill(bill_id: UUID, sync: Sync) -> Bill:
    lines = tuple(
        BillLine(
            description=f"Line {number}: " + "so many words as people write " * 2,
            quantity=Decimal("1.0000"),
            unit_amount=Decimal("33.3333"),
            account_code="400",
            tax_type="INPUT",
            tracking=(Tracking(category="Location", option="Auckland"),),
            xero_line_id=uuid4(),
        )
        for number in range(3)
    )
    return Bill(
        id=bill_id,
        sync=sync,
        origin=Origin(kind=OriginKind.EVENT, by=str(uuid4()), rule="BILL-1"),
        vendor_id=uuid4(),
        # Never twice the same, so that a later state is a change.
        number=f"B-{uuid4().hex[:8]}",
        status=BillStatus.APPROVED,
        date=dt.date(2026, 11, 1),
        due_date=dt.date(2026, 12, 1),
        currency="AUD",
        line_amount_types=LineAmountTypes.EXCLUSIVE,
        lines=lines,
        total=Money(amount=Decimal("110.00"), currency="AUD"),
        amount_due=Money(amount=Decimal("110.00"), currency="AUD"),
        xero_status=InvoiceStatus.AUTHORISED,
    )
