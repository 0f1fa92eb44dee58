"""What rules find among the facts, whose value of a field counts, and what is stored of a state."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid5

import pytest
from pydantic_core import to_json

from tieout_kit.sync.arrival import imported_id
from tieout_kit.sync.field import Field, Owner
from tieout_kit.sync.kind import Dependency, Effect
from tieout_kit.sync.state import EffectState, Flight, Link, OtherEffect, Refusal
from tieout_kit.sync.values import NEVER, is_empty, mark
from tieout_kit.sync.views import View
from tieout_schemas.payload import RecordRef
from tieout_schemas.platform import Sync, SyncState
from tieout_schemas.references import record as record_reference
from tieout_schemas.writes import Lane, WriteIntent
from tieout_schemas.xero import Address, XeroAccount, XeroTaxRate

from .build import X1, X2, A, contact, facts, member
from .desks import BARE
from .kinds import BILL, CONTACT
from .names import TENANT, ident
from .records import ORIGIN, Bill, Contact

B = ident("B")
OURS, BILLS = contact(name="a"), Bill(id=B, origin=ORIGIN, vendor_id=A)


def test_a_copy_is_found_by_its_kind_and_id() -> None:
    known = replace(facts(), copies={("contact", A): OURS, ("bill", B): BILLS, ("contact", B): BILLS})

    assert (known.copy_of(Contact, A), known.copy_of(Bill, B)) == (OURS, BILLS)
    assert (known.copy_of(Bill, A), known.copy_of(Contact, X1), known.copy_of(Contact, B)) == (None, None, None)


def test_a_copy_is_found_by_its_record_of_xero() -> None:
    known = replace(facts(), copies_by_xero_id={("contact", X1): OURS, ("contact", X2): BILLS})

    assert known.copy_behind(Contact, X1) == OURS
    assert (known.copy_behind(Bill, X1), known.copy_behind(Contact, X2)) == (None, None)


def test_reference_data_is_found_by_its_kind() -> None:
    account = XeroAccount(code="400", name="Rent", active=True, xero_id=X1, type="EXPENSE", takes_payments=False)
    rate = XeroTaxRate(code="INPUT", name="GST", active=True, rate=Decimal(15))
    known = replace(facts(), reference={XeroAccount.kind: [account, rate]})

    assert known.reference_data(XeroAccount) == [account]
    assert known.reference_data(XeroTaxRate) == []


@pytest.mark.parametrize(("owner", "may"), [
    (Owner.LATEST, True), (Owner.PLATFORM, False), (Owner.XERO, False), (Owner.XERO_ALONE, False),
    (lambda _: Owner.XERO, True),
])  # fmt: skip
def test_a_person_is_asked_only_where_no_side_always_counts(owner: Any, may: bool) -> None:
    assert Field(name="x", theirs=lambda *_: None, owner=owner).may_conflict is may


@pytest.mark.parametrize(("sent_as", "name"), [("", "x"), ("y", "y")])
def test_a_field_has_its_name_in_the_body_unless_it_is_said_otherwise(sent_as: str, name: str) -> None:
    assert Field(name="x", theirs=lambda *_: None, sent_as=sent_as).body_name == name


def test_an_imported_record_has_the_same_id_each_time() -> None:
    assert imported_id(TENANT, X1) == uuid5(TENANT, str(X1))


def test_the_views_besides_the_record_name_it_too() -> None:
    views: Any = (View(model=Contact, plural="contacts"), View(model=Bill, plural="bills", of=lambda _: BILLS))

    assert list(replace(BARE, views=views).also_named(OURS)) == [record_reference(Bill, B)]


def test_records_are_checked_again_when_a_dependency_is_linked_or_gone() -> None:
    looks_at = Dependency(Contact, lambda bill: bill.vendor_id).looks_at
    linked = OURS.replace(sync=Sync(xero_id=X1))

    assert looks_at(OURS) != looks_at(linked) != looks_at(OURS.replace(sync=Sync(xero_id=X2)))
    assert looks_at(linked) != looks_at(OURS.replace(sync=Sync(xero_id=X1, gone_in_xero=True)))
    assert looks_at(linked) == looks_at(linked.replace(name="b"))


def test_what_a_kind_and_an_effect_are_unless_they_say_otherwise() -> None:
    effect = Effect("x", member())

    assert (effect.undo, effect.absent, effect.lane, effect.once, effect.after) == (None, False, Lane.WRITE, False, "")
    assert (CONTACT.rule, CONTACT.serial, CONTACT.lane, CONTACT.name) == ("SYS-3", False, Lane.WRITE, "contact")
    assert (BILL.follows_merges, BILL.match, list(BILL.by_name)) == (False, None, ["number", "vendor_id", "total"])


def test_a_state_is_empty_at_first() -> None:
    zero = {"last": 0, "revisions": (), "flight": None, "refused": None, "awaits": 0, "stale": None}
    other = {"wanted": None, "undo": None, "agreed": (None,), "acknowledged": 0, "lane": "write", "once": False}
    link = Link(xero_id=X1, since=1, by="ana")

    assert EffectState().__dict__ == zero
    assert OtherEffect().__dict__ == {**zero, **other, "after": "", "attempt": 1}
    assert (link.until, link.base, link.updated_at, link.changed_there) == (None, {}, 0, 0)
    assert Refusal(wanted={}).sequence == 0


def test_bodies_and_intents_are_stored_whole_and_read_again() -> None:
    intent = WriteIntent(record=RecordRef(kind="contact", id=A), effect="group", revision=1, xero_id=X1, body=member())
    flight = Flight(intent=intent)
    assert (flight.left_at, flight.seen, flight.done_at) == (0, 0, 0)
    effect = OtherEffect(wanted=member(), agreed=(member(), None), flight=flight)
    dumped = effect.model_dump(exclude_defaults=True)

    assert dumped == {
        "wanted": member().model_dump(mode="json"),
        "agreed": (member().model_dump(mode="json"), None),
        "flight": {"intent": intent.model_dump(mode="json")},
    }
    assert OtherEffect.model_validate_json(effect.model_dump_json(exclude_defaults=True)) == effect


def test_an_effect_remembers_its_last_twenty_revisions() -> None:
    effect = EffectState()
    for revision in range(1, 26):
        effect.note_revision(revision)

    assert (effect.last, effect.revisions) == (25, tuple(range(6, 26)))


@pytest.mark.parametrize(("length", "digest"), [(46, False), (47, True), (48, True)])
def test_long_values_are_remembered_by_a_digest(length: int, digest: bool) -> None:
    # With its quotes, as JSON.
    text = "x" * length

    remembered = mark(text)

    assert remembered == f'"{text}"' if not digest else remembered.startswith("#")
    assert not digest or len(remembered) == 33
    assert NEVER == ""


@pytest.mark.parametrize("value", [
    "a", "é\u2028\"\\\x00", SyncState.IN_STEP, A, None, True, False, 7, Decimal("1.00"), ("a",),
    dt.date(2026, 11, 1), dt.datetime(2026, 11, 1, tzinfo=dt.UTC), dt.datetime(2026, 11, 1, 1, 2, 3, 4, tzinfo=dt.UTC),
])  # fmt: skip
def test_a_mark_is_the_same_json_for_whatever_type_of_value(value: Any) -> None:
    # Stored marks are compared with those of later versions.
    assert mark(value) == to_json(value).decode()


@pytest.mark.parametrize(("value", "empty"), [
    (None, True), ("", True), ((), True), ("a", False), (("a",), False), (0, False),
    (Address(), True), (Address(city="a"), False), (Address(lines=("a",)), False),
])  # fmt: skip
def test_what_is_no_opinion(value: Any, empty: bool) -> None:
    assert is_empty(value) is empty
