"""The core's clauses on merging, people, answers and intents, each read another way."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tieout_kit.sync import decide, desk, edit, linking, merge, result, snapshot
from tieout_kit.sync.state import Link
from tieout_kit.sync.values import NEVER, mark
from tieout_kit.sync.work import Seen, Work
from tieout_schemas.writes import WriteResult

from . import service

Patch = pytest.MonkeyPatch
Ablation = Callable[[Patch], None]
AnyWork = Work[Any, Any]


# ------------------------------------------------------------------------------------------------ merge and decide
def one_value_in_a_base(patch: Patch) -> None:
    """What Xero made of a value is taken for what we had."""
    real = snapshot.complete

    def complete(work: AnyWork, seen: Seen[Any], explains: Any) -> None:
        flight = work.state.main.flight
        real(work, seen, explains)
        base = linking.base_of(work, seen.snapshot.xero_id)
        for name in flight.pending if flight else ():
            base[name] = (base[name][1], base[name][1])

    patch.setattr(snapshot, "complete", complete)
    patch.setattr(result, "complete", complete)


def a_switch_drops_the_base(patch: Patch) -> None:
    """A field that is switched off forgets what both sides were."""
    real = merge._merge_field

    def merge_field(work: AnyWork, link: Link, each: Any, *others: Any) -> None:
        if not each.synced(work.facts.settings):
            link.base.pop(each.name, None)
        real(work, link, each, *others)

    patch.setattr(merge, "_merge_field", merge_field)


def a_conflict_is_decided_again(patch: Patch) -> None:
    """Where ours wins, the base stays."""
    real = merge._merge_field

    def merge_field(work: AnyWork, link: Link, each: Any, *others: Any) -> None:
        before = link.base.get(each.name)
        real(work, link, each, *others)
        now = link.base.get(each.name)
        if before and now and now != before and now[0] == NEVER:
            link.base[each.name] = before

    patch.setattr(merge, "_merge_field", merge_field)


def at_the_first_meeting_ours_wins(patch: Patch) -> None:
    """Without a base a difference is a wish of ours."""
    real = merge._changed

    def changed(base: Any, mine: str, shown: str, ours: Any, theirs: Any) -> tuple[bool, bool]:
        here, there = real(base, mine, shown, ours, theirs)
        return here, there and (base is not None or not here)

    patch.setattr(merge, "_changed", changed)


# --------------------------------------------------------------------------------------------------------- people
def an_edit_names_no_state(patch: Patch) -> None:
    """What a person saw on an old page overwrites later changes."""
    real = edit.edit
    patch.setattr(edit, "edit", lambda work, wanted, was, by: real(work, wanted, work.record.__dict__, by))


# --------------------------------------------------------------------------------------------- answers, snapshots
def the_result_completes(patch: Patch) -> None:
    """Not the snapshot: what Xero shows is not known yet."""
    real = result._done

    def done(work: AnyWork, answer: WriteResult, there: Any) -> None:
        real(work, answer, there)
        flight = work.state.main.flight
        if flight and work.link:
            for name in flight.pending:
                value = mark(snapshot._sent(work.kind, work.kind.by_name[name], flight))
                work.link.base[name] = (value, value)
            work.state.main.flight = None

    patch.setattr(result, "_done", done)


def after_stale_nothing_waits(patch: Patch) -> None:
    """Its sequence counts as seen, and its snapshot comes too late."""
    real = result._main

    def main(work: AnyWork, answer: WriteResult, there: Any, objections: Any) -> bool:
        found = real(work, answer, there, objections)
        if work.seen and work.state.main.awaits > work.seen.sequence:
            work.seen = Seen(work.state.main.awaits, work.seen.snapshot)
        return found

    patch.setattr(result, "_main", main)


def an_older_snapshot_counts(patch: Patch) -> None:
    """A snapshot that comes late, or again, is taken in."""
    real = snapshot.take_in

    def take_in(work: AnyWork, seen: Seen[Any]) -> bool:
        if work.seen and seen.sequence <= work.seen.sequence:
            work.seen = Seen(seen.sequence - 1, work.seen.snapshot)
        return real(work, seen)

    patch.setattr(desk, "take_in", take_in)


def only_the_newest_of_a_batch(patch: Patch) -> None:
    """The snapshot that answers is skipped."""
    real = service.Service.consume

    def consume(self: service.Service, topic: str, most: int = 1) -> bool:
        position, log = self.db.positions.get(topic, 0), self.world.log[topic]
        batch = log[position : position + most]
        if topic.startswith("snapshots") and len(batch) > 1:
            newest = max((each for each in batch), key=lambda each: each.sequence)
            same = [each for each in batch if each.snapshot.xero_id == newest.snapshot.xero_id]
            if len(same) == len(batch):
                self.db.positions[topic] = position + len(batch) - 1
                log[position + len(batch) - 1] = newest
                return real(self, topic)
        return real(self, topic, most)

    patch.setattr(service.Service, "consume", consume)


# ------------------------------------------------------------------------------------------------------- intents
def revisions_count_from_one(patch: Patch) -> None:
    """After a restore an id means two things."""
    patch.setattr(decide, "max", lambda following, _: following, raising=False)


def after_stale_the_same_id(patch: Patch) -> None:
    """It gets the answer stale again."""
    real = decide._send

    def send(work: AnyWork, *others: Any) -> None:
        real(work, *others)
        flight, stale = work.state.main.flight, work.state.main.stale
        if flight and stale:
            flight.intent = work.intents[-1] = flight.intent.replace(revision=stale.intent.revision)

    real_take_in = snapshot.take_in

    def take_in(work: AnyWork, seen: Seen[Any]) -> bool:
        stale = work.state.main.stale
        found = real_take_in(work, seen)
        work.state.main.stale = stale
        return found

    patch.setattr(decide, "_send", send)
    patch.setattr(desk, "take_in", take_in)


def what_happens_once_counts_by_the_clock(patch: Patch) -> None:
    """A second note after a restore."""
    real = decide._send_other

    def send(work: AnyWork, xero_id: UUID, name: str, effect: Any) -> None:
        real(work, xero_id, name, effect)
        if effect.once and effect.flight:
            effect.flight.intent = work.intents[-1] = effect.flight.intent.replace(revision=work.facts.now_ms)

    patch.setattr(decide, "_send_other", send)


def what_happens_once_keeps_its_attempt(patch: Patch) -> None:
    """After a refusal it gets that refusal again."""
    real = result._other

    def other(work: AnyWork, answer: WriteResult) -> bool:
        found = real(work, answer)
        for each in work.state.others.values():
            each.attempt = 1
        return found

    patch.setattr(result, "_other", other)


def a_create_names_nothing(patch: Patch) -> None:
    """The gateway cannot tell a second create from one that is wanted."""
    real = decide._send

    def send(work: AnyWork, *others: Any) -> None:
        real(work, *others)
        if work.state.main.flight:
            work.state.main.flight.intent = work.intents[-1] = work.intents[-1].replace(replaces=None)

    patch.setattr(decide, "_send", send)
