"""What differs from country to country: currency, time zone, tax rates, tax returns. Source: docs/xero.md 4.9, 4.11."""

from typing import NamedTuple


class Country(NamedTuple):
    """`expense_tax`, `sales_tax` and `no_tax` are the usual TaxTypes; `rates` are (TaxType, name, per cent, report).

    `basis` and `period` of the tax return are None where Xero files none; `year_end` is (day, month).
    """

    code: str
    version: str
    currency: str
    timezone: str
    zone: str
    city: str
    expense_tax: str
    sales_tax: str
    no_tax: str
    tax_account: str
    basis: str | None
    period: str | None
    year_end: tuple[int, int]
    rates: tuple[tuple[str, str, str, str], ...]


COUNTRIES = {
    "NZ": Country(
        "NZ", "NZ", "NZD", "NEWZEALANDSTANDARDTIME", "Pacific/Auckland", "Wellington",
        "INPUT2", "OUTPUT2", "NONE", "GST", "PAYMENTS", "TWOMONTHS", (31, 3), (
            ("INPUT2", "15% GST on Expenses", "15", "INPUT"), ("OUTPUT2", "15% GST on Income", "15", "OUTPUT"),
            ("ZERORATED", "Zero Rated", "0", "NONE"), ("GSTONIMPORTS", "GST on Imports", "0", "GSTONIMPORTS"),
            ("NONE", "No GST", "0", "NONE"),
        ),
    ),
    "AU": Country(
        "AU", "AU", "AUD", "AUSEASTERNSTANDARDTIME", "Australia/Sydney", "Sydney",
        "INPUT", "OUTPUT", "BASEXCLUDED", "GST", "CASH", "QUARTERLY1", (30, 6), (
            ("INPUT", "GST on Expenses", "10", "INPUT"), ("OUTPUT", "GST on Income", "10", "OUTPUT"),
            ("CAPEXINPUT", "GST on Capital", "10", "CAPITALEXPENSESINPUT"),
            ("EXEMPTEXPENSES", "GST Free Expenses", "0", "EXEMPTEXPENSES"),
            ("EXEMPTCAPITAL", "GST Free Capital", "0", "EXEMPTCAPITAL"),
            ("EXEMPTOUTPUT", "GST Free Income", "0", "EXEMPTOUTPUT"),
            ("EXEMPTEXPORT", "GST Free Exports", "0", "EXEMPTEXPORT"),
            ("INPUTTAXED", "Input Taxed", "0", "INPUTTAXED"),
            ("GSTONIMPORTS", "GST on Imports", "0", "GSTONIMPORTS"),
            ("BASEXCLUDED", "BAS Excluded", "0", "BASEXCLUDED"),
        ),
    ),
    "UK": Country(
        "GB", "UK", "GBP", "GMTSTANDARDTIME", "Europe/London", "London",
        "INPUT2", "OUTPUT2", "NONE", "VAT", "ACCRUAL", "QUARTERLY", (31, 3), (
            ("INPUT2", "20% (VAT on Expenses)", "20", "INPUT"), ("OUTPUT2", "20% (VAT on Income)", "20", "OUTPUT"),
            ("CAPEXINPUT2", "20% (VAT on Capital Purchases)", "20", "CAPEXINPUT"),
            ("RRINPUT", "5% (VAT on Expenses)", "5", "INPUT"), ("RROUTPUT", "5% (VAT on Income)", "5", "OUTPUT"),
            ("ZERORATEDINPUT", "Zero Rated Expenses", "0", "ZERORATEDINPUT"),
            ("ZERORATEDOUTPUT", "Zero Rated Income", "0", "ZERORATEDOUTPUT"),
            ("EXEMPTINPUT", "Exempt Expenses", "0", "EXEMPTINPUT"),
            ("EXEMPTOUTPUT", "Exempt Income", "0", "EXEMPTOUTPUT"), ("NONE", "No VAT", "0", "NONE"),
        ),
    ),
    "US": Country(
        "US", "US", "USD", "EASTERNSTANDARDTIME", "America/New_York", "New York",
        "NONE", "TAX001", "NONE", "Sales Tax", None, None, (31, 12), (
            ("INPUT", "Tax on Purchases", "0", "INPUT"), ("OUTPUT", "Tax on Sales", "0", "OUTPUT"),
            ("GSTONIMPORTS", "Sales Tax on Imports", "0", "GSTONIMPORTS"),
            # The system's rates are 0 there: tax is charged by rates that users define.
            ("TAX001", "New York 8.875%", "8.875", "USSALESTAX"), ("NONE", "Tax Exempt", "0", "NONE"),
        ),
    ),
    "ZA": Country(
        "ZA", "GLOBAL", "ZAR", "SOUTHAFRICASTANDARDTIME", "Africa/Johannesburg", "Johannesburg",
        "INPUT3", "OUTPUT3", "NONE", "VAT", "ACCRUALS", "2MONTHLY", (28, 2), (
            ("INPUT3", "Standard Rate Purchases", "15", "INPUT"),
            ("OUTPUT3", "Standard Rate Sales", "15", "OUTPUT"),
            ("ZERORATEDINPUT", "Zero Rated Purchases", "0", "ZERORATEDINPUT"),
            ("ZERORATEDOUTPUT", "Zero Rated Sales", "0", "ZERORATEDOUTPUT"),
            ("EXEMPTINPUT", "Exempt Purchases", "0", "EXEMPTINPUT"), ("NONE", "No VAT", "0", "NONE"),
        ),
    ),
}  # fmt: skip

CURRENCY_NAMES = {
    "NZD": "New Zealand Dollar", "AUD": "Australian Dollar", "GBP": "British Pound", "USD": "United States Dollar",
    "ZAR": "South African Rand", "EUR": "Euro", "CAD": "Canadian Dollar", "JPY": "Japanese Yen",
    "SGD": "Singapore Dollar", "CHF": "Swiss Franc", "CNY": "Chinese Yuan Renminbi",
}  # fmt: skip
