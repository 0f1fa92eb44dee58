"""A contact. Source: docs/xero.md 4.1."""

from dataclasses import dataclass, field

from xero_sim.wire import Json

PHONE_TYPES = ("DEFAULT", "DDI", "FAX", "MOBILE")
ADDRESS_TYPES = ("STREET", "POBOX")


def empty_address(kind: str) -> Json:
    """An empty address as Xero shows it (behaviour 43)."""
    return {"AddressType": kind, "City": "", "Region": "", "PostalCode": "", "Country": ""}


def empty_phone(kind: str) -> Json:
    """An empty phone as Xero shows it (behaviour 43)."""
    return {"PhoneType": kind, "PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""}


@dataclass(slots=True)
class Contact:
    """A contact. It always has both addresses and all four phones, which may be empty."""

    ContactID: str
    Name: str
    ContactStatus: str = "ACTIVE"
    ContactNumber: str | None = None
    AccountNumber: str | None = None
    FirstName: str | None = None
    LastName: str | None = None
    EmailAddress: str = ""
    CompanyNumber: str | None = None
    TaxNumber: str | None = None
    TaxNumberType: str | None = None
    BankAccountDetails: str = ""
    AccountsReceivableTaxType: str | None = None
    AccountsPayableTaxType: str | None = None
    DefaultCurrency: str | None = None
    XeroNetworkKey: str | None = None
    SalesDefaultAccountCode: str | None = None
    PurchasesDefaultAccountCode: str | None = None
    SalesDefaultLineAmountType: str | None = None
    PurchasesDefaultLineAmountType: str | None = None
    SalesTrackingCategories: list[Json] = field(default_factory=list)
    PurchasesTrackingCategories: list[Json] = field(default_factory=list)
    PaymentTerms: Json | None = None
    BatchPayments: Json | None = None
    Website: str | None = None
    MergedToContactID: str | None = None
    Addresses: dict[str, Json] = field(default_factory=lambda: {k: empty_address(k) for k in ADDRESS_TYPES})
    Phones: dict[str, Json] = field(default_factory=lambda: {k: empty_phone(k) for k in PHONE_TYPES})
    ContactPersons: list[Json] = field(default_factory=list)
    IsSupplier: bool = False
    IsCustomer: bool = False
    HasAttachments: bool = False
    UpdatedDateUTC: int = 0
    Forms: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)
    """A cache of the rendered JSON, by form. Copies of a contact share it, so it is replaced and never cleared."""

    @property
    def id(self) -> str:
        return self.ContactID
