"""MAP-4, MAP-6: the account that a payment is booked on."""

from tieout_schemas.platform import Payment, PaymentMethod
from tieout_schemas.reasons import Reason
from tieout_schemas.settings import TenantSettings

_MISSING = {
    PaymentMethod.OFFLINE: Reason.PAYMENT_ACCOUNT_NOT_CHOSEN,
    # What the platform pays goes through the clearing account (PAY-2).
    PaymentMethod.ACH: Reason.CLEARING_ACCOUNT_NOT_CHOSEN,
    PaymentMethod.CHECK: Reason.CLEARING_ACCOUNT_NOT_CHOSEN,
}


def missing(payment: Payment) -> Reason | None:
    """Why a payment has no account yet; None: it has one."""
    return None if payment.account_code else _MISSING[payment.method]


def booked(payment: Payment, settings: TenantSettings) -> Payment:
    """The payment with the account that is chosen for its method, if one is; one that has its account keeps it.

    Source: MAP-6: as it is chosen when the payment is made, or first chosen after that; a later choice is for later
    payments only.
    """
    reason = missing(payment)
    if reason is None or reason.value.setting is None:
        return payment
    return payment.model_copy(update={"account_code": getattr(settings, reason.value.setting) or ""})
