"""Records with all their fields and records with none, and how each kind is shown in each of its forms."""

from collections.abc import Awaitable, Callable

from xero_sim.accounting.forms import Form
from xero_sim.app_client import Xero
from xero_sim.wire import Json

Shown = dict[Form, list[Json]]
"""Elements by form: at least one with all fields, and one with none that could be left out."""
LINE = {"Description": "Paper", "Quantity": 1, "UnitAmount": "100.00", "AccountCode": "453"}
SALE = {**LINE, "AccountCode": "200"}
TERM = {"Day": 9, "Type": "DAYSAFTERBILLDATE"}
WHOLE_CONTACT = {
    "Name": "Whole Ltd", "ContactNumber": "W-1", "AccountNumber": "A-1", "ContactStatus": "ACTIVE", "FirstName": "Ann",
    "LastName": "Kea", "EmailAddress": "ann@kea.nz", "CompanyNumber": "C-1", "TaxNumber": "T-1", "TaxNumberType": "SSN",
    "BankAccountDetails": "01-0101", "AccountsReceivableTaxType": "OUTPUT2", "AccountsPayableTaxType": "INPUT2",
    "Addresses": [
        {
            "AddressType": "POBOX", "AddressLine1": "Box 1", "AddressLine2": "2", "AddressLine3": "3",
            "AddressLine4": "4", "City": "Nelson", "Region": "R", "PostalCode": "7010", "Country": "NZ",
            "AttentionTo": "Ann",
        }
    ],
    "Phones": [
        {"PhoneType": "DEFAULT", "PhoneNumber": "1", "PhoneAreaCode": "9", "PhoneCountryCode": "64"}
    ],
    "IsSupplier": True, "IsCustomer": True, "DefaultCurrency": "NZD", "XeroNetworkKey": "K",
    "SalesDefaultAccountCode": "200", "PurchasesDefaultAccountCode": "453", "SalesDefaultLineAmountType": "INCLUSIVE",
    "PurchasesDefaultLineAmountType": "NONE", "SalesTrackingCategories": [{"TrackingCategoryName": "Location"}],
    "PurchasesTrackingCategories": [{"TrackingCategoryName": "Location"}],
    "PaymentTerms": {"Bills": TERM, "Sales": TERM},
    "BatchPayments": {"BankAccountNumber": "1", "BankAccountName": "x", "Details": "", "Code": "", "Reference": ""},
    "ContactPersons": [
        {"FirstName": "Bo", "LastName": "Tui", "EmailAddress": "bo@kea.nz", "IncludeInEmails": True}
    ],
}  # fmt: skip


async def tracked(xero: Xero) -> Json:
    """A reference to the first option of the first category."""
    (category, *_) = await xero.rows("TrackingCategories")
    return {"Name": category["Name"], "Option": category["Options"][0]["Name"]}


async def attach(xero: Xero, path: str) -> None:
    answer = await xero.http.put(
        f"/api.xro/2.0/{path}/Attachments/a.pdf",
        content=b"x",
        headers=xero.headers(**{"Content-Type": "application/pdf"}),
    )
    assert answer.status_code == 200, answer.text


async def refusals(xero: Xero, method: str, path: str, *elements: Json) -> list[Json]:
    """The refused elements, in answers of 400."""
    return [(await xero.call(method, path, element)).json()["Elements"][0] for element in elements]


async def refusals_of_both(xero: Xero, method: str, path: str, *elements: Json) -> list[Json]:
    """The same, and in answers of 200 with an outcome for each element."""
    key, found = path.split("/", maxsplit=1)[0], await refusals(xero, method, path, *elements)
    answers = [await xero.call(method, f"{path}?summarizeErrors=false", element) for element in elements]
    return [*found, *(answer.json()[key][0] for answer in answers)]


async def reads(xero: Xero, kind: str, *ids: str, page: str | None = "page=1") -> Shown:
    """Both lists and the single reads."""
    shown: Shown = {Form.LIST: await xero.rows(kind)}
    if page:
        shown[Form.PAGE] = await xero.rows(f"{kind}?{page}")
    shown[Form.SINGLE] = [row for key in ids for row in await xero.rows(f"{kind}/{key}")]
    return shown


async def contacts(xero: Xero) -> Shown:
    whole, bare = await xero.put("Contacts", **WHOLE_CONTACT), await xero.put("Contacts", Name="Bare Ltd")
    (group,) = [await xero.put("ContactGroups", Name="Vendors")]
    named = {"Contacts": [{"ContactID": whole["ContactID"]}]}
    await xero.call("PUT", f"ContactGroups/{group['ContactGroupID']}/Contacts", named)
    await xero.bill(Contact={"ContactID": whole["ContactID"]})
    await attach(xero, f"Contacts/{whole['ContactID']}")
    again = await xero.post(f"Contacts/{whole['ContactID']}", FirstName="Bea")
    into = await xero.put("Contacts", Name="Other Ltd")
    lost = await xero.put("Contacts", Name="Lost Ltd")
    await xero.control.act(
        xero.tenant, "merge_contacts", ContactID=lost["ContactID"], MergedToContactID=into["ContactID"]
    )
    shown = await reads(xero, "Contacts", whole["ContactID"], bare["ContactID"], lost["ContactID"])
    shown[Form.PAGE] = await xero.rows("Contacts?page=1&includeArchived=true")
    shown[Form.SUMMARY] = await xero.rows("Contacts?page=1&summaryOnly=true")
    shown[Form.REPLY] = [bare, again]
    sent = {**WHOLE_CONTACT, "ContactNumber": "W-2"}
    shown[Form.REFUSED] = await refusals_of_both(xero, "PUT", "Contacts", sent, {"Name": "Bare Ltd"})
    return shown


async def contact_groups(xero: Xero) -> Shown:
    contact = await xero.put("Contacts", Name="Kea")
    made = await xero.put("ContactGroups", Name="Vendors")
    path = f"ContactGroups/{made['ContactGroupID']}"
    await xero.call("PUT", f"{path}/Contacts", {"Contacts": [{"ContactID": contact["ContactID"]}]})
    shown = await reads(xero, "ContactGroups", made["ContactGroupID"], page=None)
    shown[Form.REPLY] = [made, await xero.post(path, Name="Suppliers")]
    shown[Form.REFUSED] = await refusals(
        xero, "PUT", "ContactGroups", {"Name": "Suppliers"}, {"Name": "Suppliers", "Status": "ACTIVE"}
    )
    return shown


async def invoices(xero: Xero) -> Shown:
    contact = {"Contact": {"ContactID": (await xero.put("Contacts", Name="Kea"))["ContactID"]}}
    item = await xero.put("Items", Code="PAPER", Name="Paper")
    line = {**SALE, "ItemCode": item["Code"], "DiscountRate": 1, "Tracking": [await tracked(xero)]}
    off = {**SALE, "DiscountAmount": 1}
    sale = {"Type": "ACCREC", "Status": "AUTHORISED", "Date": "2026-09-14", "DueDate": "2026-10-14", **contact}
    extra = {
        "Url": "https://a.nz", "BrandingThemeID": item["ItemID"], "SentToContact": True, "Reference": "R",
        "CurrencyCode": "NZD", "CurrencyRate": 1,
    }  # fmt: skip
    whole = await xero.put("Invoices", **sale, **extra, LineItems=[line, off], ExpectedPaymentDate="2026-10-01")
    bill = await xero.bill(**contact, PlannedPaymentDate="2026-10-01", LineItems=[LINE, {"Description": "Text"}])
    draft = await xero.bill(**contact, Status="DRAFT", DueDate=None)
    await on_it(xero, contact, bill)
    paid = await xero.bill(**contact)
    await xero.pay(paid, 115)
    await attach(xero, f"Invoices/{whole['InvoiceID']}")
    ids = [each["InvoiceID"] for each in (whole, bill, draft, paid)]
    shown = await reads(xero, "Invoices", *ids)
    shown[Form.SUMMARY] = await xero.rows("Invoices?summaryOnly=true")
    edits = [
        await xero.post(f"Invoices/{each['InvoiceID']}", InvoiceNumber=f"N-{n}") for n, each in enumerate((bill, paid))
    ]
    shown[Form.REPLY] = [whole, draft, *edits]
    unknown = {**line, "AccountCode": "nope", "LineAmount": 1, "TaxAmount": 0, "TaxType": "OUTPUT2", "AccountID": None}
    sent = {
        **sale, **extra, "InvoiceNumber": "S-9",
        "ExpectedPaymentDate": "2026-10-01", "PlannedPaymentDate": "2026-10-01",
        "LineAmountTypes": "Exclusive", "SubTotal": 1, "TotalTax": 0, "Total": 1,
    }  # fmt: skip
    shown[Form.REFUSED] = await refusals_of_both(
        xero, "PUT", "Invoices", {**sent, "LineItems": [{**off, **unknown}]}, {"Type": "ACCPAY"}
    )
    shown[Form.REFUSED] += await refusals_of_both(xero, "POST", f"Invoices/{paid['InvoiceID']}", {"Status": "DELETED"})
    return shown


async def on_it(xero: Xero, contact: Json, bill: Json) -> None:
    """A payment, a batch payment and each sort of credit on a bill."""
    await xero.pay(bill, 1)
    member = {"Invoice": {"InvoiceID": bill["InvoiceID"]}, "Amount": 1}
    await xero.put("BatchPayments", Account={"Code": "090"}, Date="2026-09-20", Payments=[member])
    note = await xero.credit_note(**contact)
    await xero.allocate(f"CreditNotes/{note['CreditNoteID']}", bill, 1)
    for kind in ("Prepayment", "Overpayment"):
        made = await xero.spend(**contact, Type=f"SPEND-{kind.upper()}")
        await xero.allocate(f"{kind}s/{made[f'{kind}ID']}", bill, 1)


async def credit_notes(xero: Xero) -> Shown:
    whole = WHOLE_CONTACT | {"AccountNumber": "A-7"}
    bill = await xero.bill(Contact=whole)
    contact = {"Contact": bill["Contact"] and {"ContactID": bill["Contact"]["ContactID"]}}
    item = await xero.put("Items", Code="PAPER", Name="Paper")
    line = {**LINE, "ItemCode": item["Code"], "Tracking": [await tracked(xero)]}
    sale = {**SALE, "DiscountRate": None}
    first = await xero.credit_note(
        **contact, LineItems=[line], DueDate="2026-10-14", BrandingThemeID=item["ItemID"], Reference="R"
    )
    path = f"CreditNotes/{first['CreditNoteID']}"
    await xero.allocate(path, bill, 100)
    refund = {"CreditNote": {"CreditNoteID": first["CreditNoteID"]}, "Account": {"Code": "090"}, "Amount": 15}
    await xero.put("Payments", **refund)
    sent = await xero.credit_note(Type="ACCRECCREDIT", SentToContact=True, LineItems=[sale], Contact={"Name": "Bare"})
    await attach(xero, path)
    shown = await reads(xero, "CreditNotes", first["CreditNoteID"], sent["CreditNoteID"])
    shown[Form.REPLY] = [first, sent]
    gone = {**first, "LineItems": [{**LINE, "AccountCode": "nope"}], **contact}
    shown[Form.REFUSED] = await refusals_of_both(xero, "PUT", "CreditNotes", gone, {"Type": "ACCPAYCREDIT"})
    return shown


async def in_dollars(xero: Xero) -> Json:
    """What makes a bank transaction one in another currency."""
    await xero.call("PUT", "Currencies", {"Code": "USD"})
    named = {"Code": "098", "Name": "Dollars", "Type": "BANK", "CurrencyCode": "USD", "BankAccountNumber": "1"}
    account = await xero.put("Accounts", **named)
    return {"BankAccount": {"AccountID": account["AccountID"]}, "CurrencyCode": "USD"}


async def credit_of(xero: Xero, kind: str) -> Shown:
    """A prepayment or overpayment that is allocated and refunded in part, and one in another currency."""
    bill = await xero.bill(Contact={"Name": "Bare"})
    made = await xero.spend(Type=f"SPEND-{kind.upper()}", Contact={"Name": "Bare"})
    key = made[f"{kind}ID"]
    await xero.allocate(f"{kind}s/{key}", bill, 1)
    await xero.put("Payments", **{kind: {f"{kind}ID": key}}, Account={"Code": "090"}, Amount=1)
    other = await xero.spend(Type=f"SPEND-{kind.upper()}", **await in_dollars(xero))
    return await reads(xero, f"{kind}s", key, other[f"{kind}ID"])


async def prepayments(xero: Xero) -> Shown:
    return await credit_of(xero, "Prepayment")


async def overpayments(xero: Xero) -> Shown:
    return await credit_of(xero, "Overpayment")


KINDS: dict[str, Callable[[Xero], Awaitable[Shown]]] = {
    "Contacts": contacts,
    "ContactGroups": contact_groups,
    "Invoices": invoices,
    "CreditNotes": credit_notes,
    "Prepayments": prepayments,
    "Overpayments": overpayments,
}
