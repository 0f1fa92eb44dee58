"""Charts of accounts: the accounts that all countries share, and those of each country. Source: docs/xero.md 4.8."""

from typing import NamedTuple


class ChartLine(NamedTuple):
    """`tax` is E for the expense rate, S for the sales rate, N for none."""

    code: str
    name: str
    type: str
    tax: str
    system: str | None = None
    payments: bool = False


SHARED = (
    ChartLine("090", "Business Bank Account", "BANK", "N"),
    ChartLine("091", "Business Savings Account", "BANK", "N"),
    ChartLine("200", "Sales", "REVENUE", "S"),
    ChartLine("260", "Other Revenue", "REVENUE", "S"),
    ChartLine("270", "Interest Income", "REVENUE", "N"),
    ChartLine("300", "Purchases", "DIRECTCOSTS", "E"),
    ChartLine("310", "Cost of Goods Sold", "DIRECTCOSTS", "E"),
    ChartLine("400", "Advertising", "EXPENSE", "E"),
    ChartLine("404", "Bank Fees", "EXPENSE", "N"),
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
    ChartLine("610", "Accounts Receivable", "CURRENT", "N", "DEBTORS"),
    ChartLine("620", "Prepayments", "CURRENT", "N"),
    ChartLine("630", "Inventory", "INVENTORY", "N"),
    ChartLine("710", "Office Equipment", "FIXED", "E"),
    ChartLine("800", "Accounts Payable", "CURRLIAB", "N", "CREDITORS"),
    ChartLine("801", "Unpaid Expense Claims", "CURRLIAB", "N", "UNPAIDEXPCLM"),
    ChartLine("840", "Historical Adjustment", "CURRLIAB", "N", "HISTORICAL"),
    ChartLine("850", "Suspense", "CURRLIAB", "N", None, True),
    ChartLine("860", "Rounding", "CURRLIAB", "N", "ROUNDING"),
    ChartLine("877", "Tracking Transfers", "CURRLIAB", "N", "TRACKINGTRANSFERS"),
    ChartLine("880", "Owner A Drawings", "EQUITY", "N", None, True),
    ChartLine("960", "Retained Earnings", "EQUITY", "N", "RETAINEDEARNINGS"),
)

_PAYROLL = {
    "NZ": (("477", "Salaries"), ("478", "KiwiSaver Employer Contributions"), ("825", "PAYE Payable"),
           ("826", "KiwiSaver Payable")),
    "AU": (("477", "Wages and Salaries"), ("478", "Superannuation"), ("825", "PAYG Withholdings Payable"),
           ("826", "Superannuation Payable")),
    "UK": (("477", "Salaries"), ("482", "Pensions Costs"), ("825", "PAYE Payable"), ("826", "NIC Payable")),
    "US": (("477", "Wages and Salaries"), ("478", "Payroll Tax Expense"), ("825", "Employee Tax Payable")),
    "ZA": (("477", "Salaries"), ("478", "Provident Fund Contributions"), ("825", "PAYE Payable"),
           ("826", "UIF Payable")),
}  # fmt: skip


def chart_of(country: str, tax_account: str) -> tuple[ChartLine, ...]:
    """The whole chart of an organisation of this country, in the order of its codes."""
    payroll = (
        ChartLine(code, name, "EXPENSE" if code < "500" else "CURRLIAB", "N") for code, name in _PAYROLL[country]
    )
    tax = ChartLine("820", tax_account, "CURRLIAB", "N", "GST")
    return tuple(sorted((*SHARED, *payroll, tax), key=lambda line: line.code))


TRACKING = (
    ("Location", ("Head Office", "North", "South", "Warehouse")),
    ("Department", ("Sales", "Operations", "Marketing", "Administration")),
)
