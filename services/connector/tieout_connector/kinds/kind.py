"""What the writer must know of a kind of intent: how it travels, how it is found again, what a repeat would do.

A kind is pure: it makes calls and reads answers, and never calls. Its record declares it, table.py has them all.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from tieout_connector.xero.http import Request
from tieout_connector.xero.reading import Json
from tieout_connector.xero.scopes import Scope
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import Snapshot

NONE: Json = {}
"""What Xero shows of a record that nothing was read of."""
UNKEYED = ""
"""The Idempotency-Key of a call as a kind composes it; the writer's takes its place."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A call to store and send; its Idempotency-Key is the writer's. `stored_file`: the file that is its body."""

    request: Request
    body: bytes
    stored_file: str | None = None
    sent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By intent id, the fields of its body that are in these bytes. Of a kind that nobody follows: nothing."""


@dataclass(frozen=True, slots=True)
class Read:
    """A record of Xero to read again, since the write changed it too."""

    kind: XeroKind
    xero_id: UUID


class Kind(ABC):
    """One kind of intent. What is sent together is of one kind and one `batch_key`."""

    name: ClassVar[str]
    """The `kind` of its body."""
    scopes: ClassVar[tuple[Scope, ...]]
    """What a consent must cover for it; several: each document its own."""
    most: ClassVar[int] = 50
    """Most intents in one call (xero-api.md 3.6)."""
    most_changes: ClassVar[int] = 50
    """Most changes of known records in one call: as many as one call reads before, so that a batch takes two calls."""
    found_by: ClassVar[str]
    """By what it is found again in Xero, in a sentence for the docs."""
    repeat: ClassVar[str]
    """What sending it twice would do in Xero, in a sentence for the docs."""
    needs_serial_calls: ClassVar[bool] = False
    """Xero keeps no mark of ours. So intents of one `batch_key` go one call at a time, and Xero's state before the call
    is stored with it."""
    snapshot_kind: ClassVar[XeroKind | None] = None
    """The snapshots whose links (snapshots.links) tell which of Xero's records are known as ours. None: there are no
    snapshots of this kind, and the results of its earlier intents tell."""

    def batch_key(self, intent: WriteIntent) -> str:
        """Intents may share a call if this is the same for them."""
        return "update" if intent.xero_id else "create"

    def batch_limit(self, intent: WriteIntent) -> int:
        """How many intents such as this one go in one call."""
        return min(self.most, self.most_changes) if intent.xero_id else self.most

    def target(self, intent: WriteIntent) -> UUID | None:
        """The record of Xero that is to change; None: one is to be made."""
        return intent.xero_id

    def pre_reads(self, intents: Sequence[WriteIntent]) -> Sequence[Request]:
        """Calls to make right before these are sent: they read the records to change (SYS-3), or the state of what
        bears no mark. One that is answered 404 shows nothing."""
        return ()

    def current_state(self, contents: Sequence[Json], intents: Sequence[WriteIntent]) -> Mapping[str, Json]:
        """By intent id, Xero's record as the answers to `pre_reads` show it. What they do not show is left out."""
        return {}

    def already_done(self, intent: WriteIntent, now: Json) -> Json | None:
        """Xero's element, if it shows all that is wanted already: no call is made. None: it must be sent."""
        return None

    def local_refusal(self, intent: WriteIntent, now: Json) -> tuple[str, ...]:
        """Why this cannot be written in Xero's present state, in Xero's words (C8). Empty: it can."""
        return ()

    def is_terminal(self, intent: WriteIntent) -> bool:
        """True for voids, deletions and removals. When Xero refuses one, the gateway looks it up first: if somebody
        else has already done it, it counts as done."""
        return False

    @abstractmethod
    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> Composed:
        """The call that carries these, in this order. An update sends what differs from `now`, and nothing else."""

    @abstractmethod
    def elements(self, content: Json, intents: Sequence[WriteIntent]) -> Sequence[Json]:
        """Xero's element of each, in this order. Raises ValueError for an answer that does not fit its call."""

    @abstractmethod
    def xero_id(self, element: Json, intent: WriteIntent) -> UUID | None:
        """Xero's id of the record, from its element."""

    def snapshot(self, element: Json) -> Snapshot | None:
        """The record in an element, for kinds that domains follow."""
        return None

    def explains(self, intent: WriteIntent, element: Json, sent: Collection[str]) -> tuple[str, ...]:
        """The fields of the intent's body that an element shows because of it (C2): those that were `sent`, and those
        shown as wanted, seen past what Xero does to a value. One wanted empty is explained by having been sent only.

        `sent`: as `Composed.sent` says; nothing, where the bytes are not known."""
        return tuple(sent)

    @abstractmethod
    def lookup_requests(self, intents: Sequence[WriteIntent], first_sent_at: datetime) -> Sequence[Request]:
        """Calls that find out what a call without an answer has done. Of a call that names a `page` all pages are read
        (gateway/paging.py)."""

    @abstractmethod
    def listed_ids(self, contents: Sequence[Json]) -> Sequence[UUID]:
        """Xero's ids of the records in the answers to `lookup_requests`. The gateway finds out which are `taken`."""

    def match_results(
        self,
        intents: Sequence[WriteIntent],
        contents: Sequence[Json],
        before: Mapping[str, Json],
        first_sent_at: datetime,
        taken: Set[UUID] = frozenset(),
    ) -> Mapping[str, Json]:
        """By intent id, Xero's element of each intent whose work is done there. The others are sent again.

        `contents`: the answers to `lookup_requests`, all pages. `before`: the `current_state` when the call was sent,
        for kinds without a mark. `taken`: those of `listed_ids` that an earlier answer named; none of them is what a
        create made. One element is never the answer to two intents.
        """
        now = self.current_state(contents, intents)
        found = {i.intent_id: self.already_done(i, now.get(i.intent_id, NONE)) for i in intents}
        return {key: element for key, element in found.items() if element is not None}

    def also_changes(self, intent: WriteIntent, element: Json) -> Sequence[Read]:
        """Other records of Xero that it changed, to be read again: a payment changes its bill."""
        return ()
