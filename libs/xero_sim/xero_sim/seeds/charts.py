"""Charts of accounts and tax rates per country. Source: xero-api.md 4.8, 4.9."""

from typing import NamedTuple


class Country(NamedTuple):
    """`expense_tax` and `sales_tax` are the usual TaxTypes; `rates` are (TaxType, name, per cent, report type)."""

    currency: str
    timezone: str
    zone: str
    expense_tax: str
    sales_tax: str
    rates: tuple[tuple[str, str, str, str], ...]


_NONE = ("NONE", "No Tax", "0", "NONE")

COUNTRIES = {
    "NZ": Country("NZD", "NEWZEALANDSTANDARDTIME", "Pacific/Auckland", "INPUT2", "OUTPUT2", (
        ("INPUT2", "15% GST on Expenses", "15", "INPUT"), ("OUTPUT2", "15% GST on Income", "15", "OUTPUT"),
        ("ZERORATED", "Zero Rated", "0", "ZERORATED"), ("GSTONIMPORTS", "GST on Imports", "0", "GSTONIMPORTS"), _NONE,
    )),
    "AU": Country("AUD", "AUSEASTERNSTANDARDTIME", "Australia/Sydney", "INPUT", "OUTPUT", (
        ("INPUT", "GST on Expenses", "10", "INPUT"), ("OUTPUT", "GST on Income", "10", "OUTPUT"),
        ("EXEMPTEXPENSES", "GST Free Expenses", "0", "EXEMPTEXPENSES"),
        ("EXEMPTOUTPUT", "GST Free Income", "0", "EXEMPTOUTPUT"), ("BASEXCLUDED", "BAS Excluded", "0", "BASEXCLUDED"),
        _NONE,
    )),
    "UK": Country("GBP", "GMTSTANDARDTIME", "Europe/London", "INPUT2", "OUTPUT2", (
        ("INPUT2", "20% (VAT on Expenses)", "20", "INPUT"), ("OUTPUT2", "20% (VAT on Income)", "20", "OUTPUT"),
        ("RRINPUT", "5% (VAT on Expenses)", "5", "RRINPUT"), ("RROUTPUT", "5% (VAT on Income)", "5", "RROUTPUT"),
        ("ZERORATEDINPUT", "Zero Rated Expenses", "0", "ZERORATEDINPUT"),
        ("EXEMPTEXPENSES", "Exempt Expenses", "0", "EXEMPTEXPENSES"), _NONE,
    )),
    "US": Country("USD", "EASTERNSTANDARDTIME", "America/New_York", "NONE", "NONE", (
        ("INPUT", "Tax on Purchases", "0", "INPUT"), ("OUTPUT", "Tax on Sales", "0", "OUTPUT"),
        ("TAX001", "New York 8.875%", "8.875", "USSALESTAX"), ("NONE", "Tax Exempt", "0", "NONE"),
    )),
    "ZA": Country("ZAR", "SOUTHAFRICASTANDARDTIME", "Africa/Johannesburg", "INPUT3", "OUTPUT3", (
        ("INPUT3", "Standard Rate Purchases", "15", "INPUT"), ("OUTPUT3", "Standard Rate Sales", "15", "OUTPUT"),
        ("ZERORATEDINPUT", "Zero Rated Purchases", "0", "ZERORATEDINPUT"), _NONE,
    )),
}  # fmt: skip

CURRENCY_NAMES = {
    "NZD": "New Zealand Dollar", "AUD": "Australian Dollar", "GBP": "British Pound", "USD": "United States Dollar",
    "ZAR": "South African Rand", "EUR": "Euro",
}  # fmt: skip


class ChartLine(NamedTuple):
    """`tax` is E for the expense rate, S for the sales rate, else a TaxType."""

    code: str
    name: str
    type: str
    tax: str
    system: str | None = None
    payments: bool = False


CHART = (
    ChartLine("090", "Business Bank Account", "BANK", "NONE"),
    ChartLine("091", "Business Savings Account", "BANK", "NONE"),
    ChartLine("200", "Sales", "REVENUE", "S"),
    ChartLine("260", "Other Revenue", "REVENUE", "S"),
    ChartLine("270", "Interest Income", "REVENUE", "NONE"),
    ChartLine("300", "Purchases", "DIRECTCOSTS", "E"),
    ChartLine("310", "Cost of Goods Sold", "DIRECTCOSTS", "E"),
    ChartLine("400", "Advertising", "EXPENSE", "E"),
    ChartLine("404", "Bank Fees", "EXPENSE", "NONE"),
    ChartLine("408", "Cleaning", "EXPENSE", "E"),
    ChartLine("412", "Consulting & Accounting", "EXPENSE", "E"),
    ChartLine("420", "Entertainment", "EXPENSE", "E"),
    ChartLine("425", "Freight & Courier", "EXPENSE", "E"),
    ChartLine("429", "General Expenses", "EXPENSE", "E"),
    ChartLine("433", "Insurance", "EXPENSE", "E"),
    ChartLine("441", "Legal Expenses", "EXPENSE", "E"),
    ChartLine("445", "Light, Power, Heating", "EXPENSE", "E"),
    ChartLine("453", "Office Expenses", "EXPENSE", "E"),
    ChartLine("461", "Printing & Stationery", "EXPENSE", "E"),
    ChartLine("469", "Rent", "EXPENSE", "E"),
    ChartLine("473", "Repairs and Maintenance", "EXPENSE", "E"),
    ChartLine("485", "Subscriptions", "EXPENSE", "E"),
    ChartLine("489", "Telephone & Internet", "EXPENSE", "E"),
    ChartLine("493", "Travel", "EXPENSE", "E"),
    ChartLine("610", "Accounts Receivable", "CURRENT", "NONE", "DEBTORS"),
    ChartLine("620", "Prepayments", "CURRENT", "NONE"),
    ChartLine("630", "Inventory", "INVENTORY", "NONE"),
    ChartLine("710", "Office Equipment", "FIXED", "E"),
    ChartLine("800", "Accounts Payable", "CURRLIAB", "NONE", "CREDITORS"),
    ChartLine("801", "Unpaid Expense Claims", "CURRLIAB", "NONE", "UNPAIDEXPCLM"),
    ChartLine("820", "Sales Tax", "CURRLIAB", "NONE", "GST"),
    ChartLine("840", "Historical Adjustment", "CURRLIAB", "NONE", "HISTORICAL"),
    ChartLine("850", "Suspense", "CURRLIAB", "NONE", None, True),
    ChartLine("860", "Rounding", "CURRLIAB", "NONE", "ROUNDING"),
    ChartLine("877", "Tracking Transfers", "CURRLIAB", "NONE", "TRACKINGTRANSFERS"),
    ChartLine("880", "Owner A Drawings", "EQUITY", "NONE", None, True),
    ChartLine("960", "Retained Earnings", "EQUITY", "NONE", "RETAINEDEARNINGS"),
)

TRACKING = (
    ("Location", ("Head Office", "North", "South", "Warehouse")),
    ("Department", ("Sales", "Operations", "Marketing", "Administration")),
)
