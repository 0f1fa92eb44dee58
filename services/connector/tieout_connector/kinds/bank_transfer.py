"""Transfers between bank accounts. Source: docs/xero.md 4.7."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tieout_connector.kinds.fields import loosely, trimmed
from tieout_connector.kinds.kind import UNKEYED, ComposedCall
from tieout_connector.kinds.matching import CLOCK_SKEW, body_of
from tieout_connector.kinds.record import Listing, Record, Worth
from tieout_connector.kinds.resource_kind import ResourceKind
from tieout_connector.xero import wire
from tieout_connector.xero.bank_transactions import AccountRef
from tieout_connector.xero.bank_transfers import BANK_TRANSFERS, BankTransferForm
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_connector.xero.scopes import Scope
from tieout_schemas.bodies import BankTransferBody, Document
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero_bank import XeroBankTransfer

_CAN_BE_DELETED = timedelta(days=60)
"""Transfers of the last weeks are read again and again. Later nobody deletes them: their statements are reconciled."""


class BankTransferWrite(ResourceKind):
    """The total of a payment run, transferred from the bank account to the clearing account."""

    name = "bank_transfer"
    scopes = (Scope.BANK_TRANSACTIONS,)
    resource = BANK_TRANSFERS
    mark_fields = ("FromBankAccount", "ToBankAccount")
    found_by = "its reference, accounts, amount and date, among those made since"
    repeat = "moves the money twice"

    def target(self, intent: WriteIntent) -> UUID | None:
        return None

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> ComposedCall:
        forms = [_form(body_of(BankTransferBody, intent)) for intent in intents]
        return ComposedCall(*BANK_TRANSFERS.creating(forms, UNKEYED))

    def lookup_requests(self, intents: Sequence[WriteIntent], first_sent_at: datetime) -> Sequence[XeroRequest]:
        return [BANK_TRANSFERS.listing(since=first_sent_at - CLOCK_SKEW)]

    def shows_all(self, intent: WriteIntent, row: Json) -> bool:
        same_reference = trimmed(row.get("Reference")) == trimmed(body_of(BankTransferBody, intent).reference)
        return same_reference and self.bears_mark(intent, row)

    def bears_mark(self, intent: WriteIntent, row: Json) -> bool:
        body = body_of(BankTransferBody, intent)
        return (
            UUID(row["FromBankAccount"]["AccountID"]) == body.from_account_xero_id
            and UUID(row["ToBankAccount"]["AccountID"]) == body.to_account_xero_id
            and wire.number(row["Amount"]) == body.amount
            and wire.day(row["Date"]) == body.date
            and loosely(row.get("Reference")) == loosely(body.reference)
        )


def _form(body: BankTransferBody) -> BankTransferForm:
    return BankTransferForm(
        from_bank_account=AccountRef(account_id=body.from_account_xero_id),
        to_bank_account=AccountRef(account_id=body.to_account_xero_id),
        amount=body.amount,
        date=body.date,
        reference=body.reference,
    )


BANK_TRANSFER = Record(
    resource=BANK_TRANSFERS,
    # A transfer has no time of change, so that a deletion is seen only where it is listed again.
    listings=(Listing(filters={"includeDeleted": "true"}, dated_within=_CAN_BE_DELETED, worth=Worth.MONEY),),
    snapshot=XeroBankTransfer,
    document=Document.BANK_TRANSFER,
    writes=lambda _: (BankTransferWrite(),),
)
