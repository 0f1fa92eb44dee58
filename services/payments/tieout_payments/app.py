"""The payments service: payments of bills."""

from tieout_kit.domain import Service
from tieout_payments.payment import PAYMENT

SERVICE = Service("payments", "Payments of bills.", kinds=(PAYMENT,))
