"""A rebuilt record, whole (docs/sync-semantics.md, section 3)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from tieout_kit.sync.field import Field
from tieout_kit.sync.kind import Kind
from tieout_kit.sync.rebuild import rebuild
from tieout_kit.sync.state import Link, State
from tieout_kit.sync.values import NEVER, UNKNOWN, mark
from tieout_kit.sync.work import Seen, Work
from tieout_schemas.platform import Sync, SyncState

from .build import NOW, X1, X2, A, contact, facts, seen
from .database import CAUSE
from .desks import BARE
from .names import TENANT, ident

pytestmark = pytest.mark.rule("SYS-3")
X3 = ident("X3")
CHANGED_AT = dict.fromkeys(("name", "email", "account_number", "phone", "total"), 700)
FORMER = Link(xero_id=X2, since=0, until=0, by="rebuilt")


def rebuilt(sync: Sync, *there: Seen[Any], kind: Kind[Any, Any] = BARE, **chosen: Any) -> Work[Any, Any]:
    by_xero_id = {each.snapshot.xero_id: each for each in there}
    return rebuild(kind, facts(**chosen), contact(name="n", sync=sync), 700, by_xero_id, True, CAUSE)


def stamped(xero_id: UUID, record_id: UUID = A) -> Seen[Any]:
    there = seen(100, name="n", xero_id=xero_id)
    return Seen(100, there.snapshot.replace(record_id=record_id))


def state(**more: Any) -> State:
    return State(changed_at=CHANGED_AT, **more)


def link(xero_id: UUID, **more: Any) -> Link:
    return Link(xero_id=xero_id, since=NOW, by="rebuilt", **more)


@pytest.mark.parametrize(
    ("sync", "there", "expected"),
    [
        (Sync(state=SyncState.ON_ITS_WAY), [], state(ask=True)),
        (Sync(state=SyncState.WAITING, created_xero_id=X3), [], state(ask=True, created_xero_id=X3)),
        (
            Sync(state=SyncState.CONFLICT, xero_id=X1, former_xero_ids=(X2,), created_xero_id=X2),
            [],
            state(ask=True, created_xero_id=X2, link=link(X1), closed=[FORMER]),
        ),
        (
            Sync(state=SyncState.NOT_FOR_XERO, xero_id=X1, former_xero_ids=(X2,)),
            [],
            state(ask=True, link=link(X1), closed=[FORMER]),
        ),
        (
            Sync(state=SyncState.NOT_FOR_XERO, former_xero_ids=(X2,)),
            [stamped(X3)],
            state(ask=True, by_hand=True, closed=[FORMER]),
        ),
        (
            Sync(state=SyncState.CONFLICT),
            [stamped(X1)],
            state(ask=True, created_xero_id=X1, link=link(X1, changed_there=100)),
        ),
        (
            Sync(state=SyncState.CONFLICT, created_xero_id=X3),
            [stamped(X1)],
            state(ask=True, created_xero_id=X3, link=link(X1, changed_there=100)),
        ),
        (Sync(state=SyncState.ON_ITS_WAY), [stamped(X1, ident("B"))], state(ask=True)),
    ],
)
def test_the_state_follows_from_what_was_published(sync: Sync, there: list[Seen[Any]], expected: State) -> None:
    work = rebuilt(sync, *there)

    assert work.state == expected
    assert (work.record, work.published, work.sequence) == (contact(name="n", sync=sync), work.record, 700)
    assert (work.kind, work.tenant_id, work.cause) == (BARE, TENANT, CAUSE)
    assert work.seen == (there[0] if work.link and there else None)


@pytest.mark.parametrize(("gone", "ask"), [(False, False), (True, True)])
def test_in_step_and_gone_since_a_person_is_asked(gone: bool, ask: bool) -> None:
    work = rebuilt(Sync(state=SyncState.IN_STEP, xero_id=X1, based_on_sequence=100), seen(100, name="n", gone=gone))

    assert work.state.ask is ask


IN_STEP = Sync(state=SyncState.IN_STEP, xero_id=X1, based_on_sequence=100)


def test_the_fields_after_one_that_cannot_be_compared_are_compared() -> None:
    unknown = replace(BARE, fields=(Field(name="name", theirs=lambda *_: UNKNOWN), *BARE.fields[1:]))
    work = rebuilt(IN_STEP, seen(100, name="n"), kind=unknown, contact_email=False)

    assert work.link
    assert list(work.link.base) == ["account_number", "phone", "total"]


@pytest.mark.parametrize(("theirs", "shown"), [("n.", mark("n.")), ("", NEVER)])
def test_ours_is_compared_as_ours(theirs: str, shown: str) -> None:
    same = Field(name="name", theirs=lambda there, _: there.name, same=lambda ours, there: there.startswith(ours))
    work = rebuilt(IN_STEP, seen(100, name=theirs), kind=replace(BARE, fields=(same,)))

    assert work.link
    assert work.link.base == {"name": (mark("n"), shown)}
