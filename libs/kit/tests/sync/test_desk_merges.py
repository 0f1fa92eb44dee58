"""Links that follow merges of Xero's records (CONT-14)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from tieout_kit.sync.arrival import XeroOnly
from tieout_kit.sync.desk import MERGED, Desk
from tieout_kit.sync.state import EffectState, Link, Refusal
from tieout_kit.sync.work import Seen, Work

from .build import X1, X2, A, contact, seen
from .desks import BARE, FILLED, NEWS, a_desk, bare, put_only, stored
from .names import TENANT, ident
from .records import ORIGIN, Contact

pytestmark = pytest.mark.rule("SYS-3")
X3, X4 = ident("X3"), ident("X4")
K1, K2, KA = (TENANT, X1), (TENANT, X2), (TENANT, A)


def merging(merged: dict[UUID, UUID], **ours: Any) -> tuple[Desk[Any, Any], Work[Any, Any]]:
    """A contact that is linked to X1, while Xero's records are merged so."""
    kind = replace(BARE, merged_into=lambda there: merged.get(there.xero_id))
    work = bare(contact(name="n", **ours), seen(name="n"))
    work.kind = kind
    return a_desk(work, kind=kind), work


@pytest.mark.parametrize("bears_our_id", [False, True])
def test_a_link_follows_a_merge_once_the_other_record_is_known(bears_our_id: bool) -> None:
    desk, work = merging({X1: X2})
    desk.check(work, NEWS)
    assert (work.awaits_merge, work.link and work.link.xero_id) == (X2, X1)
    work.state.conflict = {"no field any more": ("1", "2")}
    work.state.main.refused, work.state.main.awaits = Refusal(wanted={}, sequence=999), 999

    there = seen(120, name="n", xero_id=X2)
    if bears_our_id:
        there = Seen(120, there.snapshot.replace(record_id=A))
    desk.snapshot(TENANT, there, NEWS)

    assert stored(desk) == ([KA], {K1, K2}, {K1: XeroOnly(TENANT, 100, seen(name="n").snapshot, A)}, {})
    assert work.link
    assert (work.link.xero_id, work.link.by, work.awaits_merge, work.seen) == (X2, MERGED, None, there)
    assert work.link.by == "CONT-14"
    assert [link.xero_id for link in work.state.closed] == [X1]
    assert (work.state.conflict, work.state.main) == ({}, EffectState())


@pytest.mark.parametrize(("merged", "awaited"), [
    ({}, None), ({X1: X2}, X2), ({X1: X2, X2: X3}, X3), ({X1: X2, X2: X3, X3: X2}, X3), ({X1: X2, X2: X2}, X2),
    ({X1: X2, X2: X3, X3: X4, X4: X3}, X4),
])  # fmt: skip
def test_a_merge_is_followed_step_by_step_and_in_no_circle(merged: dict[UUID, UUID], awaited: UUID | None) -> None:
    desk, work = merging(merged)
    put_only(desk, *(seen(110, xero_id=xero_id) for xero_id in (X2, X3, X4)))

    desk.expect(work)

    assert work.awaits_merge == awaited


def test_a_merge_into_a_record_that_is_linked_to_another_of_ours_leaves_the_link() -> None:
    desk, work = merging({X1: X2})
    other = bare(Contact(id=ident("B"), origin=ORIGIN, **FILLED), seen(**FILLED))
    other.state.link = Link(xero_id=X2, since=0, by="ana")
    desk.add(other)

    desk.check(work, NEWS)

    assert (work.link and work.link.xero_id, work.awaits_merge) == (X1, X2)
    assert stored(desk) == ([KA], set(), {}, {})


def test_a_link_without_a_snapshot_follows_no_merge() -> None:
    desk, work = merging({X1: X2})
    put_only(desk, seen(110, xero_id=X2))
    work.seen = None

    desk.check(work, NEWS)

    assert (work.link and work.link.xero_id, work.awaits_merge, list(desk.xero_only)) == (X1, None, [K2])
