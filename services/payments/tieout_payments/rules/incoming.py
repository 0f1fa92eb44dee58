"""SYS-10: what Xero's payments mean for the ones made here. Payments that were made in Xero are PAY-8's."""

from tieout_schemas.payload import Origin
from tieout_schemas.platform import Payment
from tieout_schemas.xero import PaymentStatus, XeroPayment


def follow(payment: Payment, seen: XeroPayment, sequence: int, origin: Origin) -> Payment:
    """A linked payment after a newer snapshot; an older one, or one that tells nothing new, changes nothing.

    Source: SYS-10. A payment has no other change: in Xero's pages an edit is a deletion and a new payment. The
    sequence of Xero's answer stays, so that PAY-9 can tell which bills were seen after it.
    """
    deleted = seen.status is PaymentStatus.DELETED
    if sequence < payment.sync.xero_sequence or deleted == payment.deleted_in_xero:
        return payment
    sync = payment.sync.model_copy(update={"xero_sequence": sequence})
    return payment.model_copy(update={"sync": sync, "deleted_in_xero": deleted, "origin": origin})
