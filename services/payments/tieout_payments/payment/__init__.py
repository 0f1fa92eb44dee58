"""A payment of a bill, made on the platform. Its rules are PAY-1 to PAY-9."""

from tieout_kit.sync import Dependency, Kind, Match, View
from tieout_payments.payment import arrive, fields, rules
from tieout_payments.payment.compose import compose
from tieout_payments.payment.edit import PUT
from tieout_schemas import topics
from tieout_schemas.platform import Bill, Payment
from tieout_schemas.writes import Lane
from tieout_schemas.xero import PaymentStatus, XeroInvoice, XeroPayment

PAYMENT: Kind[Payment, XeroPayment] = Kind(
    record=Payment,
    topic=topics.PAYMENTS_TOPIC,
    snapshot=XeroPayment,
    ours=lambda _: True,
    gone=lambda seen: seen.status is PaymentStatus.DELETED,
    rule="SYS-10",
    fields=fields.FIELDS,
    compose=compose,
    arrive=arrive.arrive,
    restore=arrive.restore,
    complete=rules.with_chosen_account,
    complete_rule="MAP-6",
    lane=Lane.PERSON,
    rules=(
        rules.outbound_payments_may_be_off,
        rules.a_payment_needs_its_account,
        rules.its_bill_must_be_approved_in_xero,
        rules.a_payment_must_fit_its_bill,
    ),
    settings=("outbound_payments", "payment_account", "clearing_account"),
    depends_on=(
        Dependency(
            Bill,
            id_of=lambda payment: payment.bill_id,
            xero_id_of=lambda seen: seen.invoice_xero_id,
            xero_kind=XeroInvoice,
            looks_at=rules.relevant_bill_fields,
        ),
    ),
    # Payments of the same bill are checked against each other, so that two at once never exceed the amount due.
    match=Match(ours=lambda payment: str(payment.bill_id), theirs=lambda _: ""),
    views=(View(model=Payment, plural="payments", put=PUT),),
)
