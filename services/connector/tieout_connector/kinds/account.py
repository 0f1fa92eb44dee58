"""Accounts of the chart. Source: docs/xero.md 4.8."""

from tieout_connector.kinds.record import Listing, Record, Worth
from tieout_connector.xero.accounts import ACCOUNTS
from tieout_schemas.xero import XeroAccount

ACCOUNT = Record(
    resource=ACCOUNTS,
    listings=(Listing(worth=Worth.CODING),),
    snapshot=XeroAccount,
    link=lambda _: "https://go.xero.com/GeneralLedger/ChartOfAccounts.aspx",
)
