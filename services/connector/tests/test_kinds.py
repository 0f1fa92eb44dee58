"""Every kind of intent, at the simulated Xero: made once, found again, repeated, refused alone, changed, ended."""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args
from uuid import UUID, uuid4

import pytest

from tieout_connector.gateway.writing.kind import NONE, Kind
from tieout_connector.gateway.writing.table import kinds
from tieout_connector.xero.errors import RefusedRequest, Unknown
from tieout_connector.xero.http import Upload
from tieout_connector.xero.reading import Json
from tieout_connector.xero.refusals import refusal_of
from tieout_schemas import bodies
from tieout_schemas.bodies import Body, Document, DocumentBody, WriteLine
from tieout_schemas.payload import RecordRef
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import InvoiceStatus, LineAmountTypes

if TYPE_CHECKING:
    from conftest import AtXero
else:
    AtXero = Any

PLATFORM = "http://localhost:3000"
KINDS = kinds(PLATFORM)
DAY = dt.date(2026, 9, 14)
NEVER = UUID(int=404)
FILE = b"%PDF " * 1000


def intent(body: Body, xero_id: UUID | None = None) -> WriteIntent:
    return WriteIntent(record=RecordRef(kind="record", id=uuid4()), revision=1, xero_id=xero_id, body=body)


def line(price: str = "100", account: str = "453", **more: Any) -> WriteLine:
    usual: dict[str, Any] = {"description": "Paper", "quantity": Decimal(1), "tax_type": None}
    return WriteLine(**{**usual, "unit_amount": Decimal(price), "account_code": account, **more})


def document(kind: type[DocumentBody], contact: UUID, number: str, account: str = "453", **more: Any) -> Any:
    due = {} if kind is bodies.VendorCreditBody else {"due_date": DAY}
    usual: dict[str, Any] = {
        "number": number, "status": InvoiceStatus.AUTHORISED, "date": DAY, "currency": "NZD",
        "line_amount_types": LineAmountTypes.EXCLUSIVE, "lines": (line(account=account),), **due,
    }  # fmt: skip
    return kind(contact_xero_id=contact, **{**usual, **more})


def bill(contact: UUID, number: str = "B-1", **more: Any) -> bodies.BillBody:
    body: bodies.BillBody = document(bodies.BillBody, contact, number, **more)
    return body


def invoice(contact: UUID, number: str = "S-1", **more: Any) -> bodies.InvoiceBody:
    body: bodies.InvoiceBody = document(bodies.InvoiceBody, contact, number, **{"account": "200", **more})
    return body


def credit(contact: UUID, number: str = "C-1", **more: Any) -> bodies.VendorCreditBody:
    body: bodies.VendorCreditBody = document(bodies.VendorCreditBody, contact, number, **more)
    return body


class Writing:
    """What the writer does with a kind, step by step."""

    def __init__(self, xero: AtXero) -> None:
        self.xero = xero

    async def ask(self, requests: Sequence[Any]) -> list[Json]:
        """The answers, all pages; a 404 shows nothing."""
        contents = []
        for request in requests:
            page, pages = 1, 1
            while page <= pages:
                paged = {**request.params, "page": str(page)} if "page" in request.params else request.params
                try:
                    content = (await self.xero.call(replace(request, params=paged))).json
                except RefusedRequest:
                    break
                contents.append(content)
                pages = content.get("pagination", {}).get("pageCount", 1) if "page" in request.params else 1
                page += 1
        return contents

    async def now(self, *wanted: WriteIntent) -> Mapping[str, Json]:
        kind = kind_of(*wanted)
        return kind.now(await self.ask(kind.before(wanted)), wanted)

    async def send(self, *wanted: WriteIntent, now: Mapping[str, Json] | None = None) -> Sequence[Json]:
        """Xero's element of each."""
        kind = kind_of(*wanted)
        composed = kind.compose(wanted, await self.now(*wanted) if now is None else now)
        body = Upload("application/pdf", len(FILE), pieces()) if composed.stored_file else composed.body or None
        answer = await self.xero.call(replace(composed.request, key=str(uuid4())), body)
        return kind.elements(answer.json, wanted)

    async def found(
        self, *wanted: WriteIntent, since: dt.datetime, before: Mapping[str, Json] = {}, taken: Set[UUID] = frozenset()
    ) -> Mapping[str, Json]:
        kind = kind_of(*wanted)
        return kind.found(wanted, await self.ask(kind.questions(wanted, since)), before, since, taken)

    async def make(self, body: Body) -> UUID:
        """Made; its id."""
        wanted = intent(body)
        (element,) = await self.send(wanted)
        assert not refusal_of(element), element
        xero_id = kind_of(wanted).xero_id(element, wanted)
        assert xero_id
        return xero_id

    async def contact(self, name: str = "Paper Ltd") -> UUID:
        return await self.make(bodies.ContactBody(name=name))

    async def bill(self, contact: UUID | None = None, **more: Any) -> UUID:
        return await self.make(bill(contact or await self.contact(), **more))

    async def account(self, code: str) -> UUID:
        (account,) = [each for each in await self.state("Accounts") if each.get("Code") == code]
        return UUID(account["AccountID"])

    async def state(self, kind: str) -> list[Json]:
        return list((await self.xero.control.state(self.xero.org_id, kind))[kind])


def kind_of(*wanted: WriteIntent) -> Kind:
    (kind,) = {intent.body.kind for intent in wanted}
    assert len({KINDS[kind].together(each) for each in wanted}) == 1, "these do not go together"
    assert len(wanted) <= KINDS[kind].most
    return KINDS[kind]


async def pieces() -> AsyncIterator[bytes]:
    for start in range(0, len(FILE), 1024):
        yield FILE[start : start + 1024]


@pytest.fixture
async def writing(xero: AtXero) -> Writing:
    return Writing(xero)


# Two alike of each kind that makes something, as alike as Xero lets them be.


async def contacts(w: Writing) -> list[Body]:
    return [bodies.ContactBody(name="Kea"), bodies.ContactBody(name="Tui")]


async def bills(w: Writing) -> list[Body]:
    return [bill(await w.contact())] * 2


async def invoices(w: Writing) -> list[Body]:
    contact = await w.contact()
    return [invoice(contact, "S-1"), invoice(contact, "S-2")]


async def credits(w: Writing) -> list[Body]:
    return [credit(await w.contact())] * 2


async def payments(w: Writing) -> list[Body]:
    return [payment(await w.bill())] * 2


def payment(on: UUID, amount: str = "10", reference: str = "P-1") -> bodies.PaymentBody:
    return bodies.PaymentBody(
        bill_xero_id=on, account_code="090", date=DAY, amount=amount, currency="NZD", reference=reference
    )


async def allocations(w: Writing) -> list[Body]:
    contact = await w.contact()
    made = await w.make(credit(contact))
    return [allocation(made, await w.bill(contact))] * 2


def allocation(of: UUID, on: UUID, amount: str = "10") -> bodies.AllocationBody:
    return bodies.AllocationBody(credit_xero_id=of, bill_xero_id=on, date=DAY, amount=amount, currency="NZD")


async def transfers(w: Writing) -> list[Body]:
    return [transfer(await w.account("090"), await w.account("091"))] * 2


def transfer(source: UUID, target: UUID, amount: str = "10") -> bodies.BankTransferBody:
    return bodies.BankTransferBody(
        from_account_xero_id=source, to_account_xero_id=target, date=DAY, amount=amount, currency="NZD", reference="R-1"
    )


async def groups(w: Writing) -> list[Body]:
    return [bodies.ContactGroupBody(name="Vendors"), bodies.ContactGroupBody(name="Customers")]


async def members(w: Writing) -> list[Body]:
    group = await w.make(bodies.ContactGroupBody(name="Vendors"))
    joining = [await w.contact(name) for name in ("Kea", "Tui")]
    return [bodies.GroupMemberBody(group_xero_id=group, contact_xero_id=contact) for contact in joining]


async def options(w: Writing) -> list[Body]:
    category = UUID((await w.state("TrackingCategories"))[0]["TrackingCategoryID"])
    return [bodies.TrackingOptionBody(category_xero_id=category, name="Auckland Port")]


async def items(w: Writing) -> list[Body]:
    price = bodies.ItemPrice(unit_price="0.1648", currency="NZD", account_code="300")
    return [bodies.ItemBody(code=code, name="Nail", purchase=price) for code in ("NAIL", 'NAIL 2"')]


async def files(w: Writing) -> list[Body]:
    return [file(await w.bill())]


def file(on: UUID, name: str = "bill 1.pdf", size: int = len(FILE)) -> bodies.AttachmentBody:
    return bodies.AttachmentBody(
        document=Document.INVOICE, document_xero_id=on, file_name=name, media_type="application/pdf", size=size,
        storage_key="k",
    )  # fmt: skip


async def notes(w: Writing) -> list[Body]:
    return [bodies.NoteBody(document=Document.CONTACT, document_xero_id=await w.contact(), text="Made by Ana")] * 2


@dataclass(frozen=True)
class Making:
    """Two alike, what a repeat of both does, and one that Xero refuses, made of a good one."""

    two: Callable[[Writing], Awaitable[list[Body]]]
    repeat: str
    bad: Mapping[str, Any] | None = None
    """None: Xero refuses the whole call, or nothing of this kind."""


MAKING = {
    "contact": Making(contacts, "refused", {"name": "<Kea>"}),
    "bill": Making(bills, "twice", {"lines": (line(account="999"),)}),
    "invoice": Making(invoices, "refused", {"lines": (line(account="999"),)}),
    "vendor_credit": Making(credits, "twice", {"lines": (line(account="999"),)}),
    "payment": Making(payments, "twice", {"amount": Decimal(1000)}),
    "allocation": Making(allocations, "twice", {"amount": Decimal(1000)}),
    "bank_transfer": Making(transfers, "twice", {"amount": Decimal(0)}),
    "contact_group": Making(groups, "refused", {"name": " "}),
    "group_member": Making(members, "nothing"),
    "tracking_option": Making(options, "refused"),
    "item": Making(items, "nothing", {"code": "LONG" * 10}),
    "attachment": Making(files, "nothing"),
    "note": Making(notes, "twice"),
}
ENDING = {"contact_archive", "payment_reversal", "allocation_removal", "group_leaver"}


def test_every_kind_of_body_is_here() -> None:
    every = get_args(WriteIntent.model_fields["body"].annotation)
    named = {body.model_fields["kind"].default for body in every}

    assert named == set(KINDS) == set(MAKING) | ENDING


@pytest.mark.parametrize("name", MAKING)
async def test_two_alike_are_not_found_before_they_are_made_and_each_answers_for_one_after(
    writing: Writing, name: str
) -> None:
    wanted = [intent(body) for body in await MAKING[name].two(writing)]
    since = await writing.xero.control.now()
    before = await writing.now(*wanted)

    assert not await writing.found(*wanted, since=since, before=before)

    await writing.xero.control.add_fault("lost", times=1)
    with pytest.raises(Unknown):
        await writing.send(*wanted, now=before)
    found = await writing.found(*wanted, since=since, before=before)

    assert list(found) == [each.intent_id for each in wanted]
    ids = [KINDS[name].xero_id(found[each.intent_id], each) for each in wanted]
    if name != "note":
        assert None not in ids
        assert len(set(ids)) == len(wanted)


@pytest.mark.parametrize("name", ["bill", "vendor_credit", "payment", "allocation", "bank_transfer", "note"])
async def test_of_two_alike_only_the_one_that_was_made_is_found(writing: Writing, name: str) -> None:
    first, second = (intent(body) for body in await MAKING[name].two(writing))
    since, before = await writing.xero.control.now(), await writing.now(first, second)

    await writing.send(first)

    assert list(await writing.found(first, second, since=since, before=before)) == [first.intent_id]


LATER = DAY + dt.timedelta(days=1)
NEAR: list[tuple[str, dict[str, Any]]] = [
    ("vendor_credit", {"number": "C-9"}),
    ("vendor_credit", {"date": LATER}),
    ("payment", {"reference": "P-9"}),
    ("payment", {"amount": Decimal(9)}),
    ("payment", {"date": LATER}),
    ("allocation", {"amount": Decimal(9)}),
    ("allocation", {"date": LATER}),
    ("bank_transfer", {"reference": "R-9"}),
    ("bank_transfer", {"amount": Decimal(9)}),
    ("bank_transfer", {"date": LATER}),
    ("note", {"text": "Made by Ben"}),
    ("attachment", {"file_name": "bill 2.pdf"}),
    ("attachment", {"size": 1}),
    ("tracking_option", {"name": "Wellington Port"}),
    ("contact_group", {"name": "Staff"}),
    ("item", {"code": "SCREW"}),
]


@pytest.mark.parametrize(("name", "more"), NEAR, ids=str)
async def test_what_differs_in_one_point_is_not_taken_for_it(writing: Writing, name: str, more: dict[str, Any]) -> None:
    body = (await MAKING[name].two(writing))[0]
    theirs, ours = intent(body.model_copy(update=more)), intent(body)
    since, before = await writing.xero.control.now(), await writing.now(ours)
    if name != "attachment":
        await writing.send(theirs)
    else:
        await writing.send(ours)
        ours = theirs

    assert not await writing.found(ours, since=since, before=before)


@pytest.mark.parametrize("name", ["allocation", "note"])
async def test_what_bears_no_mark_and_was_there_before_is_not_taken_for_it(writing: Writing, name: str) -> None:
    theirs, ours = (intent(body) for body in await MAKING[name].two(writing))
    await writing.send(theirs)
    await writing.xero.control.advance(dt.timedelta(minutes=2))
    since, before = await writing.xero.control.now(), await writing.now(ours)

    assert not await writing.found(ours, since=since, before=before)


async def test_a_credit_that_ended_is_not_taken_for_its_successor_of_the_same_number(writing: Writing) -> None:
    contact = await writing.contact()
    former = await writing.make(credit(contact))
    await writing.send(intent(credit(contact, status=InvoiceStatus.VOIDED), former))

    assert not await writing.found(intent(credit(contact)), since=await writing.xero.control.now())


@pytest.mark.parametrize("name", ["contact", "bill", "vendor_credit", "payment", "allocation", "bank_transfer"])
async def test_what_an_earlier_answer_told_of_answers_for_no_other(writing: Writing, name: str) -> None:
    first = intent((await MAKING[name].two(writing))[0])
    since, before = await writing.xero.control.now(), await writing.now(first)
    (element,) = await writing.send(first)
    theirs = KINDS[name].xero_id(element, first)
    assert theirs
    kind = KINDS[name]

    contents = await writing.ask(kind.questions([first], since))

    assert theirs in kind.ids(contents)
    assert not await writing.found(first, since=since, before=before, taken={theirs})


NESTED = {"allocation": "Allocations", "group_member": "Contacts", "tracking_option": "Options"}


@pytest.mark.parametrize("name", MAKING)
async def test_a_repeat_does_what_is_said_of_it(writing: Writing, name: str) -> None:
    wanted = [intent(body) for body in await MAKING[name].two(writing)]
    since, before = await writing.xero.control.now(), await writing.now(*wanted)

    async def in_xero() -> int:
        contents = await writing.ask(KINDS[name].questions(wanted, since))
        rows = [row for content in contents for each in content.values() if isinstance(each, list) for row in each]
        return sum(len(row.get(NESTED[name]) or []) for row in rows) if name in NESTED else len(rows)

    made = await writing.send(*wanted, now=before)
    assert not [refusal_of(each) for each in made if refusal_of(each)]
    once = await in_xero()
    try:
        again = await writing.send(*wanted, now=before)
    except RefusedRequest:
        again = []

    refused = not again or all(refusal_of(each) for each in again)
    assert refused == (MAKING[name].repeat == "refused")
    assert await in_xero() - once == (len(wanted) if MAKING[name].repeat == "twice" else 0)


@pytest.mark.parametrize("name", [name for name, making in MAKING.items() if making.bad])
async def test_one_that_xero_refuses_fails_alone(writing: Writing, name: str) -> None:
    good, other, *_ = await MAKING[name].two(writing)
    bad = MAKING[name].bad
    assert bad
    wanted = [intent(good.model_copy(update=bad)), intent(other)]

    refused, made = await writing.send(*wanted)

    assert refusal_of(refused)
    assert not refusal_of(made)
    assert KINDS[name].xero_id(made, wanted[1])


# Changes: what is there is seen, what is not is sent, and found again by what it says.


async def changed_contact(w: Writing) -> WriteIntent:
    return intent(bodies.ContactBody(name="Kea", email="pay@kea.nz", phone="09-1"), await w.contact())


async def changed_bill(w: Writing) -> WriteIntent:
    contact = await w.contact()
    return intent(bill(contact, "B-2", lines=(line("90"), line("5"))), await w.bill(contact))


async def changed_invoice(w: Writing) -> WriteIntent:
    contact = await w.contact()
    made = await w.make(invoice(contact))
    return intent(invoice(contact, reference="PO 7", sent_to_contact=True, lines=(line("90", "200"),)), made)


async def changed_credit(w: Writing) -> WriteIntent:
    contact = await w.contact()
    return intent(credit(contact, "C-2", lines=(line("90"),)), await w.make(credit(contact)))


async def changed_option(w: Writing) -> WriteIntent:
    (body,) = await options(w)
    return intent(body.model_copy(update={"name": "Ports"}), await w.make(body))


async def changed_item(w: Writing) -> WriteIntent:
    body = (await items(w))[0]
    return intent(body.model_copy(update={"code": "NAIL-2", "description": "Long"}), await w.make(body))


# Ends: what was ended already is there.


async def archived_contact(w: Writing) -> WriteIntent:
    return intent(bodies.ContactArchiveBody(contact_xero_id=await w.contact()))


async def voided_bill(w: Writing) -> WriteIntent:
    contact = await w.contact()
    return intent(bill(contact, status=InvoiceStatus.VOIDED), await w.bill(contact))


async def deleted_bill(w: Writing) -> WriteIntent:
    # It is wanted voided, but was never approved in Xero.
    contact = await w.contact()
    return intent(bill(contact, status=InvoiceStatus.VOIDED), await w.bill(contact, status=InvoiceStatus.DRAFT))


async def voided_credit(w: Writing) -> WriteIntent:
    contact = await w.contact()
    return intent(credit(contact, status=InvoiceStatus.VOIDED), await w.make(credit(contact)))


async def reversal(w: Writing) -> WriteIntent:
    on = await w.bill()
    return intent(bodies.PaymentReversalBody(payment_xero_id=await w.make(payment(on)), bill_xero_id=on))


async def removal(w: Writing) -> WriteIntent:
    body = (await allocations(w))[0]
    assert isinstance(body, bodies.AllocationBody)
    return intent(
        bodies.AllocationRemovalBody(
            credit_xero_id=body.credit_xero_id, allocation_xero_id=await w.make(body), bill_xero_id=body.bill_xero_id
        )
    )


async def leaver(w: Writing) -> WriteIntent:
    body = (await members(w))[0]
    assert isinstance(body, bodies.GroupMemberBody)
    await w.make(body)
    return intent(bodies.GroupLeaverBody(group_xero_id=body.group_xero_id, contact_xero_id=body.contact_xero_id))


async def archived_option(w: Writing) -> WriteIntent:
    (body,) = await options(w)
    return intent(body.model_copy(update={"active": False}), await w.make(body))


ENDS = [
    archived_contact, voided_bill, deleted_bill, voided_credit, reversal, removal, leaver, archived_option,
]  # fmt: skip
CHANGES = [changed_contact, changed_bill, changed_invoice, changed_credit, changed_option, changed_item, *ENDS]
Change = Callable[[Writing], Awaitable[WriteIntent]]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
async def test_a_change_is_not_there_until_it_is_sent_and_found_when_its_answer_is_lost(
    writing: Writing, change: Change
) -> None:
    wanted = await change(writing)
    kind, since = kind_of(wanted), await writing.xero.control.now()
    now = await writing.now(wanted)
    shown = now[wanted.intent_id]

    assert kind.there(wanted, shown) is None
    assert not kind.refuses(wanted, shown)
    assert not await writing.found(wanted, since=since)
    await writing.xero.control.add_fault("lost", times=1)
    with pytest.raises(Unknown):
        await writing.send(wanted, now=now)
    found = await writing.found(wanted, since=since)
    there = kind.there(wanted, (await writing.now(wanted)).get(wanted.intent_id, NONE))

    assert list(found) == [wanted.intent_id]
    assert there is not None
    assert kind.xero_id(there, wanted) == kind.xero_id(found[wanted.intent_id], wanted)


@pytest.mark.parametrize("change", ENDS, ids=lambda change: change.__name__)
async def test_what_somebody_else_ended_in_between_is_refused_and_then_found(writing: Writing, change: Change) -> None:
    wanted = await change(writing)
    kind, since = kind_of(wanted), await writing.xero.control.now()
    now = await writing.now(wanted)
    await writing.send(wanted, now=now)

    try:
        (element,) = await writing.send(wanted, now=now)
        refused = bool(refusal_of(element)) or change is archived_option
    except RefusedRequest:
        refused = True

    assert refused
    assert kind.ends(wanted)
    assert wanted.intent_id in await writing.found(wanted, since=since)


@pytest.mark.parametrize(
    "body",
    [
        bodies.ContactArchiveBody(contact_xero_id=NEVER),
        bodies.PaymentReversalBody(payment_xero_id=NEVER, bill_xero_id=NEVER),
        bodies.AllocationRemovalBody(credit_xero_id=NEVER, allocation_xero_id=NEVER, bill_xero_id=NEVER),
        bodies.GroupMemberBody(group_xero_id=NEVER, contact_xero_id=NEVER),
        bill(NEVER),
        credit(NEVER),
    ],
    ids=lambda body: body.kind,
)
async def test_a_record_that_xero_does_not_know_refuses_nothing_but_itself(writing: Writing, body: Body) -> None:
    wanted = intent(body, NEVER)

    now = await writing.now(wanted)

    assert kind_of(wanted).refuses(wanted, now.get(wanted.intent_id, NONE)) == (
        "The resource you're looking for cannot be found",
    )


async def test_an_archived_contact_is_refused_before_it_is_sent(writing: Writing) -> None:
    archive = await archived_contact(writing)
    await writing.send(archive)
    assert isinstance(archive.body, bodies.ContactArchiveBody)
    change = intent(bodies.ContactBody(name="Kea"), archive.body.contact_xero_id)

    shown = (await writing.now(change))[change.intent_id]
    (element,) = await writing.send(change)

    assert kind_of(change).refuses(change, shown) == refusal_of(element)


@pytest.mark.parametrize("name", ["contact_group", "group_member", "tracking_option", "item"])
async def test_what_somebody_made_under_the_same_name_is_there(writing: Writing, name: str) -> None:
    body = (await MAKING[name].two(writing))[0]
    await writing.send(intent(body))

    ours = intent(body)
    shown = (await writing.now(ours))[ours.intent_id]

    assert KINDS[name].there(ours, shown)


async def test_an_archived_option_is_restored_and_one_that_never_was_need_not_be_archived(writing: Writing) -> None:
    archive = await archived_option(writing)
    await writing.send(archive)
    assert isinstance(archive.body, bodies.TrackingOptionBody)
    back = intent(archive.body.model_copy(update={"active": True}))
    never = intent(archive.body.model_copy(update={"name": "Never"}))

    (element,) = await writing.send(back)

    assert (element["Status"], kind_of(back).xero_id(element, back)) == ("ACTIVE", archive.xero_id)
    assert kind_of(never).there(never, NONE) == {"Name": "Never", "Status": "ARCHIVED"}


async def paid(w: Writing) -> WriteIntent:
    return intent(payment(await w.bill()))


async def allocated(w: Writing) -> WriteIntent:
    return intent((await allocations(w))[0])


@pytest.mark.parametrize("change", [paid, reversal, allocated, removal], ids=lambda change: change.__name__)
async def test_what_is_put_on_a_bill_or_taken_off_has_the_bill_read_again(writing: Writing, change: Change) -> None:
    wanted = await change(writing)

    (read,) = kind_of(wanted).changes(wanted, NONE)

    assert read.xero_id == wanted.body.model_dump()["bill_xero_id"]


# Paid bills (xero-api.md 4.3).


@pytest.mark.rule("BILL-8")
async def test_a_part_paid_bill_takes_words_and_dates_and_keeps_its_lines(writing: Writing) -> None:
    contact, other = await writing.contact(), await writing.contact("Tui")
    made = await writing.bill(contact, lines=(line("60"), line("40")))
    await writing.make(payment(made))
    words = (line("60", "425", description="Better paper"), line("40"))
    wanted = intent(bill(other, "B-2", lines=words, due_date=DAY + dt.timedelta(days=9)), made)

    now = await writing.now(wanted)
    (element,) = await writing.send(wanted, now=now)

    assert not kind_of(wanted).refuses(wanted, now[wanted.intent_id])
    assert not refusal_of(element)
    assert kind_of(wanted).there(wanted, (await writing.now(wanted))[wanted.intent_id])


@pytest.mark.parametrize(
    "more",
    [
        {"lines": (line("90"),)},
        {"lines": (line(quantity=Decimal(2)),)},
        {"lines": (line(), line("1"))},
        {"date": DAY + dt.timedelta(days=1)},
        {"line_amount_types": LineAmountTypes.INCLUSIVE},
        {"status": InvoiceStatus.VOIDED},
    ],
    ids=str,
)
async def test_what_money_forbids_is_refused_in_xeros_words(writing: Writing, more: Any) -> None:
    contact = await writing.contact()
    made = await writing.bill(contact)
    await writing.make(payment(made))
    wanted = intent(bill(contact, **more), made)
    shown = (await writing.now(wanted))[wanted.intent_id]

    refused = kind_of(wanted).refuses(wanted, shown)
    # Sent all the same, as if it were not known to be paid.
    unpaid = {**shown, "Status": "AUTHORISED", "AmountPaid": 0}
    (element,) = await writing.send(wanted, now={wanted.intent_id: unpaid})

    assert refused == refusal_of(element)


async def test_a_paid_sales_invoice_takes_its_reference_and_no_other_number(writing: Writing) -> None:
    contact = await writing.contact()
    made = await writing.make(invoice(contact))
    await writing.make(payment(made, "115"))
    good, bad = intent(invoice(contact, reference="PO 7"), made), intent(invoice(contact, "S-9"), made)

    now = await writing.now(good, bad)
    (element,) = await writing.send(good, now=now)

    assert not refusal_of(element)
    assert [bool(kind_of(each).refuses(each, now[each.intent_id])) for each in (good, bad)] == [False, True]


# Lines (BILL-8).


@pytest.mark.rule("BILL-8")
@pytest.mark.parametrize("named", [False, True])
async def test_lines_without_ids_take_those_of_their_places_only_if_none_has_one(writing: Writing, named: bool) -> None:
    contact = await writing.contact()
    made = await writing.bill(contact, lines=(line("60"), line("40")))
    probe = intent(bill(contact), made)
    shown = (await writing.now(probe))[probe.intent_id]
    first, second = (UUID(each["LineItemID"]) for each in shown["LineItems"])
    wanted = intent(bill(contact, lines=(line("1"), line("2", xero_line_id=second if named else None))), made)

    (element,) = await writing.send(wanted)

    kept = [UUID(each["LineItemID"]) for each in element["LineItems"]]
    assert kept[1] == second
    assert (kept[0] == first) == (not named)


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("bad name", file(NEVER, "a/b.pdf"), "characters"),
        ("too large", file(NEVER, size=10 * 1024 * 1024 + 1), "larger"),
    ],
)
def test_a_file_that_xero_cannot_take_is_refused_before_it_is_sent(name: str, body: Body, why: str) -> None:
    (words,) = kind_of(intent(body)).refuses(intent(body), NONE)

    assert why in words


def test_creates_and_changes_do_not_share_a_call_nor_do_those_of_two_groups() -> None:
    contact = KINDS["contact"]
    member = bodies.GroupMemberBody(group_xero_id=UUID(int=1), contact_xero_id=NEVER)
    other = member.model_copy(update={"group_xero_id": UUID(int=2)})

    made, changed = (intent(bodies.ContactBody(name="Kea"), xero_id) for xero_id in (None, NEVER))

    assert contact.together(made) != contact.together(changed)
    assert KINDS["group_member"].together(intent(member)) != KINDS["group_member"].together(intent(other))
    assert contact.together(made) == contact.together(intent(bodies.ContactBody(name="Tui")))
