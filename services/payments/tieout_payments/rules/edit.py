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
    if wanted.account_code is None:
        # Asked again as the first time: the account that was chosen since is no other content.
        content["account_code"] = before.account_code
    if before.model_copy(update=content) != before:
        raise Clash(f"payment {payment_id} was already made with other content, and a payment cannot be changed")
    return before
