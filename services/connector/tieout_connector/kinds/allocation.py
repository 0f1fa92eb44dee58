"""Allocations of vendor credits to bills, and their removal. Source: docs/xero.md 4.4, trap 22."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from uuid import UUID

from tieout_connector.kinds.kind import ABSENT, UNKEYED, ComposedCall, Refetch, WriteKind
from tieout_connector.kinds.matching import NOT_FOUND, body_of, inner_rows, match_once, rows_of
from tieout_connector.kinds.pairing import all_or_none, lacks, objects, own_id, paired, with_the_last
from tieout_connector.xero import wire
from tieout_connector.xero.allocations import AllocationForm, InvoiceRef, allocations_of
from tieout_connector.xero.credit_notes import CREDIT_NOTES
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_connector.xero.refusals import refusal_of
from tieout_connector.xero.scopes import Scope
from tieout_schemas.bodies import AllocationBody, AllocationRemovalBody
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import WriteIntent

_NO_ID = str(UUID(int=0))


class CreditAllocationKind(WriteKind):
    """What both kinds below have in common: allocations are read with their credit."""

    def credit(self, intent: WriteIntent) -> UUID:
        """The credit that the allocation belongs to."""
        return (
            intent.body.credit_xero_id
            if isinstance(intent.body, AllocationRemovalBody)
            else body_of(AllocationBody, intent).credit_xero_id
        )

    def batch_key(self, intent: WriteIntent) -> str:
        return str(self.credit(intent))

    def pre_reads(self, intents: Sequence[WriteIntent]) -> Sequence[XeroRequest]:
        return [CREDIT_NOTES.one(key) for key in sorted({self.credit(intent) for intent in intents})]

    def current_state(self, contents: Sequence[Json], intents: Sequence[WriteIntent]) -> Mapping[str, Json]:
        credits = {own_id(raw, "CreditNoteID"): raw for raw in rows_of(CREDIT_NOTES, contents)}
        return {i.intent_id: credits[self.credit(i)] for i in intents if self.credit(i) in credits}

    def local_refusal(self, intent: WriteIntent, now: Json) -> tuple[str, ...]:
        return (NOT_FOUND,) if now == ABSENT else ()

    def xero_id(self, element: Json, intent: WriteIntent) -> UUID | None:
        return id_of(element)

    def lookup_requests(self, intents: Sequence[WriteIntent], first_sent_at: datetime) -> Sequence[XeroRequest]:
        return self.pre_reads(intents)

    def listed_ids(self, contents: Sequence[Json]) -> Sequence[UUID]:
        credits = rows_of(CREDIT_NOTES, contents)
        return [found for raw in credits for each in _allocations(raw) if (found := id_of(each))]


class AllocationWrite(CreditAllocationKind):
    """A part of a credit that is allocated to a bill. Xero has no field for a stamp of ours on it."""

    name = "allocation"
    scopes = (Scope.INVOICES,)
    needs_serial_calls = True
    found_by = "bill, amount and date, among the allocations that the credit did not have before"
    repeat = "allocates twice, or is refused when less is left"

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> ComposedCall:
        forms = [_form(body_of(AllocationBody, intent)) for intent in intents]
        return ComposedCall(*allocations_of(CREDIT_NOTES.name, self.credit(intents[0])).creating(forms, UNKEYED))

    def answered(self, content: Json, intents: Sequence[WriteIntent]) -> Mapping[str, Json]:
        rows = [row for row in objects(content.get("Allocations") or []) if not _never_made(row)]
        # Allocations in an answer have no ids.
        return all_or_none(with_the_last(paired(intents, rows, _fits), intents, rows, _tells), intents)

    def match_results(
        self,
        intents: Sequence[WriteIntent],
        contents: Sequence[Json],
        before: Mapping[str, Json],
        first_sent_at: datetime,
        taken: Set[UUID] = frozenset(),
    ) -> Mapping[str, Json]:
        known = {id_of(each) for credit in before.values() for each in _allocations(credit)} | taken
        shown = [each for raw in rows_of(CREDIT_NOTES, contents) for each in _allocations(raw)]
        rows = [each for each in shown if id_of(each) not in known and not _never_made(each)]
        return match_once(intents, rows, _fits)

    def also_changes(self, intent: WriteIntent, element: Json) -> Sequence[Refetch]:
        return (Refetch(XeroKind.INVOICE, body_of(AllocationBody, intent).bill_xero_id),)


class AllocationRemoval(CreditAllocationKind):
    """The removal of an allocation."""

    name = "allocation_removal"
    scopes = (Scope.INVOICES,)
    max_per_call = 1
    found_by = "its absence from its credit"
    repeat = "is answered 404, and counts as done"

    def already_done(self, intent: WriteIntent, now: Json) -> Json | None:
        if now == ABSENT or not lacks(now.get("Allocations"), _removed(intent), id_of):
            return None
        return {"AllocationId": str(_removed(intent)), "IsDeleted": True}

    def is_terminal(self, intent: WriteIntent) -> bool:
        return True

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> ComposedCall:
        (intent,) = intents
        resource = allocations_of(CREDIT_NOTES.name, self.credit(intent))
        return ComposedCall(resource.deleting(_removed(intent)), b"")

    def answered(self, content: Json, intents: Sequence[WriteIntent]) -> Mapping[str, Json]:
        # Xero answers with a bare object, or with 204 and nothing.
        removed = {i.intent_id: {"AllocationId": str(_removed(i)), "IsDeleted": True} for i in intents}
        return {key: content or bare for key, bare in removed.items() if not content or content.get("IsDeleted")}

    def also_changes(self, intent: WriteIntent, element: Json) -> Sequence[Refetch]:
        return (Refetch(XeroKind.INVOICE, body_of(AllocationRemovalBody, intent).bill_xero_id),)


def _never_made(row: Json) -> bool:
    """Xero names an allocation with its zero id that it did not make."""
    return _NO_ID in (row.get("AllocationID"), row.get("AllocationId")) and not refusal_of(row)


def _tells(row: Json) -> bool:
    return bool(row.get("Invoice"))


def id_of(allocation: Json) -> UUID | None:
    """An allocation's id, in both of Xero's spellings. None where Xero leaves it out: in its replies to a create."""
    return own_id(allocation, "AllocationID") or own_id(allocation, "AllocationId")


def _allocations(credit: Json) -> list[Json]:
    return inner_rows(credit.get("Allocations"))


def _removed(intent: WriteIntent) -> UUID:
    return body_of(AllocationRemovalBody, intent).allocation_xero_id


def _form(body: AllocationBody) -> AllocationForm:
    return AllocationForm(invoice=InvoiceRef(invoice_id=body.bill_xero_id), amount=body.amount, date=body.date)


def _fits(intent: WriteIntent, row: Json) -> bool:
    body = body_of(AllocationBody, intent)
    return (
        UUID(row["Invoice"]["InvoiceID"]) == body.bill_xero_id
        and wire.number(row["Amount"]) == body.amount
        and wire.day(row["Date"]) == body.date
    )
