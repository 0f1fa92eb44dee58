"""The forms of each kind of record and of its parts: which fields Xero shows where, and how.

A record looks different in a list without pages, in a page, in a single read, in the reply to a write, and in an
element that is refused. `summary` is the answer to summaryOnly. Each line is a field, with one mark for each form:

    x   always there
    o   there if it has a value
    []  always there, and always empty
    -   never there
    s   refused: as it was sent, if it was sent
    m   refused: as it was sent, otherwise as it is stored
    p   refused: the parts that were sent, each in its refused form; empty if none was sent
    ?   behind a mark: inferred from similar records; other marks were seen or are documented (docs/xero.md 3.10)

A part has the name of its record before its own. A kind with `=` has the forms of the other kind.
"""

from typing import Final

SLOTS: Final = ("DDI", "DEFAULT", "FAX", "MOBILE")
SLOTS_WRITTEN: Final = ("DEFAULT", "DDI", "FAX", "MOBILE")
PHONES = {
    "list": SLOTS, "page": SLOTS, "single": SLOTS, "summary": SLOTS,
    "reply": SLOTS_WRITTEN, "in document": SLOTS_WRITTEN,
}  # fmt: skip
"""The order of a contact's phones in each form, and in the contact of a document."""

TABLE = """
Contacts                            list  page  single  reply  refused  summary
  ContactID                          x     x     x       x      x        x
  ContactNumber                      o     o     o       o      s        o
  AccountNumber                      o     o     o       o      s        o
  ContactStatus                      x     x     x       x      s        x
  Name                               x     x     x       x      m        x
  FirstName                          o     o     o       o      s        o
  LastName                           o     o     o       o      s        o
  EmailAddress                       x     x     x       x      s        x
  CompanyNumber                      o     o     o       o      s        o
  TaxNumber                          o     o     o       o      s        o
  TaxNumberType                      o     o     o       o      s        o
  BankAccountDetails                 x     x     x       x      s        x
  AccountsReceivableTaxType          o     o     o       o      s        o
  AccountsPayableTaxType             o     o     o       o      s        o
  Addresses                          x     x     x       x      p        -
  Phones                             x     x     x       x      p        x
  UpdatedDateUTC                     x     x     x       x      -        x
  ContactGroups                      []    x     x       x      []       -
  IsSupplier                         x     x     x       x      s        -
  IsCustomer                         x     x     x       x      s        -
  DefaultCurrency                    o     o     o       o      s        o
  XeroNetworkKey                     o     o     o       o?     s        o
  SalesDefaultAccountCode            -     o     o       o?     s        -
  PurchasesDefaultAccountCode        -     o     o       o?     s        -
  SalesDefaultLineAmountType         -     o     o       o      s        -
  PurchasesDefaultLineAmountType     -     o     o       o      s        -
  SalesTrackingCategories            -     o     o       x      s        -
  PurchasesTrackingCategories        -     o     o       x      s        -
  PaymentTerms                       -     o     o       o      s        -
  BatchPayments                      -     o     o       o?     s        -
  Website                            -     o     o       o?     -        -
  MergedToContactID                  -     o     o       -?     -        -
  ContactPersons                     []    x     x       x      p        -
  Balances                           -     o     o       -      -        -
  HasAttachments                     x     x     x       -      -        x?
  Attachments                        -     -     x       -      -        -
  HasValidationErrors                x     x     x       x      x        x
Contacts.ContactGroups              page  single  reply
  ContactGroupID                     x     x       x
  Name                               x     x       x
  Status                             x     x       x
  Contacts                           []    []      []
  HasValidationErrors                x     x       x
Contacts.Addresses                  refused
  AddressType                        s
  AddressLine1                       s
  AddressLine2                       s
  AddressLine3                       s
  AddressLine4                       s
  City                               s
  Region                             s
  PostalCode                         s
  Country                            s
  AttentionTo                        s
  ValidationErrors                   []
Contacts.Phones                     refused
  PhoneType                          s
  PhoneNumber                        s
  PhoneAreaCode                      s
  PhoneCountryCode                   s
  ValidationErrors                   []
Contacts.ContactPersons             refused
  FirstName                          s?
  LastName                           s?
  EmailAddress                       s?
  IncludeInEmails                    s?
  ValidationErrors                   []?
Contacts.PaymentTerms               refused
  Bills                              s
  Sales                              s
Contacts.PaymentTerms.Bills         refused
  Day                                s
  Type                               s
  ValidationErrors                   []
Contacts.PaymentTerms.Sales = Contacts.PaymentTerms.Bills

ContactGroups                       list  single  reply  refused
  ContactGroupID                     x     x       x      x
  Name                               x     x       x      s
  Status                             x     x       x      s
  Contacts                           []    x       []     []
  HasValidationErrors                x     x       x      x
ContactGroups.Contacts              single  reply
  ContactID                          x       x
  Name                               x       -
  Addresses                          []      []
  Phones                             []      []
  ContactGroups                      []      []
  ContactPersons                     []      []
  HasValidationErrors                x       x
  ValidationErrors                   -       []

Invoices                            list  page  single  reply  refused  summary
  Type                               x     x     x       x      m        x
  InvoiceID                          x     x     x       x      x        x
  InvoiceNumber                      x     x     x       x      s        x
  Reference                          x     x     x       x      s        x
  Payments                           x     x     o       o?     []       -
  CreditNotes                        x     x     o       o?     []       x
  Prepayments                        x     x     x       x      []       x
  Overpayments                       x     x     x       x      []       x
  AmountDue                          x     x     x       x      -        x
  AmountPaid                         x     x     x       x      -        x
  AmountCredited                     x     x     o       o?     -        x
  SentToContact                      o     o     o       o      s        o
  CurrencyRate                       x     x     x       x      s        x
  IsDiscounted                       x     x     x       x      x        x
  HasAttachments                     x     x     x       -      -        -
  InvoiceAddresses                   []    []    -       -      []       []?
  HasErrors                          x     x     x       x      x        x
  Attachments                        -     -     x       -      -        -
  InvoicePaymentServices             []    []    []      []     []       []?
  Contact                            x     x     x       x      s        x
  DateString                         x     x     x       x      m        x
  Date                               x     x     x       x      m        x
  DueDateString                      o     o     o       o      m        o
  DueDate                            o     o     o       o      m        o
  PlannedPaymentDate                 o     o     o       o      s?       o
  ExpectedPaymentDate                o     o     o       o      s?       o
  BrandingThemeID                    o     o     o       o      s?       o
  Url                                o     o     o       o      s?       o
  Status                             x     x     x       x      s        x
  LineAmountTypes                    x     x     x       x      m        x
  LineItems                          []    x     x       x      m        -
  SubTotal                           x     x     x       x      m        x
  TotalTax                           x     x     x       x      m        x
  Total                              x     x     x       x      m        x
  FullyPaidOnDate                    o     o     o       o?     -        o
  UpdatedDateUTC                     x     x     x       x      -        x
  UpdatedDateUTCString               x     x     x       x      -        x
  CurrencyCode                       x     x     x       x      m        x
Invoices.Contact                    list  page  refused
  ContactID                          x     x     s
  ContactNumber                      -     -     s
  Name                               x     x     s
  EmailAddress                       -     -     s
  Addresses                          []    []    []
  Phones                             []    []    []
  ContactGroups                      []    []    []
  ContactPersons                     []    []    []
  HasValidationErrors                x     x     x
  ValidationErrors                   -     -     []
Invoices.LineItems                  page  single  reply  refused
  ItemCode                           o     o       o      s
  Description                        o     o       o      s
  UnitAmount                         o     o       o      s
  TaxType                            o     o       o      s
  TaxAmount                          x     x       x      s
  LineAmount                         x     x       x      s
  AccountCode                        o     o       o      s
  Item                               o     o       o?     -
  Tracking                           x     x       x      p
  Quantity                           o     o       o      s
  DiscountRate                       o     o       o      s
  DiscountAmount                     o     o       o      s
  LineItemID                         o     o       o      s
  AccountID                          o     o       o      s
  ValidationErrors                   -     []      []     []
Invoices.LineItems.Tracking         page  single  reply  refused
  Name                               x     x       x?     s?
  Option                             x     x       x?     s?
  TrackingCategoryID                 x     x       x?     s?
  TrackingOptionID                   -     x       x?     s?
  Options                            []    -       -      -
Invoices.Payments                   list  page  single  reply
  PaymentID                          x     x     x       x?
  BatchPaymentID                     o     o     o?      o?
  Date                               x     x     x       x?
  Amount                             x     x     x       x?
  Reference                          x     x     x       x?
  CurrencyRate                       x     x     x       x?
  HasAccount                         x     x     x       x?
  HasValidationErrors                x     x     x       x?
Invoices.CreditNotes                list  page  single  reply
  CreditNoteID                       x     x     x       x?
  CreditNoteNumber                   x     x     x       x?
  ID                                 x     x     x       x?
  HasErrors                          x     x     x       x?
  InvoiceAddresses                   []    []    []      []?
  CurrencyRate                       -     -     x       x?
  AppliedAmount                      x     x     x       x?
  DateString                         x     x     x       x?
  Date                               x     x     x       x?
  LineItems                          []    []    []      []?
  Total                              x     x     x       x?
Invoices.Prepayments                list  page  single  reply
  PrepaymentID                       x?    x?    x?      x?
  ID                                 x?    x?    x?      x?
  CurrencyRate                       -     -     x?      x?
  AppliedAmount                      x?    x?    x?      x?
  DateString                         x?    x?    x?      x?
  Date                               x?    x?    x?      x?
  LineItems                          []?   []?   []?     []?
  Total                              x?    x?    x?      x?
Invoices.Overpayments               list  page  single  reply
  OverpaymentID                      x?    x?    x?      x?
  ID                                 x?    x?    x?      x?
  CurrencyRate                       -     -     x?      x?
  AppliedAmount                      x?    x?    x?      x?
  DateString                         x?    x?    x?      x?
  Date                               x?    x?    x?      x?
  LineItems                          []?   []?   []?     []?
  Total                              x?    x?    x?      x?

CreditNotes                         list  page  single  reply  refused
  CreditNoteID                       x     x     x       x      x
  CreditNoteNumber                   x     x     x       x      s
  SentToContact                      o     o     o       o      s?
  Payments                           x     x     x       x      []?
  ID                                 x     x     x       x      x?
  HasErrors                          x     x     x?      x?     x
  InvoiceAddresses                   []    []    -?      -?     []?
  CurrencyRate                       x     x     x       x      s?
  Type                               x     x     x       x      m?
  Reference                          x     x     x       x      s?
  RemainingCredit                    x     x     x       x      -?
  Allocations                        x     x     x       x      []?
  HasAttachments                     x     x     x       -      -?
  Attachments                        -     -     x       -      -?
  UpdatedDateUTCString               x     x     x       x      -?
  Contact                            x     x     x       x      s?
  DateString                         x     x     x       x      m?
  Date                               x     x     x       x      m?
  DueDateString                      o?    o?    o?      o?     m?
  DueDate                            o?    o?    o?      o?     m?
  BrandingThemeID                    o     o     o?      o?     s?
  Status                             x     x     x       x      s?
  LineAmountTypes                    x     x     x       x      m?
  LineItems                          []    x     x       x      m?
  SubTotal                           x     x     x       x      m?
  TotalTax                           x     x     x       x      m?
  Total                              x     x     x       x      m?
  UpdatedDateUTC                     x     x     x       x      -?
  CurrencyCode                       x     x     x       x      m?
  FullyPaidOnDate                    o     o     o?      -?     -?
CreditNotes.Contact                 list  page  single  reply  refused
  ContactID                          x     x     x       x      s?
  ContactNumber                      -     -     o?      o?     s?
  AccountNumber                      -     -     o?      o?     -?
  ContactStatus                      -     -     x       x      -?
  Name                               x     x     x       x      s?
  FirstName                          -     -     o       o      -?
  LastName                           -     -     o       o      -?
  EmailAddress                       -     -     x       x      s?
  BankAccountDetails                 -     -     x       x      -?
  Addresses                          []    []    x       x      []?
  Phones                             []    []    x       x      []?
  UpdatedDateUTC                     -     -     x       x      -?
  ContactGroups                      []    []    []      []     []?
  DefaultCurrency                    -     -     o       o      -?
  ContactPersons                     []    []    []      []     []?
  HasValidationErrors                x     x     x       x      x?
  ValidationErrors                   -     -     -       -      []?
CreditNotes.LineItems = Invoices.LineItems
CreditNotes.LineItems.Tracking = Invoices.LineItems.Tracking
CreditNotes.Payments = Invoices.Payments
CreditNotes.Allocations             list  page  single  reply
  AllocationID                       x     x     x?      x?
  Amount                             x     x     x       x?
  Date                               x     x     x       x?
  Invoice                            x     x     x       x?
CreditNotes.Allocations.Invoice     list  page  single  reply
  InvoiceID                          x     x     x       x?
  InvoiceNumber                      x     x     x       x?
  Payments                           []    []    []      []?
  CreditNotes                        []    []    []      []?
  Prepayments                        []    []    []      []?
  Overpayments                       []    []    []      []?
  IsDiscounted                       x     x     x       x?
  InvoiceAddresses                   []    []    []?     []?
  HasErrors                          x     x     x       x?
  InvoicePaymentServices             []    []    []?     []?
  LineItems                          []    []    []      []?

Prepayments                         list  page  single
  PrepaymentID                       x     x?    x
  ID                                 x     x?    x
  CurrencyRate                       o?    o?    x
  Type                               x     x?    x
  BrandingThemeID                    o?    o?    o
  Reference                          x     x?    x
  InvoiceNumber                      x     x?    x
  RemainingCredit                    x     x?    x
  Allocations                        x     x?    x
  Payments                           x     x?    x
  HasAttachments                     x     x?    x
  Attachments                        -     -?    x
  Contact                            x     x?    x
  DateString                         x     x?    x
  Date                               x     x?    x
  Status                             x     x?    x
  LineAmountTypes                    x     x?    x
  LineItems                          []    x?    x
  SubTotal                           x     x?    x
  TotalTax                           x     x?    x
  Total                              x     x?    x
  UpdatedDateUTC                     x     x?    x
  UpdatedDateUTCString               x     x?    x
  CurrencyCode                       x     x?    x
Prepayments.Contact = CreditNotes.Contact
Prepayments.LineItems = Invoices.LineItems
Prepayments.LineItems.Tracking = Invoices.LineItems.Tracking
Prepayments.Payments = Invoices.Payments
Prepayments.Allocations = CreditNotes.Allocations
Prepayments.Allocations.Invoice = CreditNotes.Allocations.Invoice

Overpayments                        list  page  single
  OverpaymentID                      x     x?    x
  ID                                 x     x?    x
  CurrencyRate                       o?    o?    x
  Type                               x     x?    x
  Reference                          x     x?    x
  RemainingCredit                    x     x?    x
  Allocations                        x     x?    x
  Payments                           x     x?    x
  HasAttachments                     x     x?    x
  Attachments                        -     -?    x
  Contact                            x     x?    x
  DateString                         x     x?    x
  Date                               x     x?    x
  Status                             x     x?    x
  LineAmountTypes                    x     x?    x
  LineItems                          []    x?    x
  SubTotal                           x     x?    x
  TotalTax                           x     x?    x
  Total                              x     x?    x
  UpdatedDateUTC                     x     x?    x
  UpdatedDateUTCString               x     x?    x
  CurrencyCode                       x     x?    x
Overpayments.Contact = CreditNotes.Contact
Overpayments.LineItems = Invoices.LineItems
Overpayments.LineItems.Tracking = Invoices.LineItems.Tracking
Overpayments.Payments = Invoices.Payments
Overpayments.Allocations = CreditNotes.Allocations
Overpayments.Allocations.Invoice = CreditNotes.Allocations.Invoice

Allocations                         reply  refused
  AllocationID                       x?     -?
  Amount                             x      s?
  Date                               x      s?
  Invoice                            x      s?
  CreditNote                         o      -?
  Prepayment                         o      -?
  Overpayment                        o?     -?
  ValidationErrors                   []     -?
Allocations.Invoice                 reply  refused
  InvoiceID                          x      s?
  Payments                           []     []?
  CreditNotes                        []     []?
  Prepayments                        []     []?
  Overpayments                       []     []?
  IsDiscounted                       x      x?
  InvoiceAddresses                   []?    []?
  HasErrors                          x      x?
  InvoicePaymentServices             []?    []?
  LineItems                          []     []?
  ValidationErrors                   []     []?

Payments                            list  page  single  reply  refused
  PaymentID                          x     x     x       x      o
  BatchPaymentID                     o     o     o       -?     -
  BatchPayment                       o     o     o       -?     -
  Date                               x     x     x       x      s
  BankAmount                         x     x     x       x      s
  Amount                             x     x     x       x      s
  Reference                          x     x     o       o      s
  CurrencyRate                       x     x     x       x      s
  PaymentType                        x     x     x       x      s
  Status                             x     x     x       x      s
  UpdatedDateUTC                     x     x     x       x      -
  UpdatedDateUTCString               x     x     x       x      -
  HasAccount                         x     x     x       x      o
  IsReconciled                       x     x     x       x      s
  BankAccountNumber                  o     o     o?      o?     s?
  Particulars                        o     o     o?      o?     s?
  Code                               o     o     o?      o?     s?
  Details                            o     o     o?      o?     s?
  Account                            x     x     x       x      s
  Invoice                            o     o     o       o      s
  CreditNote                         -     -     -       -      s?
  Prepayment                         o?    o?    o?      o?     s?
  Overpayment                        o?    o?    o?      o?     s?
  HasValidationErrors                x     x     x       x      x
Payments.Account                    list  page  single  reply  refused
  AccountID                          x     x     x       x      x
  Code                               o     o     o       o      s
  Name                               -     -     x       x      -
  ValidationErrors                   -     -     -       -      []
Payments.BatchPayment               list  page  single
  Account                            x     x     x
  BatchPaymentID                     x     x     x
  Date                               x     x     x
  Type                               x     x     x
  Status                             x     x     x
  TotalAmount                        x     x     x
  UpdatedDateUTC                     x     x     x
  IsReconciled                       x     x     x
Payments.Invoice                    list  page  single  reply  refused
  Type                               x     x     x       x      -
  InvoiceID                          x     x     x       x      s
  InvoiceNumber                      x     x     x       x      s
  Reference                          -     -     x       x      -
  Payments                           []    []    o       -      []
  CreditNotes                        []    []    -       -      []
  Prepayments                        []    []    x       x      []
  Overpayments                       []    []    x       x      []
  AmountDue                          -     -     x       x      -
  AmountPaid                         -     -     x       x      -
  AmountCredited                     -     -     o?      o?     -
  SentToContact                      -     -     o       o      -
  CurrencyRate                       -     -     x       x      -
  IsDiscounted                       x     x     x       x      x
  InvoiceAddresses                   []    []    -       -      []
  HasErrors                          x     x     x       x      x
  InvoicePaymentServices             []    []    []?     []?    []
  Contact                            x     x     x       x      -
  DateString                         -     -     x       x      -
  Date                               -     -     x       x      -
  DueDateString                      -     -     o       o      -
  DueDate                            -     -     o       o      -
  Status                             -     -     x       x      -
  LineAmountTypes                    -     -     x       x      -
  LineItems                          []    []    x       x      []
  SubTotal                           -     -     x       x      -
  TotalTax                           -     -     x       x      -
  Total                              -     -     x       x      -
  FullyPaidOnDate                    -     -     o       o      -
  UpdatedDateUTC                     -     -     x       x      -
  UpdatedDateUTCString               -     -     x       x      -
  CurrencyCode                       x     x     x       x      -
  ValidationErrors                   -     -     -       -      []
Payments.Invoice.Contact            list  page  single  reply
  ContactID                          x     x     x       x
  ContactNumber                      o     o     -       -
  Name                               x     x     x       x
  Addresses                          []    []    -       -
  Phones                             []    []    -       -
  ContactGroups                      []    []    -       -
  ContactPersons                     []    []    []      []
  HasValidationErrors                x     x     x       x
Payments.Prepayment                 list  page  single  reply
  PrepaymentID                       x?    x?    x?      x?
  ID                                 x?    x?    x?      x?
  Type                               x?    x?    x?      x?
  RemainingCredit                    -?    -?    x?      x?
  Contact                            x?    x?    x?      x?
  Status                             -?    -?    x?      x?
  SubTotal                           -?    -?    x?      x?
  TotalTax                           -?    -?    x?      x?
  Total                              -?    -?    x?      x?
  UpdatedDateUTC                     -?    -?    x?      x?
  UpdatedDateUTCString               -?    -?    x?      x?
  CurrencyCode                       x?    x?    x?      x?
Payments.Overpayment                list  page  single  reply
  OverpaymentID                      x?    x?    x?      x?
  ID                                 x?    x?    x?      x?
  Type                               x?    x?    x?      x?
  RemainingCredit                    -?    -?    x?      x?
  Contact                            x?    x?    x?      x?
  Status                             -?    -?    x?      x?
  SubTotal                           -?    -?    x?      x?
  TotalTax                           -?    -?    x?      x?
  Total                              -?    -?    x?      x?
  UpdatedDateUTC                     -?    -?    x?      x?
  UpdatedDateUTCString               -?    -?    x?      x?
  CurrencyCode                       x?    x?    x?      x?
Payments.CreditNote                 refused
  CreditNoteID                       s?
  CreditNoteNumber                   s?
  ID                                 s?
  LineItems                          []?
  ValidationErrors                   []?

BatchPayments                       list  single  reply  refused
  Account                            x     x       x      s?
  Reference                          o     o       o      s?
  Particulars                        o     o       o      s?
  Code                               o     o       o      s?
  Details                            o     o       o      s?
  Narrative                          o     o       o      s?
  BatchPaymentID                     x     x       x      x?
  DateString                         x     x       x      s?
  Date                               x     x       x      s?
  Payments                           x     x       x      s?
  Type                               x     x       x      -?
  Status                             x     x       x      s?
  TotalAmount                        x     x       x      -?
  UpdatedDateUTC                     x     x       x      -?
  IsReconciled                       x     x       x      -?
BatchPayments.Payments              list  single  reply  refused
  Invoice                            x     x       x      s?
  PaymentID                          x     x       x      s?
  Amount                             x     x       x      s?
  BankAmount                         x     x       x      s?
  Reference                          o     o       o      s?
  BankAccountNumber                  o     o       o      s?
  Particulars                        o     o       o      s?
  Code                               o     o       o      s?
  Details                            o     o       o      s?
BatchPayments.Payments.Invoice      list  single  reply  refused
  InvoiceID                          x     x       x      s?
  CurrencyCode                       x     x       x      s?
  Payments                           []    []      []     []?
  CreditNotes                        []    []      []     []?
  Prepayments                        []    []      []     []?
  Overpayments                       []    []      []     []?
  IsDiscounted                       x     x       x      x?
  InvoiceAddresses                   []    []?     []?    []?
  HasErrors                          x     x       x      x?
  InvoicePaymentServices             []    []?     []?    []?
  LineItems                          []    []      []     []?

BankTransactions                    list  page  single  reply  refused
  BankTransactionID                  x     x     x       x      x?
  BankAccount                        x     x     x       x      s?
  Type                               x     x     x       x      m?
  Reference                          x     x     x       x      s?
  IsReconciled                       x     x     x       x      s?
  PrepaymentID                       o     o     o       o?     -?
  OverpaymentID                      o     o     o       o?     -?
  CurrencyRate                       o?    o?    x       x      s?
  HasAttachments                     x     x     x       -      -?
  Attachments                        -     -     x       -      -?
  Contact                            o     o     o       o      s?
  DateString                         x     x     x       x      m?
  Date                               x     x     x       x      m?
  Url                                o     o     o       o      s?
  Status                             x     x     x       x      s?
  LineAmountTypes                    x     x     x       x      m?
  LineItems                          []    x     x       x      m?
  SubTotal                           x     x     x       x      m?
  TotalTax                           x     x     x       x      m?
  Total                              x     x     x       x      m?
  UpdatedDateUTC                     x     x     x       x      -?
  CurrencyCode                       x     x     x       x      m?
BankTransactions.Contact = CreditNotes.Contact
BankTransactions.LineItems          page  single  reply  refused
  ItemCode                           o     o       o      s?
  Description                        o     o       o      s?
  UnitAmount                         o     o       o      s?
  TaxType                            o     o       o      s?
  TaxAmount                          x     x       x      s?
  LineAmount                         x     x       x      s?
  AccountCode                        o     o       o      s?
  Tracking                           x     x       x      p?
  Quantity                           o     o       o      s?
  LineItemID                         o     o       o      s?
  AccountID                          o     o       o      s?
  ValidationErrors                   -     []      []     []
BankTransactions.LineItems.Tracking = Invoices.LineItems.Tracking

BankTransfers                       list  single  reply  refused
  BankTransferID                     x     x       x      x?
  CreatedDateUTCString               x     x       -      -?
  CreatedDateUTC                     x     x       -      -?
  DateString                         x     x       x      s?
  Date                               x     x       x      s?
  Status                             x     x       x      s?
  FromBankAccount                    x     x       x      s?
  ToBankAccount                      x     x       x      s?
  Amount                             x     x       x      s?
  FromBankTransactionID              x     x       x      -?
  ToBankTransactionID                x     x       x      -?
  FromIsReconciled                   x     x       x      s?
  ToIsReconciled                     x     x       x      s?
  Reference                          o     o       o      s?
  CurrencyRate                       -     x       x      -?
  HasAttachments                     x     x       -      -?
  FromTracking                       x     x       x      s?
  ToTracking                         x     x       x      s?
  Attachments                        -     x       -      -?
  ValidationErrors                   -     -       []     -
BankTransfers.FromBankAccount       list  single  reply
  AccountID                          x     x       x
  Code                               -     o       o
  Name                               x     x       x
BankTransfers.ToBankAccount = BankTransfers.FromBankAccount

Items                               list  single  reply  refused
  ItemID                             x     x       x      x
  Code                               x     x       x      s
  Description                        o     o       o      s
  PurchaseDescription                o     o       o      s
  UpdatedDateUTC                     x     x       x      -?
  PurchaseDetails                    x     x       x      s?
  SalesDetails                       x     x       x      s?
  Name                               o     o       o      s
  IsTrackedAsInventory               x     x       x      -?
  InventoryAssetAccountCode          o     o       o      s?
  TotalCostPool                      o     o       o?     -?
  QuantityOnHand                     o     o       o?     -?
  IsSold                             x     x       x      s
  IsPurchased                        x     x       x      s
  ValidationErrors                   -     []      []     -

Accounts                            list  single  reply  refused
  AccountID                          x     x       x      x
  Code                               o     o       o      s
  Name                               x     x       x      s
  Status                             x     x       x      s
  Type                               x     x       x      s
  TaxType                            x     x       x      s
  Description                        o     o       o      s
  Class                              x     x       x      -
  SystemAccount                      o     o       o?     -
  EnablePaymentsToAccount            x     x       x      s
  ShowInExpenseClaims                x     x       x      s
  BankAccountNumber                  o     o       o      s
  BankAccountType                    x     x?      o      s
  CurrencyCode                       o     o       o      s
  ReportingCode                      x     x       x      -
  ReportingCodeName                  x     x       x      -
  HasAttachments                     x     x?      -      -
  UpdatedDateUTC                     x     x       x      -
  AddToWatchlist                     x     x?      -      s?

TaxRates                            list  single  reply  refused
  Name                               x     x       x      s?
  TaxType                            x     x       x      s?
  ReportTaxType                      x     x       x      s?
  CanApplyToAssets                   x     x       x      -?
  CanApplyToEquity                   x     x       x      -?
  CanApplyToExpenses                 x     x       x      -?
  CanApplyToLiabilities              x     x       x      -?
  CanApplyToRevenue                  x     x       x      -?
  DisplayTaxRate                     x     x       x      -?
  EffectiveRate                      x     x       x      -?
  Status                             x     x       x      s?
  TaxComponents                      x     x       x      s?
TaxRates.TaxComponents              list  single  reply
  Name                               x     x       x
  Rate                               x     x       x
  IsCompound                         x     x       x
  IsNonRecoverable                   x     x       x

TrackingCategories                  list  single  reply  refused
  Name                               x     x       x      s?
  Status                             x     x       x      s?
  TrackingCategoryID                 x     x       x      x?
  Options                            x     x       x      []?
Options                             list  single  reply  refused
  TrackingOptionID                   x     x       x      x?
  Name                               x     x       x      s?
  Status                             x     x       x      s?
  HasValidationErrors                x     x       x      x?
  IsDeleted                          x     x       x      -?
  IsArchived                         x     x       x      -?
  IsActive                           x     x       x      -?

HistoryRecords                      list  reply  refused
  Changes                            x     -      -?
  DateUTCString                      x     x      -?
  DateUTC                            x     x      -?
  User                               x     -      -?
  Details                            x     x      s?
  ValidationErrors                   -     []     -

Attachments                         list  reply
  AttachmentID                       x     x
  FileName                           x     x
  Url                                x     x
  MimeType                           x     x
  ContentLength                      x     x

Organisations                       list
  Name                               x
  LegalName                          x
  PaysTax                            x
  Version                            x
  OrganisationType                   x
  BaseCurrency                       x
  CountryCode                        x
  IsDemoCompany                      x
  OrganisationStatus                 x
  TaxNumber                          o
  EmployerIdentificationNumber       o
  FinancialYearEndDay                x
  FinancialYearEndMonth              x
  SalesTaxBasis                      o
  SalesTaxPeriod                     o
  DefaultSalesTax                    x
  DefaultPurchasesTax                x
  PeriodLockDate                     o
  EndOfYearLockDate                  o
  CreatedDateUTC                     x
  OrganisationEntityType             x
  Timezone                           x
  ShortCode                          x
  OrganisationID                     x
  Edition                            x
  Class                              x
  Addresses                          x
  Phones                             x
  ExternalLinks                      []
  PaymentTerms                       x

Currencies                          list  reply
  Code                               x     x
  Description                        x     x
"""
