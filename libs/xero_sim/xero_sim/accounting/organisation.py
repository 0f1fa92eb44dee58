"""/Organisation and /Currencies. Source: docs/xero.md 4.11, behaviour 76."""

from xero_sim.accounting.call import Call
from xero_sim.accounting.envelope import success
from xero_sim.accounting.forms import Form, shapes
from xero_sim.answers import JSON, Answer, validation_exception
from xero_sim.org import Org
from xero_sim.query.fields import currency_fields
from xero_sim.query.listing import filtered, ordered
from xero_sim.seeds.countries import COUNTRIES, CURRENCY_NAMES
from xero_sim.wire import Json, date_form, dumps

_SHAPE = shapes("Organisations")[Form.LIST]
_CURRENCIES = shapes("Currencies")

_CURRENCY_FIELDS = currency_fields()


def organisation_form(org: Org) -> Json:
    """The organisation. Lock dates are shown only if they are set; OrganisationID is the tenant's id."""
    profile, place = org.profile, COUNTRIES[org.profile.Country]
    in_us = place.code == "US"
    values: Json = {
        "OrganisationID": org.tenant_id,
        "Name": profile.Name,
        "LegalName": profile.Name,
        "PaysTax": True,
        "Version": place.version,
        "OrganisationType": "COMPANY",
        "BaseCurrency": profile.BaseCurrency,
        "CountryCode": profile.CountryCode,
        "IsDemoCompany": False,
        "OrganisationStatus": "ACTIVE",
        "TaxNumber": None if in_us else place.tax_number,
        "EmployerIdentificationNumber": place.tax_number if in_us else None,
        "FinancialYearEndDay": place.year_end[0],
        "FinancialYearEndMonth": place.year_end[1],
        "SalesTaxBasis": place.basis,
        "SalesTaxPeriod": place.period,
        "DefaultSalesTax": "Tax Exclusive",
        "DefaultPurchasesTax": "Tax Exclusive",
        "PeriodLockDate": date_form(profile.PeriodLockDate) if profile.PeriodLockDate else None,
        "EndOfYearLockDate": date_form(profile.EndOfYearLockDate) if profile.EndOfYearLockDate else None,
        "CreatedDateUTC": f"/Date({profile.CreatedDateUTC})/",
        "OrganisationEntityType": "COMPANY",
        "Timezone": profile.Timezone,
        "ShortCode": profile.ShortCode,
        "Class": "COMPREHENSIVE",
        "Edition": "BUSINESS",
        "Addresses": [],
        "Phones": [],
        "PaymentTerms": {},
    }
    return _SHAPE.of(values)


def get_organisation(call: Call) -> Answer:
    """GET /Organisation."""
    return success(call, "Organisations", [dumps(organisation_form(call.org))])


ACTIONS = (
    "CreateApprovedInvoice", "CreateDraftPurchaseOrder", "CreateApprovedBill", "AttachFilesIntoInvoice",
    "UseMulticurrency", "CreateDraftInvoice", "CreateRepeatingInvoice", "CreateRepeatingBill", "CreateSentQuote",
    "CreateInvoicePayment", "CreateApprovedPurchaseOrder", "CreateDraftQuote", "CreateDraftBill",
)  # fmt: skip


def list_actions(call: Call) -> Answer:
    """GET /Organisation/Actions: a COMPREHENSIVE organisation may do everything."""
    return success(call, "Actions", [dumps({"Name": name, "Status": "ALLOWED"}) for name in ACTIONS])


def list_currencies(call: Call) -> Answer:
    """GET /Currencies."""
    rows = [{"Code": code, "Description": name} for code, name in call.org.currencies.items()]
    chosen = ordered(filtered(rows, call.query, _CURRENCY_FIELDS), call.query, _CURRENCY_FIELDS)
    return success(call, "Currencies", [dumps(row) for row in chosen])


def put_currency(call: Call) -> Answer:
    """PUT /Currencies adds a currency. The reply is the array without the envelope (OpenAPI example)."""
    sent = call.elements("Currencies")[0]
    code = (sent.text("Code") or "").upper()
    if len(code) != 3 or not code.isalpha():
        return validation_exception([{**sent.form, "ValidationErrors": [{"Message": "Currency code is not valid"}]}])
    call.org.currencies[code] = sent.text("Description") or CURRENCY_NAMES.get(code, code)
    added = _CURRENCIES[Form.REPLY].of({"Code": code, "Description": call.org.currencies[code]})
    return Answer(200, dumps({"Currencies": [added]}), JSON)
