"""The clauses on links and disasters, and what the connector owes, each read another way."""

import sys
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tieout_kit.sync import desk, linking, rebuild, result, snapshot
from tieout_kit.sync.work import Work
from tieout_schemas.writes import Outcome, WriteResult

from . import connector, recovery, service
from .readings import Call

Patch = pytest.MonkeyPatch
Ablation = Callable[[Patch], None]
AnyWork = Work[Any, Any]


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

    def unlink(work: AnyWork) -> None:
        real(work)
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
    patch.setattr(service.Service, "publish", _silent(service.Service.publish, recovery.Recovery.restore))


def _silent(publish: Callable[..., None], restore: Callable[..., None]) -> Callable[..., None]:
    def quiet(self: service.Service, record: Any, sequence: int) -> None:
        if sys._getframe(1).f_code is not restore.__code__:
            publish(self, record, sequence)

    return quiet


def a_rebuilt_record_has_no_base(patch: Patch) -> None:
    """Everything is a conflict."""
    patch.setattr(rebuild, "_base", lambda *_: None)


# ----------------------------------------------------------------------------------------- what the connector owes
def a_crossed_reading_is_stored(patch: Patch) -> None:
    """C4: also if something newer was stored since it left."""
    real = connector.Connector._store
    patch.setattr(connector.Connector, "_store", lambda self, x, shown, left=None, **more: real(self, x, shown, **more))


def a_reading_does_not_wait(patch: Patch) -> None:
    """C5: our own write comes back before its answer."""
    patch.setattr(connector.Connector, "_waits", lambda *_: False)


def a_second_create_is_made(patch: Patch) -> None:
    """C7: although another record of Xero is linked."""
    real = connector.Connector.send

    def send(self: connector.Connector, call: Call) -> None:
        links, self.links = self.links, {}
        real(self, call)
        self.links = links | self.links

    patch.setattr(connector.Connector, "send", send)
