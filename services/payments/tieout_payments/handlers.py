"""Events and requests → rules → store and outbox, one transaction."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from tieout_kit import audit, sweeps, tenants
from tieout_kit.auth import Caller
from tieout_kit.batch import Handler
from tieout_kit.cause import Cause, Incoming, newest
from tieout_kit.postgres import Tx
from tieout_kit.reconciler import Changed, Reconciler
from tieout_kit.records import Stored
from tieout_kit.sweeps import Retry
from tieout_kit.sync import Verdict
from tieout_kit.tenants import Tenant
from tieout_payments import store
from tieout_payments.model import PaymentIn
from tieout_payments.rules.account import booked
from tieout_payments.rules.due import check_fits
from tieout_payments.rules.edit import made
from tieout_payments.rules.incoming import follow
from tieout_payments.rules.outgoing import verdict
from tieout_schemas import topics
from tieout_schemas.payload import Origin, OriginKind, RecordRef
from tieout_schemas.platform import Bill, Payment
from tieout_schemas.reasons import Reason
from tieout_schemas.topics import Topic
from tieout_schemas.xero import XeroPayment


async def judge(tx: Tx, payments: Sequence[Stored[Payment]], known: Mapping[UUID, Tenant]) -> list[Verdict]:
    """Which of these payments may go to Xero now."""
    keys = [(p.tenant_id, p.record.bill_id) for p in payments]
    bills = await store.bills(tx, keys)
    return [
        verdict(p.record, bills.get(bill), known[p.tenant_id].connection, known[p.tenant_id].settings)
        for p, bill in zip(payments, keys, strict=True)
    ]


payments = Reconciler(Payment, topics.PAYMENTS_TOPIC, judge, booked)


async def put_payment(tx: Tx, tenant_id: UUID, payment_id: UUID, wanted: PaymentIn, caller: Caller) -> Payment:
    """PUT of a payment. Raises NotFound (tenant) and Clash."""
    await tenants.get(tx, tenant_id)
    bill = await store.lock_bill(tx, tenant_id, wanted.bill_id)
    before = await payments.records.one(tx, tenant_id, payment_id)
    origin = Origin(kind=OriginKind.USER, by=caller.sub, rule="PAY-1")
    payment = made(payment_id, before.record if before else None, wanted, origin)
    if before:
        return before.record
    if bill:
        check_fits(payment, bill, await store.payments_of_bill(tx, tenant_id, bill.id))
    await payments.settle(tx, [Changed(Stored(tenant_id, 0, payment), payment, Cause.request())])
    after = (await payments.records.lock(tx, [(tenant_id, payment_id)]))[tenant_id, payment_id].record
    await audit.note(tx, caller, tenant_id, RecordRef(kind=Payment.kind, id=payment_id), None, after)
    return after


async def bills_changed(tx: Tx, events: Sequence[Incoming[Bill]]) -> None:
    """tieout.bills.v1 → the copy of the bills; what was held for them is judged again."""
    latest = newest(events)
    await store.keep_bills(tx, latest)
    held_for = (Reason.BILL_NOT_IN_XERO, Reason.PAYMENT_DOES_NOT_FIT)
    await sweeps.add(
        tx, [(e.tenant_id, r.cause({"bill_id": str(e.data.id)}), e.cause) for e in latest for r in held_for]
    )


async def payments_changed(tx: Tx, events: Sequence[Incoming[XeroPayment]]) -> None:
    """xero.payment.v1 → linked payments follow. Those made in Xero are ignored: bringing them in is PAY-8's."""
    seen = {(e.tenant_id, e.data.xero_id): e for e in newest(events)}
    known = await payments.records.lock_by_xero_id(tx, seen)
    ours = await payments.records.lock(tx, [(t, e.data.record_id) for (t, _), e in seen.items() if e.data.record_id])
    changed = []
    for key, event in seen.items():
        # An echo may come before its result: deleted there at once, it must not be missed.
        echoed = ours.get((event.tenant_id, event.data.record_id)) if event.data.record_id else None
        before = known.get(key) or (echoed if echoed and echoed.record.sync.xero_id is None else None)
        if before:
            origin = Origin(kind=OriginKind.EVENT, by=event.cause.causation_id, rule="SYS-10")
            changed.append(Changed(before, follow(before.record, event.data, event.sequence, origin), event.cause))
    await payments.settle(tx, changed)


HANDLERS: dict[Topic, Handler] = {
    topics.CONNECTION: tenants.connection_changed,
    topics.SETTINGS: tenants.settings_changed,
    topics.BILLS_TOPIC: bills_changed,
    topics.WRITE_RESULT: payments.results_received,
    topics.PAYMENT: payments_changed,
}

RETRIES: dict[str, Retry] = {Payment.kind: payments.retry}
