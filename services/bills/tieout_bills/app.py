"""The bills service: bills, and the organisation's reference data."""

from tieout_bills import api
from tieout_bills.bill import BILL
from tieout_kit.domain import Service
from tieout_schemas.xero import XeroAccount, XeroTaxRate, XeroTrackingCategory

SERVICE = Service(
    "bills",
    "Bills, and the reference data they name.",
    kinds=(BILL,),
    reference=(XeroAccount, XeroTaxRate, XeroTrackingCategory),
    routers=(api.router,),
)
