"""The internal state of a record survives being stored: every field of it, with what is as by default left out."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from pydantic import BaseModel

from tieout_kit.sync.state import EffectState, Flight, LeftOut, Link, Lost, Objection, OtherEffect, Refusal, State
from tieout_schemas.bodies import BillBody, GroupLeaverBody, GroupMemberBody, NoteBody
from tieout_schemas.payload import RecordRef
from tieout_schemas.writes import Lane, WriteIntent

from .kind import GROUP
from .world import TENANT, World

XERO, MADE, TWIN = uuid4(), uuid4(), uuid4()
MEMBER = GroupMemberBody(group_xero_id=GROUP, contact_xero_id=XERO)
LEAVER = GroupLeaverBody(group_xero_id=GROUP, contact_xero_id=XERO)
TAKEN = Objection(code="name_taken", params={"name": "a"})
REFUSAL = Refusal(wanted={"body": "m"}, sequence=9, messages=("No.", "Never."), objections=(TAKEN,), cancelled_by="ben")


def flight(effect: str, body: Any) -> Flight:
    intent = WriteIntent(
        record=RecordRef(kind="bill", id=TENANT), effect=effect, revision=7, attempt=2, xero_id=XERO, base_sequence=5,
        replaces=MADE, lane=Lane.PERSON, body=body,
    )  # fmt: skip
    return Flight(
        intent=intent, left_at=4, seen=5, xero_id=XERO, sent={"number": "B-1", "lines": [{"a": None}]},
        pending=("number", "lines"), wanted={"number": '"B-1"', "lines": ""}, done_at=8,
    )  # fmt: skip


def effect_of(body: Any) -> dict[str, Any]:
    return {
        "last": 7, "revisions": (3, 7), "flight": flight("group", body), "refused": REFUSAL, "awaits": 6,
        "stale": flight("group", body),
    }  # fmt: skip


LINK = Link(
    xero_id=XERO,
    since=1,
    until=2,
    by="BILL-1",
    base={"number": ('"a"', ""), "lines": ("", "#0")},
    updated_at=4,
    changed_there=3,
)
FULL = State(
    changed_at={"number": 4},
    conflict={"number": ('"a"', '"b"')},
    link=LINK,
    closed=[LINK, Link(xero_id=TWIN, since=1, by="ada")],
    by_hand=True,
    created_xero_id=MADE,
    duplicate=TWIN,
    ask=True,
    left_out={"name": LeftOut(mark='"a"', objection=TAKEN)},
    main=EffectState(**effect_of(BillBody(number="B-1", lines=()))),
    others={
        "group": OtherEffect(
            **effect_of(MEMBER), wanted=MEMBER, undo=LEAVER, agreed=(MEMBER,), acknowledged=6, lane="note", once=True,
            after="contact", attempt=3,
        ),
        "not known": OtherEffect(agreed=()),
        "absent": OtherEffect(agreed=(None,)),
        "gone": OtherEffect(undo=LEAVER, agreed=(NoteBody(document="contact", document_xero_id=XERO, text="x"),)),
    },
    lost=[
        Lost(field="lines", value=[{"a": 1}], side="xero", why="owner"),
        Lost(field="number", value=None, side="platform", why="conflict"),
    ],
    reported=("held:1", "refused:2?"),
    names=("connection", "vendor:1"),
)  # fmt: skip


def fields(model: BaseModel, at: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every field of a model and of those within: its path, its value and its default."""
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        yield f"{at}{name}", value, field.get_default(call_default_factory=True)
        within = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else [value]
        for one in within:
            if isinstance(one, EffectState | LeftOut | Link | Flight | Refusal | Lost):
                yield from fields(one, f"{at}{name}.")


def test_the_state_that_is_tried_has_no_field_as_by_default() -> None:
    """So that a field which is added is tried, too."""
    set_at_least_once = {path for path, value, default in fields(FULL) if value != default}

    assert {path for path, _, _ in fields(FULL)} == set_at_least_once


def test_every_field_survives() -> None:
    assert State.model_validate_json(FULL.model_dump_json(exclude_defaults=True)) == FULL


@pytest.mark.parametrize("name", State.model_fields)
def test_each_field_survives_alone(name: str) -> None:
    alone = State(**{name: getattr(FULL, name)})

    stored = alone.model_dump_json(exclude_defaults=True)

    assert State.model_validate_json(stored) == alone
    assert set(alone.model_dump(exclude_defaults=True)) == {name}, "and nothing else is stored"


def test_a_new_record_has_nothing_to_store() -> None:
    assert State().model_dump_json(exclude_defaults=True) == "{}"


def test_what_was_sent_is_kept_word_for_word() -> None:
    flown = FULL.main.flight
    assert flown

    back = State.model_validate_json(FULL.model_dump_json(exclude_defaults=True)).main.flight

    assert back
    assert back.intent.model_dump_json() == flown.intent.model_dump_json()
    assert back.intent.intent_id == flown.intent.intent_id


@pytest.mark.real
@pytest.mark.timeout(60)
async def test_the_state_and_what_was_seen_survive_postgres(plain: World) -> None:
    bill_id = uuid4()
    seen = await plain.in_step(bill_id)
    text = FULL.model_dump_json(exclude_defaults=True).encode()
    await plain.rows("update record set state = $1 where id = $2 returning 1", text, bill_id)

    async with plain.database.transaction() as tx:
        [stored] = await plain.reconciler.records.lock(tx, [(TENANT, bill_id)])

    assert stored.state == FULL
    assert stored.seen
    assert (stored.seen.snapshot, stored.seen.sequence) == (seen, stored.record.sync.based_on_sequence)
