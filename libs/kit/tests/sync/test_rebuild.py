"""A record whose database is gone, from the topics alone (section 3, rebuild)."""

from typing import Any

import pytest

from tieout_kit.sync.rebuild import rebuild
from tieout_kit.sync.work import Seen, Work
from tieout_schemas.platform import Sync, SyncState

from .build import NOTHING, X1, X2, A, base_of, contact, facts, seen
from .database import CAUSE
from .kinds import CONTACT
from .records import Contact, SeenContact

pytestmark = pytest.mark.rule("SYS-3")


def rebuilt(
    record: Contact, *snapshots: Seen[SeenContact], same_settings: bool = True, **chosen: Any
) -> Work[Any, Any]:
    by_xero_id = {each.snapshot.xero_id: each for each in snapshots}
    return rebuild(CONTACT, facts(**chosen), record, 700, by_xero_id, same_settings, CAUSE)


def said(state: SyncState, **more: Any) -> Contact:
    """A contact as it was published last."""
    return contact(name="ours", sync=Sync(state=state, **{"xero_id": X1, "based_on_sequence": 100, **more}))


def with_mark(each: Seen[SeenContact]) -> Seen[SeenContact]:
    return Seen(each.sequence, each.snapshot.replace(record_id=A))


@pytest.mark.parametrize(
    ("state", "seen_then", "theirs", "base"),
    [
        # It was in step, so what differs is Xero's, and is taken.
        (SyncState.IN_STEP, 100, "ours", ("ours", "ours")),
        (SyncState.IN_STEP, 100, "theirs", ("ours", NOTHING)),
        (SyncState.IN_STEP, 99, "theirs", ("ours", NOTHING)),
        # Xero has changed nothing since, so what differs is ours, and is sent.
        *((state, 100, "theirs", (NOTHING, "theirs")) for state in (SyncState.ON_ITS_WAY, SyncState.WAITING)),
        (SyncState.REFUSED, 100, "theirs", (NOTHING, "theirs")),
        (SyncState.REFUSED, 100, "ours", ("ours", "ours")),
        # Who has changed it is not known.
        (SyncState.ON_ITS_WAY, 99, "theirs", None),
        (SyncState.CONFLICT, 100, "theirs", None),
        (SyncState.NOT_FOR_XERO, 100, "theirs", None),
    ],
)
def test_the_base_follows_from_the_state_that_was_published(
    state: SyncState, seen_then: int, theirs: str, base: tuple[object, object] | None
) -> None:
    work = rebuilt(said(state, based_on_sequence=seen_then), seen(100, name=theirs))

    assert work.link
    assert work.link.base.get("name") == (base_of({"name": base})["name"] if base else None)
    assert work.state.ask is (state is not SyncState.IN_STEP)


@pytest.mark.parametrize(
    ("same_settings", "on", "compared"), [(True, True, True), (False, True, False), (True, False, False)]
)
def test_a_field_with_a_switch_was_compared_under_the_same_settings_only(
    same_settings: bool, on: bool, compared: bool
) -> None:
    work = rebuilt(said(SyncState.IN_STEP), seen(name="ours"), same_settings=same_settings, contact_email=on)

    assert work.link
    assert ("email" in work.link.base) is compared
    assert "name" in work.link.base


@pytest.mark.parametrize(
    ("sync", "linked_to", "by_hand"),
    [
        # It was made just before, and that was not published yet.
        (Sync(state=SyncState.ON_ITS_WAY), X1, False),
        # Unlinked by hand: its mark does not link it again.
        (Sync(state=SyncState.NOT_FOR_XERO, former_xero_ids=(X1,)), None, True),
        # Exported then: it is not the former one.
        (Sync(state=SyncState.ON_ITS_WAY, former_xero_ids=(X1,)), None, False),
        # It was never in Xero: a draft.
        (Sync(state=SyncState.NOT_FOR_XERO), X1, False),
        (Sync(state=SyncState.IN_STEP, xero_id=X2), X2, False),
    ],
)
def test_the_link_is_the_public_one_or_follows_from_the_mark(sync: Sync, linked_to: Any, by_hand: bool) -> None:
    work = rebuilt(contact(name="a", sync=sync), with_mark(seen(name="a")))

    assert (work.link.xero_id if work.link else None) == linked_to
    assert work.state.by_hand is by_hand
    assert work.state.closed_ids == set(sync.former_xero_ids)


def test_nothing_is_known_of_when_a_field_was_edited_but_that_it_was_before() -> None:
    assert set(rebuilt(said(SyncState.IN_STEP)).state.changed_at.values()) == {700}


def test_in_step_and_gone_since_it_is_asked_what_differs() -> None:
    assert rebuilt(said(SyncState.IN_STEP), seen(name="theirs", gone=True)).state.ask
