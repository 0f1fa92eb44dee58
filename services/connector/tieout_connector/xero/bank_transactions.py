"""Bank transactions: money spent and received, prepayments and overpayments. Source: docs/xero.md 4.7."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AliasPath, Field

from tieout_connector.xero.documents import DocumentForm, XeroDocument
from tieout_connector.xero.forms import Form
from tieout_connector.xero.models import OPEN
from tieout_connector.xero.resource import Resource, WriteMode


class BankTransactionType(StrEnum):
    """Transfers are only read here. bank_transfers.py creates them."""

    RECEIVE = "RECEIVE"
    RECEIVE_OVERPAYMENT = "RECEIVE-OVERPAYMENT"
    RECEIVE_PREPAYMENT = "RECEIVE-PREPAYMENT"
    RECEIVE_TRANSFER = "RECEIVE-TRANSFER"
    SPEND = "SPEND"
    SPEND_OVERPAYMENT = "SPEND-OVERPAYMENT"
    SPEND_PREPAYMENT = "SPEND-PREPAYMENT"
    SPEND_TRANSFER = "SPEND-TRANSFER"


class BankTransaction(XeroDocument):
    """A bank transaction; status AUTHORISED, DELETED or VOIDED."""

    xero_id: Annotated[UUID, Field(alias="BankTransactionID")]
    type: Annotated[BankTransactionType | str, OPEN]
    account_xero_id: Annotated[UUID, Field(validation_alias=AliasPath("BankAccount", "AccountID"))]
    is_reconciled: bool = False
    prepayment_xero_id: Annotated[UUID | None, Field(alias="PrepaymentID")] = None
    overpayment_xero_id: Annotated[UUID | None, Field(alias="OverpaymentID")] = None
    url: str = ""


class AccountRef(Form):
    """A reference to an account by its id or code."""

    account_id: UUID | None = None
    code: str | None = None


class BankTransactionForm(DocumentForm):
    """A bank transaction to create, or with its id to change. Its type makes it a prepayment or an overpayment."""

    bank_transaction_id: UUID | None = None
    type: BankTransactionType | None = None
    bank_account: AccountRef | None = None
    is_reconciled: bool | None = None
    url: str | None = None


BANK_TRANSACTIONS = Resource(
    "BankTransactions",
    "BankTransactionID",
    BankTransaction.model_validate,
    filters=frozenset({"where", "order"}),
    paged=True,
    modified_since=True,
    unitdp=frozenset({"list", "one", "write"}),
    create=WriteMode.MANY,
    update=WriteMode.MANY,
)
