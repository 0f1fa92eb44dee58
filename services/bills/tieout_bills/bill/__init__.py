"""A bill, created on the platform or imported from Xero (ACCPAY). Its rules are BILL-1 to BILL-12."""

from tieout_bills.bill import arrive, fields, lines, rules
from tieout_bills.bill.compose import compose
from tieout_bills.bill.edit import PUT
from tieout_kit.sync import Dependency, Kind, View
from tieout_schemas import topics
from tieout_schemas.platform import Bill, Vendor
from tieout_schemas.xero import InvoiceType, XeroContact, XeroInvoice, XeroTaxRate

BILL: Kind[Bill, XeroInvoice] = Kind(
    record=Bill,
    topic=topics.BILLS_TOPIC,
    snapshot=XeroInvoice,
    ours=lambda seen: seen.type is InvoiceType.ACCPAY,
    gone=lambda seen: seen.status.is_final,
    rule="BILL-1",
    fields=fields.FIELDS,
    learn=lines.learn,
    compose=compose,
    arrive=arrive.arrive,
    restore=arrive.restore,
    complete=rules.with_default_account,
    complete_rule="MAP-9",
    rules=(
        rules.a_draft_stays_here,
        rules.only_approved_bills_are_sent,
        rules.an_approved_bill_needs_its_accounts,
        rules.the_vendor_must_be_in_xero,
        rules.the_vendors_contact_must_be_in_use,
        rules.a_bill_comes_to_its_printed_total,
    ),
    reference=(XeroTaxRate,),
    settings=("approved_only_bills", "default_expense_account", "conflicts"),
    depends_on=(
        Dependency(
            Vendor,
            id_of=lambda bill: bill.vendor_id,
            xero_id_of=lambda seen: seen.contact_xero_id,
            xero_kind=XeroContact,
            looks_at=rules.relevant_vendor_fields,
        ),
    ),
    views=(View(model=Bill, plural="bills", put=PUT),),
)
