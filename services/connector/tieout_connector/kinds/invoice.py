"""Bills and sales invoices. Source: docs/xero.md 4.3."""

from tieout_connector.kinds import stamps
from tieout_connector.kinds.invoice_write import BillWrite, InvoiceWrite
from tieout_connector.kinds.record import FollowedRecord, Listing, PastRecords
from tieout_connector.xero.invoices import INVOICES
from tieout_connector.xero.models import Json
from tieout_schemas.bodies import Document
from tieout_schemas.signals import XeroKind
from tieout_schemas.xero import InvoiceType, XeroInvoice

_PAGES = {InvoiceType.ACCPAY: "AccountsPayable", InvoiceType.ACCREC: "AccountsReceivable"}


def _link(raw: Json) -> str:
    page = _PAGES.get(raw.get("Type") or InvoiceType.ACCPAY, "AccountsPayable")
    return f"https://go.xero.com/{page}/View.aspx?InvoiceID={raw.get('InvoiceID')}"


INVOICE = FollowedRecord(
    resource=INVOICES,
    kind=XeroKind.INVOICE,
    snapshot=XeroInvoice,
    category="INVOICE",
    listings=(
        Listing(
            filters={"where": 'Type=="ACCPAY"'},
            # Only unpaid bills are imported (BILL-1).
            import_filters={"Statuses": "DRAFT,SUBMITTED,AUTHORISED"},
            after="Contacts",
            # Drafts wait for their approval, and what is voided never comes in (BILL-1).
            past=PastRecords("bills", "Date", {"Statuses": "AUTHORISED,PAID"}),
        ),
        # Webhooks name sales invoices too. Without this setting, that is all that CONT-4 gets.
        Listing(
            name="SalesInvoices",
            filters={"where": 'Type=="ACCREC"'},
            # INV-5: drafts made in Xero do not come in.
            import_filters={"Statuses": "AUTHORISED"},
            after="Invoices",
            setting="invoices",
        ),
    ),
    stamp_of=stamps.in_url,
    document=Document.INVOICE,
    writes=lambda platform_url: (BillWrite(platform_url), InvoiceWrite(platform_url)),
    path="invoices",
    link=_link,
)
