"""The core's clauses, each read another way: what the search must find (docs/sync-semantics.md).

Each function replaces a small part of the core, or of what the connector owes, by a wrong one.
"""

import sys
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tieout_kit.sync import decide, desk, edit, judge, linking, merge, rebuild, result, snapshot
from tieout_kit.sync.kind import Owner
from tieout_kit.sync.state import Link, State
from tieout_kit.sync.values import NEVER, mark
from tieout_kit.sync.work import Seen, Work
from tieout_schemas.writes import Outcome, WriteResult

from . import connector, service

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


def an_answer_explains_every_field(patch: Patch) -> None:
    """Not only the fields that differed when it was sent."""
    real = snapshot.complete

    def complete(work: AnyWork, seen: Seen[Any], explains: Any) -> None:
        flight = work.state.main.flight
        assert flight
        if work.kind.name == "contact":
            body = flight.intent.body.model_dump(include=set(flight.wanted))
            flight.sent, flight.pending = body | flight.sent, tuple(flight.wanted)
        real(work, seen, explains)

    patch.setattr(snapshot, "complete", complete)


def an_empty_value_explains(patch: Patch) -> None:
    """An empty value that was sent counts as what Xero shows."""
    patch.setattr(snapshot, "is_empty", lambda _: False)


def a_switch_drops_the_base(patch: Patch) -> None:
    """A field that is switched off forgets what both sides were."""
    real = merge._merge_field

    def merge_field(work: AnyWork, link: Link, each: Any, *others: Any) -> None:
        if not each.synced(work.facts.settings):
            link.base.pop(each.name, None)
        real(work, link, each, *others)

    patch.setattr(merge, "_merge_field", merge_field)


def what_flies_is_undone(patch: Patch) -> None:
    """A field that Xero owns is set back before its answer."""
    patch.setattr(merge, "_is_under_way", lambda *_: False)


def an_overruled_value_may_come_back(patch: Patch) -> None:
    """Where ours wins, the base keeps what we had."""
    real = merge._merge_field

    def merge_field(work: AnyWork, link: Link, each: Any, *others: Any) -> None:
        before = link.base.get(each.name)
        real(work, link, each, *others)
        now = link.base.get(each.name)
        if before and now and now != before and now[0] == NEVER and before[0] != mark(getattr(work.record, each.name)):
            link.base[each.name] = (before[0], now[1])

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


def what_is_gone_is_merged(patch: Patch) -> None:
    """Changes are taken from an archived record."""
    real = merge.merge

    def merged(work: AnyWork) -> None:
        with Patch.context() as inner:
            inner.setattr(Work, "gone", False)
            real(work)

    patch.setattr(judge, "merge", merged)


def a_refusal_stands_for_ever(patch: Patch) -> None:
    """Also when Xero's record has changed since."""
    patch.setattr(decide, "_stands", lambda effect, now, _: effect.refused and effect.refused.wanted == now)


def a_refusal_stands_by_what_we_saw(patch: Patch) -> None:
    """Not by what the gateway saw."""
    real = result._main

    def main(work: AnyWork, answer: WriteResult, there: Any) -> bool:
        found = real(work, answer, there)
        if found and work.state.main.refused:
            work.state.main.refused.sequence = work.seen_sequence
        return found

    patch.setattr(result, "_main", main)


# --------------------------------------------------------------------------------------------------------- people
def an_edit_names_no_state(patch: Patch) -> None:
    """What somebody sees on an old page is written over what came since."""
    real = edit.edit
    patch.setattr(edit, "edit", lambda work, wanted, was, by: real(work, wanted, work.record.__dict__, by))


def a_field_of_xero_may_be_edited(patch: Patch) -> None:
    """The edit is taken, and overruled at once."""
    real = edit.edit

    def edited(work: AnyWork, *others: Any) -> bool:
        with Patch.context() as inner:
            inner.setattr("tieout_kit.sync.kind.Field.owner_for", lambda *_: Owner.LATEST)
            return real(work, *others)

    patch.setattr(edit, "edit", edited)


def a_settled_conflict_names_no_values(patch: Patch) -> None:
    """Whoever settles it may have seen other values."""
    real = edit.resolve

    def resolve(work: AnyWork, name: str, keep: Owner, ours: str, theirs: str, origin: Any) -> None:
        real(work, name, keep, *work.state.conflict.get(name, (ours, theirs)), origin)

    patch.setattr(edit, "resolve", resolve)


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

    def main(work: AnyWork, answer: WriteResult, there: Any) -> bool:
        found = real(work, answer, there)
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


def a_lost_call_explains_nothing(patch: Patch) -> None:
    """Our own write comes back as somebody's change."""
    patch.setattr(snapshot, "_explain", lambda *_: None)


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


# --------------------------------------------------------------------------------------------------------- links
def a_mark_links_again(patch: Patch) -> None:
    """What was unlinked by hand is linked by the next snapshot."""
    real = desk.Desk._by_stamp

    def by_stamp(self: Any, tenant_id: UUID, stamp: UUID, stamped: AnyWork | None, seen: Any, cause: Any) -> Any:
        if stamped:
            stamped.state.closed, stamped.state.by_hand = [], False
        return real(self, tenant_id, stamp, stamped, seen, cause)

    patch.setattr(desk.Desk, "_by_stamp", by_stamp)


def an_answer_counts_for_another_link(patch: Patch) -> None:
    """Of a link that was closed since."""
    patch.setattr(desk, "detached", lambda *_: False)
    patch.setattr(result, "is_detached", lambda _: False)


def unlinked_by_hand_is_made_again(patch: Patch) -> None:
    """A second record in Xero."""
    real = linking.unlink

    def unlink(work: AnyWork, by: str) -> None:
        real(work, by)
        work.state.by_hand = False

    patch.setattr(desk, "unlink", unlink)


def a_link_does_not_wait_for_a_create(patch: Patch) -> None:
    """Linked by hand while it is just being made: two in Xero."""
    real = linking.link

    def link(work: AnyWork, found: Any, by: str) -> None:
        flight, work.state.main.flight = work.state.main.flight, None
        try:
            real(work, found, by)
        finally:
            work.state.main.flight = flight

    patch.setattr(desk, "link", link)
    patch.setattr(desk, "is_being_made", lambda _: False)


def an_opened_link_has_what_we_think(patch: Patch) -> None:
    """It is not asked whether Xero's record is in a group already."""
    real = linking.open_link

    def open_link(work: AnyWork, *others: Any) -> None:
        agreed = {name: other.agreed for name, other in work.state.others.items()}
        real(work, *others)
        for name, other in work.state.others.items():
            other.agreed = agreed[name]

    for module in (desk, linking, result, snapshot):
        patch.setattr(module, "open_link", open_link)


def a_link_starts_anew(patch: Patch) -> None:
    """The same pair again has forgotten what it was."""
    real = linking.open_link

    def open_link(work: AnyWork, *others: Any) -> None:
        for link in work.state.closed:
            link.base = {}
        real(work, *others)

    for module in (desk, linking, result, snapshot):
        patch.setattr(module, "open_link", open_link)


# ------------------------------------------------------------------------------------------------------ disaster
def a_lost_record_is_not_made_again(patch: Patch) -> None:
    """What bears an unknown id stays in Xero."""
    patch.setattr(desk.Desk, "_made_again", lambda *_: None)


def answers_from_before_a_restore_tell_nothing(patch: Patch) -> None:
    """What was sent then comes back as somebody's change."""
    patch.setattr(snapshot, "_restored", lambda *_: None)


def results_from_before_a_restore_tell_nothing(patch: Patch) -> None:
    """Of what Xero does not show."""
    real = result._other

    def other(work: AnyWork, answer: WriteResult) -> bool:
        known = work.state.others.get(answer.effect)
        if known and answer.outcome is Outcome.DONE and answer.revision not in known.revisions and not known.once:
            return False
        return real(work, answer)

    patch.setattr(result, "_other", other)


def nothing_is_said_after_a_restore(patch: Patch) -> None:
    """Readers keep a state that is gone."""
    patch.setattr(service.Service, "say", _silent(service.Service.say, service.Service.restore))


def _silent(say: Callable[..., None], restore: Callable[..., None]) -> Callable[..., None]:
    def quiet(self: service.Service, record: Any, sequence: int) -> None:
        if sys._getframe(1).f_code is not restore.__code__:
            say(self, record, sequence)

    return quiet


def a_rebuilt_record_has_no_base(patch: Patch) -> None:
    """Everything is a conflict."""
    patch.setattr(rebuild, "_base", lambda *_: None)


def a_rebuilt_record_forgets_its_former_links(patch: Patch) -> None:
    """What was unlinked by hand is linked again."""
    patch.setattr(rebuild, "State", lambda **values: State(**values | {"closed": [], "by_hand": False}))


# ----------------------------------------------------------------------------------------- what the connector owes
def a_crossed_reading_is_stored(patch: Patch) -> None:
    """C4: also if something newer was stored since it left."""
    real = connector.Connector._store
    patch.setattr(connector.Connector, "_store", lambda self, x, shown, left=None, **more: real(self, x, shown, **more))


def a_reading_does_not_wait(patch: Patch) -> None:
    """C5: our own write comes back before its answer."""
    patch.setattr(connector.Connector, "_waits", lambda *_: False)


def a_looked_up_answer_explains_all(patch: Patch) -> None:
    """C2: somebody's later change is taken for ours."""
    real = connector.Connector._answers
    patch.setattr(
        connector.Connector, "_answers", lambda self, call, shown, done, exact: real(self, call, shown, done, True)
    )


def a_second_create_is_made(patch: Patch) -> None:
    """C7: although another record of Xero is linked."""
    real = connector.Connector.send

    def send(self: connector.Connector, call: connector.Call) -> None:
        links, self.links = self.links, {}
        real(self, call)
        self.links = links | self.links

    patch.setattr(connector.Connector, "send", send)
