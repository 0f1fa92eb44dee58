"""What the gateway's writer must know of a kind of intent: how it is sent, how it is found again in Xero, and what
sending it twice would do.

A kind is pure: it composes requests and reads answers, and makes no call. Its record's module declares it; table.py
lists all of them.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_connector.xero.scopes import Scope
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import Snapshot

ABSENT: Json = {}
"""The state of a record that Xero does not show."""
UNKEYED = ""
"""The Idempotency-Key of a request as a kind composes it. The writer replaces it."""


@dataclass(frozen=True, slots=True)
class ComposedCall:
    """A call to store and to send; the writer sets its Idempotency-Key. `stored_file`: the file that is its body."""

    request: XeroRequest
    body: bytes
    stored_file: str | None = None
    sent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By intent id, the fields of its body that are in these bytes. Empty for kinds without snapshots."""


@dataclass(frozen=True, slots=True)
class Refetch:
    """A record of Xero that must be read again, because a write to another record changed it too."""

    kind: XeroKind
    xero_id: UUID


class WriteKind(ABC):
    """A kind of intent. All intents in one call have the same kind and the same `batch_key`."""

    name: ClassVar[str]
    """The `kind` of the intent's body."""
    scopes: ClassVar[tuple[Scope, ...]]
    """The scopes that a consent must cover. If there are several, each kind of document needs its own."""
    max_per_call: ClassVar[int] = 50
    """The most intents in one call (docs/xero.md 3.6)."""
    max_updates_per_call: ClassVar[int] = 50
    """The most updates in one call: as many records as one call can read before, so that a batch takes two calls."""
    found_by: ClassVar[str]
    """How an intent without an answer is found again in Xero; text for docs/gateway.md."""
    repeat: ClassVar[str]
    """What sending an intent twice would do in Xero; text for docs/gateway.md."""
    needs_serial_calls: ClassVar[bool] = False
    """True if Xero has no field for a stamp of ours. Then the calls of one `batch_key` are made one after the other,
    and Xero's state before each call is stored with it."""
    snapshot_kind: ClassVar[XeroKind | None] = None
    """The kind of the snapshots whose links tell which of Xero's records are known to be ours. None: there are no such
    snapshots, and the results of earlier intents tell it."""

    def batch_key(self, intent: WriteIntent) -> str:
        """Intents with the same key may share a call."""
        return "update" if intent.xero_id else "create"

    def batch_limit(self, intent: WriteIntent) -> int:
        """The most intents in a call with this one."""
        return min(self.max_per_call, self.max_updates_per_call) if intent.xero_id else self.max_per_call

    def target(self, intent: WriteIntent) -> UUID | None:
        """The id of Xero's record that is to change; None: a record is to be created."""
        return intent.xero_id

    def pre_reads(self, intents: Sequence[WriteIntent]) -> Sequence[XeroRequest]:
        """Requests to make right before these intents are sent. They read the records that are to change (SYS-3), or
        the state that records without a stamp are compared with. A 404 means that there is no record."""
        return ()

    def current_state(self, contents: Sequence[Json], intents: Sequence[WriteIntent]) -> Mapping[str, Json]:
        """By intent id, Xero's record in the answers to `pre_reads`. Intents without a record there are left out."""
        return {}

    def already_done(self, intent: WriteIntent, now: Json) -> Json | None:
        """Xero's element if it shows everything wanted already, so that no call is made. None: it must be sent."""
        return None

    def local_refusal(self, intent: WriteIntent, now: Json) -> tuple[str, ...]:
        """Why Xero would refuse this in its present state, in Xero's words (C8). Empty: it would not."""
        return ()

    def is_terminal(self, intent: WriteIntent) -> bool:
        """True for voids, deletions and removals. When Xero refuses one, the gateway looks it up first: if somebody
        else has already done it, it counts as done."""
        return False

    @abstractmethod
    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> ComposedCall:
        """The call that sends these intents, in this order. An update contains only what differs from `now`."""

    @abstractmethod
    def elements(self, content: Json, intents: Sequence[WriteIntent]) -> Sequence[Json]:
        """Xero's element for each intent, in this order. Raises ValueError if the answer does not fit the call."""

    @abstractmethod
    def xero_id(self, element: Json, intent: WriteIntent) -> UUID | None:
        """Xero's id of the record, from its element."""

    def snapshot(self, element: Json) -> Snapshot | None:
        """The snapshot of an element; None for kinds without snapshots."""
        return None

    def explains(self, intent: WriteIntent, element: Json, sent: Collection[str]) -> tuple[str, ...]:
        """The fields of the intent's body that an element shows because of the intent (C2): those that were sent, and
        those that Xero shows as wanted. An empty value counts only if it was sent.

        `sent`: see `ComposedCall.sent`; empty where the bytes are not known."""
        return tuple(sent)

    @abstractmethod
    def lookup_requests(self, intents: Sequence[WriteIntent], first_sent_at: datetime) -> Sequence[XeroRequest]:
        """Requests that find out what a call without an answer has done. If a request names a `page`, all pages are
        read (gateway/paging.py)."""

    @abstractmethod
    def listed_ids(self, contents: Sequence[Json]) -> Sequence[UUID]:
        """The ids of the records in the answers to `lookup_requests`. The gateway finds out which are `taken`."""

    def match_results(
        self,
        intents: Sequence[WriteIntent],
        contents: Sequence[Json],
        before: Mapping[str, Json],
        first_sent_at: datetime,
        taken: Set[UUID] = frozenset(),
    ) -> Mapping[str, Json]:
        """By intent id, Xero's element of each intent that Xero has carried out. The others are sent again.

        `contents`: the answers to `lookup_requests`, all pages. `before`: the `current_state` when the call was sent,
        for kinds without a stamp. `taken`: those of `listed_ids` that belong to an earlier answer, so that this create
        cannot have made them. No element is matched with two intents.
        """
        now = self.current_state(contents, intents)
        found = {i.intent_id: self.already_done(i, now.get(i.intent_id, ABSENT)) for i in intents}
        return {key: element for key, element in found.items() if element is not None}

    def also_changes(self, intent: WriteIntent, element: Json) -> Sequence[Refetch]:
        """Other records that the write changed, to be read again: a payment changes its bill."""
        return ()
