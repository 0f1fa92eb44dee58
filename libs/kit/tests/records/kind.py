"""A small kind of record: a few fields, a rule for each kind of answer, an effect that lasts and one that happens once.

It is a bill in name only: what it waits for, and what becomes of it, is as the tests want it.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from tieout_kit.errors import Clash
from tieout_kit.sync.answers import Hold, Notice, Stay
from tieout_kit.sync.arrival import Arrival, Import, LinkTo, Skip, Wait, XeroOnly, imported_id
from tieout_kit.sync.facts import Facts
from tieout_kit.sync.field import Field, Owner
from tieout_kit.sync.kind import Dependency, Effect, Kind, Match, Written
from tieout_kit.sync.values import UNKNOWN
from tieout_kit.sync.views import Put, View
from tieout_schemas import topics
from tieout_schemas.bodies import BillBody, Document, GroupLeaverBody, GroupMemberBody, NoteBody
from tieout_schemas.money import Money
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Bill, BillStatus, Vendor
from tieout_schemas.reasons import Reason
from tieout_schemas.references import moment, record, setting
from tieout_schemas.roles import Role
from tieout_schemas.writes import Lane
from tieout_schemas.xero import InvoiceStatus, InvoiceType, LineAmountTypes, XeroAccount, XeroContact, XeroInvoice

GROUP = UUID("7d8c2f2e-0000-4000-8000-00000000beef")
ODD = "odd"
"""A number that begins so is worth a look."""


class BillIn(BaseModel):
    """A bill as the API takes it."""

    vendor_id: UUID
    number: str = "B-1"
    status: BillStatus = BillStatus.APPROVED
    date: dt.date = dt.date(2026, 11, 1)
    due_date: dt.date = dt.date(2026, 12, 1)


def content(wanted: BillIn, was: Bill | None, _: UUID) -> Mapping[str, Any]:
    fields = {name: getattr(wanted, name) for name in BillIn.model_fields}
    return fields | {"currency": "NZD", "line_amount_types": LineAmountTypes.NO_TAX, "lines": was.lines if was else ()}


def a_draft_stays(bill: Bill, _: Facts) -> Stay | None:
    """BILL-2."""
    return Stay() if bill.status is BillStatus.DRAFT else None


def the_vendor_is_in_xero(bill: Bill, facts: Facts) -> Hold | None:
    """BILL-2."""
    vendor = facts.copy_of(Vendor, bill.vendor_id)
    if vendor and vendor.sync.xero_id:
        return None
    params = {"number": bill.number, "vendor_id": str(bill.vendor_id)}
    return Hold(Reason.VENDOR_NOT_IN_XERO, params, record(Vendor, bill.vendor_id))


def nothing_leaves_while_it_is_off(_: Bill, facts: Facts) -> Hold | None:
    """PAY-7."""
    on = setting("outbound_payments")
    return None if facts.settings.outbound_payments else Hold(Reason.OUTBOUND_PAYMENTS_OFF, {}, on)


def its_day_has_come(bill: Bill, facts: Facts) -> Hold | None:
    """PAY-1."""
    day = dt.datetime.combine(bill.date, dt.time(), dt.UTC)
    return Hold(Reason.NOT_CONNECTED, {"kind": "bill"}, moment(day)) if facts.now < day else None


def an_odd_one_is_told(bill: Bill, facts: Facts) -> list[Notice]:
    """SYS-2. With reference data, so that a change of it is seen, too."""
    names = [account.name for account in facts.reference_data(XeroAccount)] or ["no account"]
    params = {"kind": "bill", "xero_id": bill.number, "other": ", ".join(names)}
    return [Notice(Reason.TWICE_IN_XERO, params)] if bill.number.startswith(ODD) else []


def compose(bill: Bill, facts: Facts, parts: Mapping[str, Any]) -> BillBody:
    vendor = facts.copy_of(Vendor, bill.vendor_id)
    contact = vendor.sync.xero_id if vendor and "vendor_id" in parts else None
    return BillBody(contact_xero_id=contact, number=parts.get("number"), due_date=parts.get("due_date"))


def group(bill: Bill, facts: Facts, xero_id: UUID) -> Sequence[Effect]:
    """Wanted unless items are off; then it is taken back."""
    member = GroupMemberBody(group_xero_id=GROUP, contact_xero_id=xero_id)
    leaver = GroupLeaverBody(group_xero_id=GROUP, contact_xero_id=xero_id)
    return [Effect("group", member, leaver, absent=not facts.settings.items)]


def note(_: Bill, written: Written) -> Sequence[Effect]:
    body = NoteBody(document=Document.INVOICE, document_xero_id=written.xero_id, text=", ".join(written.fields))
    return [Effect(f"note:{written.revision}", body, lane=Lane.NOTE, once=True)]


def vendor_of(seen: XeroInvoice, facts: Facts) -> Any:
    vendor = facts.copy_behind(Vendor, seen.contact_xero_id)
    return vendor.id if vendor else UNKNOWN


def arrive(only: XeroOnly[XeroInvoice], ours: Sequence[Bill], facts: Facts) -> Arrival:
    seen = only.snapshot
    if ours:
        return LinkTo(ours[0].id, "BILL-1")
    if seen.status is InvoiceStatus.DRAFT:
        return Wait(reason=Reason.NOT_APPROVED_IN_XERO, params={"number": seen.number, "status": seen.status})
    if seen.amount_paid:
        params = {"number": seen.number, "paid": str(seen.amount_paid), "credited": str(seen.amount_credited)}
        return Skip(Reason.ALREADY_PAID_IN_XERO, params)
    found = restore(imported_id(only.tenant_id, seen.xero_id), seen, facts)
    return found if isinstance(found, Wait) else Import(found, "BILL-1")


def restore(bill_id: UUID, seen: XeroInvoice, facts: Facts) -> Bill | Wait:
    vendor = vendor_of(seen, facts)
    if vendor is UNKNOWN:
        params = {"number": seen.number, "contact_xero_id": str(seen.contact_xero_id)}
        return Wait(record(XeroContact, seen.contact_xero_id), Reason.VENDOR_NOT_HERE_YET, params)
    wanted = BillIn(vendor_id=vendor, number=seen.number, date=seen.date, due_date=seen.due_date or seen.date)
    origin = Origin(kind=OriginKind.EVENT, by=str(seen.xero_id), rule="BILL-1")
    return Bill(id=bill_id, origin=origin, **content(wanted, None, bill_id))


FIELDS = (
    Field(name="number", theirs=lambda seen, _: seen.number, same=lambda ours, theirs: ours.strip() == theirs.strip()),
    Field(name="due_date", theirs=lambda seen, _: seen.due_date, synced=lambda settings: settings.contact_terms),
    Field(name="vendor_id", theirs=vendor_of, sent_as="contact_xero_id"),
    Field(name="paid", theirs=lambda seen, _: seen.status is InvoiceStatus.PAID, owner=Owner.XERO_ALONE),
)


def a_paid_one_is_not_changed(before: Bill | None, _: Bill, __: Sequence[Bill], ___: Facts) -> None:
    """BILL-8."""
    if before and before.paid:
        raise Clash("it is paid")


PUT: Put[Bill] = Put(
    body=BillIn,
    summary="Make or change a bill",
    roles=(Role.BOOKKEEPER,),
    rule="BILL-2",
    content=content,
    check=a_paid_one_is_not_changed,
)
BILL: Kind[Bill, XeroInvoice] = Kind(
    record=Bill,
    topic=topics.BILLS_TOPIC,
    snapshot=XeroInvoice,
    ours=lambda seen: seen.type is InvoiceType.ACCPAY,
    gone=lambda seen: seen.status.is_final,
    fields=FIELDS,
    compose=compose,
    arrive=arrive,
    restore=restore,
    rules=(
        a_draft_stays,
        the_vendor_is_in_xero,
        nothing_leaves_while_it_is_off,
        its_day_has_come,
        an_odd_one_is_told,
    ),
    effects=group,
    once=note,
    settings=("contact_terms", "items"),
    reference=(XeroAccount,),
    depends_on=(
        Dependency(
            Vendor,
            id_of=lambda bill: bill.vendor_id,
            xero_id_of=lambda seen: seen.contact_xero_id,
            xero_kind=XeroContact,
        ),
    ),
    views=(View(model=Bill, plural="bills", put=PUT),),
)
MATCHED = replace(BILL, match=Match(ours=lambda bill: bill.number, theirs=lambda seen: seen.number))
"""The same, found by its number in Xero; so one transaction of a tenant goes at a time."""
PLAIN = replace(BILL, effects=lambda *_: (), once=lambda *_: ())
"""The same, without other effects."""

NOTHING = Money(amount=Decimal(0), currency="NZD")
