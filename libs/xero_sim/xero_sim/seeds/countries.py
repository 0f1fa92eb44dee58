"""What differs from country to country: currency, time zone, tax rates, tax returns. Source: docs/xero.md 4.9, 4.11."""

from typing import NamedTuple


class Country(NamedTuple):
    """`expense_tax`, `sales_tax` and `no_tax` are the usual TaxTypes.

    `rates` are (TaxType, name, per cent, ReportTaxType, classes of accounts). The classes are letters: assets A,
    equity Q, expenses E, liabilities L, revenue R. Xero lists `deleted_rates` with the others.
    `component` is the name of the one component of each rate.
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
    component: str
    tax_number: str
    rates: tuple[tuple[str, str, str, str, str], ...]
    deleted_rates: tuple[tuple[str, str, str, str, str], ...] = ()


COUNTRIES = {
    "NZ": Country(
        "NZ", "NZ", "NZD", "NEWZEALANDSTANDARDTIME", "Pacific/Auckland", "Wellington",
        "INPUT2", "OUTPUT2", "NONE", "GST", "PAYMENTS", "TWOMONTHS", (31, 3), "GST", "101-010-101", (
            ("INPUT2", "15% GST on Expenses", "15", "INPUT", "AQEL"),
            ("OUTPUT2", "15% GST on Income", "15", "OUTPUT", "AQLR"),
            ("GSTONIMPORTS", "GST on Imports", "0", "GSTONIMPORTS", "L"),
            ("NONE", "No GST", "0", "NONE", "AQELR"), ("ZERORATED", "Zero Rated", "0", "OUTPUT", "LR"),
        ), (
            ("INPUT", "12.5% GST on Expenses", "12.5", "INPUT", "AQEL"),
            ("OUTPUT", "12.5% GST on Income", "12.5", "OUTPUT", "AQLR"),
        ),
    ),
    "AU": Country(
        "AU", "AU", "AUD", "AUSEASTERNSTANDARDTIME", "Australia/Sydney", "Sydney",
        "INPUT", "OUTPUT", "BASEXCLUDED", "GST", "CASH", "QUARTERLY1", (30, 6), "GST", "53004085616", (
            ("INPUT", "GST on Expenses", "10", "INPUT", "AQEL"), ("OUTPUT", "GST on Income", "10", "OUTPUT", "AQLR"),
            ("CAPEXINPUT", "GST on Capital", "10", "CAPITALEXPENSESINPUT", "AQEL"),
            ("EXEMPTEXPENSES", "GST Free Expenses", "0", "EXEMPTEXPENSES", "AQEL"),
            ("EXEMPTCAPITAL", "GST Free Capital", "0", "EXEMPTCAPITAL", "AQEL"),
            ("EXEMPTOUTPUT", "GST Free Income", "0", "EXEMPTOUTPUT", "AQLR"),
            ("EXEMPTEXPORT", "GST Free Exports", "0", "EXEMPTEXPORT", "AQLR"),
            ("INPUTTAXED", "Input Taxed", "0", "INPUTTAXED", "AQELR"),
            ("GSTONIMPORTS", "GST on Imports", "0", "GSTONIMPORTS", "L"),
            ("BASEXCLUDED", "BAS Excluded", "0", "BASEXCLUDED", "AQELR"),
        ),
    ),
    "UK": Country(
        "GB", "UK", "GBP", "GMTSTANDARDTIME", "Europe/London", "London",
        "INPUT2", "OUTPUT2", "NONE", "VAT", "ACCRUAL", "QUARTERLY", (31, 3), "VAT", "GB101010101", (
            ("INPUT2", "20% (VAT on Expenses)", "20", "INPUT", "AQEL"),
            ("OUTPUT2", "20% (VAT on Income)", "20", "OUTPUT", "AQLR"),
            ("CAPEXINPUT2", "20% (VAT on Capital Purchases)", "20", "CAPEXINPUT", "AQEL"),
            ("RRINPUT", "5% (VAT on Expenses)", "5", "INPUT", "AQEL"),
            ("RROUTPUT", "5% (VAT on Income)", "5", "OUTPUT", "AQLR"),
            ("ZERORATEDINPUT", "Zero Rated Expenses", "0", "ZERORATEDINPUT", "AQEL"),
            ("ZERORATEDOUTPUT", "Zero Rated Income", "0", "ZERORATEDOUTPUT", "AQLR"),
            ("EXEMPTINPUT", "Exempt Expenses", "0", "EXEMPTINPUT", "AQEL"),
            ("EXEMPTOUTPUT", "Exempt Income", "0", "EXEMPTOUTPUT", "AQLR"), ("NONE", "No VAT", "0", "NONE", "AQELR"),
        ),
    ),
    "US": Country(
        "US", "US", "USD", "EASTERNSTANDARDTIME", "America/New_York", "New York",
        "NONE", "TAX001", "NONE", "Sales Tax", None, None, (31, 12), "TAX", "10-1010101", (
            ("INPUT", "Tax on Purchases", "0", "INPUT", "AQEL"), ("OUTPUT", "Tax on Sales", "0", "OUTPUT", "AQLR"),
            ("GSTONIMPORTS", "Sales Tax on Imports", "0", "GSTONIMPORTS", "L"),
            # The system's rates are 0 there: tax is charged by rates that users define.
            ("TAX001", "New York 8.875%", "8.875", "USSALESTAX", "AQELR"), ("NONE", "Tax Exempt", "0", "NONE", "AQELR"),
        ),
    ),
    "ZA": Country(
        "ZA", "GLOBAL", "ZAR", "SOUTHAFRICASTANDARDTIME", "Africa/Johannesburg", "Johannesburg",
        "INPUT3", "OUTPUT3", "NONE", "VAT", "ACCRUALS", "2MONTHLY", (28, 2), "VAT", "4101010101", (
            ("INPUT3", "Standard Rate Purchases", "15", "INPUT", "AQEL"),
            ("OUTPUT3", "Standard Rate Sales", "15", "OUTPUT", "AQLR"),
            ("ZERORATEDINPUT", "Zero Rated Purchases", "0", "ZERORATEDINPUT", "AQEL"),
            ("ZERORATEDOUTPUT", "Zero Rated Sales", "0", "ZERORATEDOUTPUT", "AQLR"),
            ("EXEMPTINPUT", "Exempt Purchases", "0", "EXEMPTINPUT", "AQEL"), ("NONE", "No VAT", "0", "NONE", "AQELR"),
        ),
    ),
}  # fmt: skip

CURRENCY_NAMES = {
    "NZD": "New Zealand Dollar", "AUD": "Australian Dollar", "GBP": "British Pound", "USD": "United States Dollar",
    "ZAR": "South African Rand", "EUR": "Euro", "CAD": "Canadian Dollar", "JPY": "Japanese Yen",
    "SGD": "Singapore Dollar", "CHF": "Swiss Franc", "CNY": "Chinese Yuan Renminbi",
}  # fmt: skip
