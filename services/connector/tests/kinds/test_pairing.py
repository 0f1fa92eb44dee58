"""Whatever Xero answers, no intent gets another's element, and none is done without a record of its own."""

import random
from collections.abc import Mapping
from copy import deepcopy
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_connector.xero.models import Json
from tieout_connector.xero.refusals import refusal_of
from tieout_schemas import bodies
from tieout_schemas.bodies import Body, Document
from tieout_schemas.writes import WriteIntent
from tieout_testing.connector import PLATFORM

from .making import allocation, file, payment, transfer
from .writing import DAY, KINDS, bill, credit, intent, invoice

CONTACT, BILL, CREDIT, GROUP, CATEGORY = (UUID(int=n) for n in range(1, 6))
ZERO = str(UUID(int=0))
ID = {
    "contact": "ContactID", "contact_archive": "ContactID", "bill": "InvoiceID", "invoice": "InvoiceID",
    "vendor_credit": "CreditNoteID", "payment": "PaymentID", "payment_reversal": "PaymentID",
    "bank_transfer": "BankTransferID", "contact_group": "ContactGroupID", "item": "ItemID",
    "tracking_option": "TrackingOptionID", "attachment": "AttachmentID", "group_member": "ContactID",
}  # fmt: skip
ENVELOPE = {
    "contact": "Contacts", "contact_archive": "Contacts", "bill": "Invoices", "invoice": "Invoices",
    "vendor_credit": "CreditNotes", "payment": "Payments", "payment_reversal": "Payments",
    "bank_transfer": "BankTransfers", "contact_group": "ContactGroups", "item": "Items",
    "tracking_option": "Options", "attachment": "Attachments", "group_member": "Contacts",
    "allocation": "Allocations", "note": "HistoryRecords",
}  # fmt: skip


def bodies_of(kind: str) -> list[Body]:
    """Six of a kind; the last two as alike as Xero lets them be."""
    several: dict[str, list[Body]] = {
        "contact": [bodies.ContactBody(name=f"Kea {n}") for n in range(6)],
        "contact_archive": [bodies.ContactArchiveBody(contact_xero_id=uuid4()) for _ in range(6)],
        "bill": [bill(CONTACT, f"B-{min(n, 4)}") for n in range(6)],
        "invoice": [invoice(CONTACT, f"S-{n}") for n in range(6)],
        "vendor_credit": [credit(CONTACT, f"C-{min(n, 4)}") for n in range(6)],
        "payment": [payment(BILL, "10", f"P-{min(n, 4)}") for n in range(6)],
        "payment_reversal": [bodies.PaymentReversalBody(payment_xero_id=uuid4(), bill_xero_id=BILL)],
        "allocation": [allocation(CREDIT, BILL, str(min(n, 4) + 1)) for n in range(6)],
        "bank_transfer": [transfer(CONTACT, BILL, str(min(n, 4) + 1)) for n in range(6)],
        "contact_group": [bodies.ContactGroupBody(name=f"Group {n}") for n in range(6)],
        "group_member": [bodies.GroupMemberBody(group_xero_id=GROUP, contact_xero_id=uuid4()) for _ in range(6)],
        "item": [bodies.ItemBody(code=f"NAIL {n}", name="Nail") for n in range(6)],
        "tracking_option": [bodies.TrackingOptionBody(category_xero_id=CATEGORY, name="Auckland Port")],
        "attachment": [file(BILL)],
        "note": [bodies.NoteBody(document=Document.CONTACT, document_xero_id=CONTACT, text=f"{n}") for n in range(6)],
    }  # fmt: skip
    return several[kind]


def element(kind: str, wanted: WriteIntent) -> Json:
    """What Xero shows of the record that an intent made or changed."""
    body: Any = wanted.body
    shown: dict[str, Any] = {ID[kind]: str(KINDS[kind].target(wanted) or uuid4())} if kind in ID else {}
    match kind:
        case "contact":
            shown |= {"ContactNumber": str(wanted.record.id), "Name": body.name}
        case "bill" | "invoice":
            part = "bills" if kind == "bill" else "invoices"
            shown |= {"Url": f"{PLATFORM}/{part}/{wanted.record.id}", "InvoiceNumber": body.number}
        case "vendor_credit":
            shown |= {"CreditNoteNumber": body.number, "Contact": {"ContactID": str(CONTACT)}, "Date": f"{DAY}"}
        case "payment" | "allocation":
            shown |= {"Invoice": {"InvoiceID": str(BILL)}, "Amount": body.amount, "Date": f"{DAY}"}
            shown |= {"Reference": body.reference} if kind == "payment" else {}
        case "bank_transfer":
            accounts = {"FromBankAccount": {"AccountID": str(CONTACT)}, "ToBankAccount": {"AccountID": str(BILL)}}
            shown |= {**accounts, "Amount": body.amount, "Date": f"{DAY}", "Reference": "R-1"}
        case "contact_group":
            shown |= {"Name": body.name, "Status": "ACTIVE"}
        case "group_member":
            shown |= {"ContactID": str(body.contact_xero_id)}
        case "item":
            shown |= {"Code": body.code, "Name": body.name}
        case "tracking_option":
            shown |= {"Name": body.name, "Status": "ACTIVE"}
        case "attachment":
            shown |= {"FileName": body.file_name, "ContentLength": body.size}
        case "note":
            shown |= {"Details": body.text}
    return shown


def garbled(kind: str, rows: list[Json], strangers: list[Json], dice: random.Random) -> list[Json]:
    """The rows of an answer: shuffled, some left out, doubled, refused, without an id, or somebody else's."""
    answer: list[Json] = []
    for row in rows:
        match dice.choice(["as it is"] * 4 + ["dropped", "zeroed", "foreign", "refused", "doubled", "bare", "no id"]):
            case "as it is":
                answer.append(row)
            case "zeroed" if kind in ID and kind != "group_member":
                answer.append({**row, ID[kind]: ZERO})
            case "no id" if kind in ID:
                answer.append({key: value for key, value in row.items() if key != ID[kind]})
            case "foreign" if strangers:
                answer.append(dice.choice(strangers))
            case "refused":
                answer.append({**row, "HasValidationErrors": True, "ValidationErrors": [{"Message": "no"}]})
            case "doubled" if kind in ID:
                answer += [row, deepcopy(row)]
            case "bare":
                answer.append({"ValidationErrors": [{"Message": "no"}]})
    dice.shuffle(answer)
    return answer


CHECKED = sorted(set(KINDS) - {"allocation_removal", "group_leaver"})
"""All kinds but those whose call names its only record in its path."""


UPDATED = ("contact", "bill", "invoice", "vendor_credit", "item", "tracking_option")


@pytest.mark.field("F01")
@pytest.mark.field("F03")
@pytest.mark.parametrize(("name", "way"), [*((name, "create") for name in CHECKED), *((n, "update") for n in UPDATED)])
def test_a_garbled_answer_tells_no_intent_of_anothers_record(name: str, way: str) -> None:
    kind, seed = KINDS[name], random.randrange(1 << 32)
    print("seed", seed)
    dice = random.Random(seed)
    for _ in range(300):
        wanted = [intent(body) for body in bodies_of(name)]
        if way == "update":
            wanted = [each.replace(xero_id=uuid4()) for each in wanted]
        rows = {each.intent_id: element(name, each) for each in wanted}
        strangers = (
            [element(name, intent(body)) for body in bodies_of(name)] if way == "update" or name in MARKED else []
        )
        answer = garbled(name, list(rows.values()), strangers, dice)

        told = kind.answered({ENVELOPE[name]: answer}, wanted)

        _each_is_its_own(name, wanted, rows, told)


MARKED = ("contact", "bill", "invoice", "contact_archive", "payment_reversal", "group_member")
"""The kinds whose elements bear what no other record has. A stranger of the others may look like ours."""


def _each_is_its_own(name: str, wanted: list[WriteIntent], rows: Mapping[str, Json], told: Mapping[str, Json]) -> None:
    by_id = {each.intent_id: each for each in wanted}
    done = {key: row for key, row in told.items() if not refusal_of(row)}
    for key, row in done.items():
        alike = [rows[other] for other, one in by_id.items() if one.body == by_id[key].body]
        mine = [rows[key]] if name in MARKED or by_id[key].xero_id else alike
        assert row in mine, (by_id[key].body, row)
        if name in ID:
            found = KINDS[name].xero_id(row, by_id[key])
            assert found is not None
            assert found.int
    if name in ID and name != "group_member":
        assert len({row[ID[name]] for row in done.values()}) == len(done)


@pytest.mark.field("F01")
def test_an_answer_as_documented_tells_of_every_intent() -> None:
    for name in CHECKED:
        wanted = [intent(body) for body in bodies_of(name)]
        rows = [element(name, each) for each in wanted][::-1]

        assert set(KINDS[name].answered({ENVELOPE[name]: rows}, wanted)) == {each.intent_id for each in wanted}, name


@pytest.mark.field("F01")
def test_a_refusal_that_tells_nothing_belongs_to_the_only_intent_left() -> None:
    first, second = (intent(body) for body in bodies_of("bill")[:2])
    bare = {"InvoiceID": ZERO, "ValidationErrors": [{"Message": "no"}]}

    told = KINDS["bill"].answered({"Invoices": [bare, element("bill", first)]}, [first, second])
    foreign = KINDS["bill"].answered({"Invoices": [{**bare, "Url": f"{PLATFORM}/bills/{uuid4()}"}]}, [first])
    unclear = KINDS["bill"].answered({"Invoices": [bare, bare]}, [first, second])

    assert told[second.intent_id] == bare
    assert not foreign
    assert not unclear


@pytest.mark.field("F03")
@pytest.mark.parametrize("name", ["allocation", "note"])
def test_of_elements_without_ids_none_counts_if_one_is_missing(name: str) -> None:
    wanted = [intent(body) for body in bodies_of(name)]
    rows = [element(name, each) for each in wanted]

    assert not KINDS[name].answered({ENVELOPE[name]: rows[1:]}, wanted)
