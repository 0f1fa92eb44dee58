"""What a kind takes from a snapshot besides its fields (`learn`), and what the facts make of a record (`becomes`)."""

from dataclasses import replace
from typing import Any

from tieout_kit.sync.facts import Facts
from tieout_kit.sync.judge import judge
from tieout_kit.sync.kind import Kind
from tieout_kit.sync.merge import merge
from tieout_kit.sync.work import Work
from tieout_schemas.payload import Origin, OriginKind

from .build import contact, linked, seen, unlinked
from .database import CAUSE
from .kinds import CONTACT
from .records import Contact, SeenContact

OURS = contact(name="Acme", email="a@acme.nz")
THERE = seen(name="Acme", email="b@acme.nz")


def with_kind(work: Work[Any, Any], **declared: Any) -> Work[Any, Any]:
    kind: Kind[Any, Any] = replace(CONTACT, **declared)
    work.kind = kind
    return work


def test_a_kind_learns_from_the_merged_record_the_one_before_and_the_snapshot() -> None:
    told: list[tuple[Any, ...]] = []

    def learn(merged: Contact, before: Contact, snapshot: SeenContact) -> Contact:
        told.append((merged, before, snapshot))
        return merged.replace(phone="learned")

    work = with_kind(linked(OURS, THERE), learn=learn)
    merge(work)

    merged = OURS.replace(email="b@acme.nz")
    assert told == [(merged, OURS, THERE.snapshot)]
    assert work.record == merged.replace(phone="learned")


def test_nothing_is_learned_from_a_record_that_is_gone_in_xero() -> None:
    def learn(merged: Contact, _: Contact, __: SeenContact) -> Contact:
        return merged.replace(phone="learned")

    work = with_kind(linked(OURS, seen(gone=True)), learn=learn)
    merge(work)

    assert work.record == OURS


def test_a_record_becomes_what_the_facts_say_and_its_origin_names_the_rule() -> None:
    def becomes(record: Contact, snapshot: SeenContact, facts: Facts) -> tuple[Contact, str]:
        return record.replace(phone=f"{snapshot.email} {facts.more}"), "CONT-4"

    work = with_kind(linked(OURS, THERE), becomes=becomes)
    merge(work)

    assert work.record == OURS.replace(email="b@acme.nz", phone="b@acme.nz 1")
    assert work.asked_origin == Origin(kind=OriginKind.EVENT, by=CAUSE.causation_id, rule="CONT-4")


def test_what_is_filled_in_before_a_record_is_sent_counts_as_completed_only_if_it_changed_something() -> None:
    def complete(record: Contact, facts: Facts) -> Contact:
        return record.replace(phone="by default") if facts.more == 1 else record

    work = with_kind(unlinked(OURS), complete=complete)
    judge(work)

    assert (work.record.phone, work.completed) == ("by default", True)
    judge(work)
    assert (work.record.phone, work.completed) == ("by default", True)


def test_nothing_is_filled_in_where_nothing_is_to_be_sent() -> None:
    work = with_kind(
        linked(OURS, seen(name="Acme", email="a@acme.nz")),
        complete=lambda record, _: record.replace(phone="by default"),
    )
    judge(work)

    assert (work.record.phone, work.completed) == ("", False)
