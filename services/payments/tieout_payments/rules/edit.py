"""PAY-1, PAY-3: a payment made on the platform."""

from uuid import UUID

from tieout_kit.errors import Clash
from tieout_kit.sync import wish
from tieout_payments.model import PaymentIn
from tieout_schemas.payload import Origin
from tieout_schemas.platform import Payment, Sync


def made(payment_id: UUID, before: Payment | None, wanted: PaymentIn, origin: Origin) -> Payment:
    """The payment as it is wanted; the same content again changes nothing, so a repeated request pays once.

    Raises Clash for other content: money that moved does not change.
    """
    content = wanted.content()
    if before is None:
        return Payment(id=payment_id, sync=wish(Sync()), origin=origin, **content)
    if before.model_copy(update=content) != before:
        raise Clash(f"payment {payment_id} was already made with other content, and a payment cannot be changed")
    return before
