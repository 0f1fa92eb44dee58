"""Transfers between bank accounts of the organisation. Source: docs/xero.md 4.7."""

import datetime as dt
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AliasPath, Field

from tieout_connector.xero.bank_transactions import AccountRef
from tieout_connector.xero.forms import Form
from tieout_connector.xero.models import Cents, Day, Moment, XeroModel
from tieout_connector.xero.resource import Resource, WriteMode


class BankTransfer(XeroModel):
    """A transfer, in the currency of the account it comes from. It has no UpdatedDateUTC."""

    xero_id: Annotated[UUID, Field(alias="BankTransferID")]
    created_at: Annotated[Moment | None, Field(alias="CreatedDateUTC")] = None
    status: str = "AUTHORISED"
    from_account_xero_id: Annotated[UUID, Field(validation_alias=AliasPath("FromBankAccount", "AccountID"))]
    to_account_xero_id: Annotated[UUID, Field(validation_alias=AliasPath("ToBankAccount", "AccountID"))]
    amount: Cents
    date: Day | None = None
    """None in the reply to a deletion."""
    reference: str = ""
    currency_rate: Decimal | None = None
    from_bank_transaction_xero_id: Annotated[UUID | None, Field(alias="FromBankTransactionID")] = None
    to_bank_transaction_xero_id: Annotated[UUID | None, Field(alias="ToBankTransactionID")] = None
    from_is_reconciled: bool = False
    to_is_reconciled: bool = False
    has_attachments: bool = False


class BankTransferForm(Form):
    """A transfer to create."""

    from_bank_account: AccountRef
    to_bank_account: AccountRef
    amount: Decimal
    date: dt.date | None = None
    reference: str | None = None


class BankTransferDeletion(Form):
    """The deletion of a transfer: the only change that Xero allows."""

    bank_transfer_id: UUID
    status: str = "DELETED"


BANK_TRANSFERS = Resource(
    "BankTransfers",
    "BankTransferID",
    BankTransfer.model_validate,
    filters=frozenset({"where", "order", "includeDeleted"}),
    modified_since=True,
    create=WriteMode.MANY,
    update=WriteMode.MANY,
)
