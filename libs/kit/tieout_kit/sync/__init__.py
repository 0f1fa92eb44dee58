"""The pure core: how a record is kept in step with Xero (docs/sync-semantics.md).

kind.py is what a kind of record declares. desk.py is what one transaction works on. Every transition ends in judge.py,
which merges (merge.py), applies the rules and sends intents (decide.py).
"""

from tieout_kit.sync.answers import Hold, Notice, Stay
from tieout_kit.sync.arrival import Arrival, Import, LinkTo, Skip, Wait, XeroOnly, imported_id
from tieout_kit.sync.desk import Desk
from tieout_kit.sync.edit import StateUnknown, created, resolve, retry
from tieout_kit.sync.facts import Facts
from tieout_kit.sync.field import Field, Owner
from tieout_kit.sync.judge import is_public_change
from tieout_kit.sync.kind import Dependency, Kind, Match
from tieout_kit.sync.linking import export
from tieout_kit.sync.state import EffectState, Objection, State
from tieout_kit.sync.values import UNKNOWN
from tieout_kit.sync.views import Put, View
from tieout_kit.sync.work import Seen, Work

__all__ = [
    "UNKNOWN",
    "Arrival",
    "Dependency",
    "Desk",
    "EffectState",
    "Facts",
    "Field",
    "Hold",
    "Import",
    "Kind",
    "LinkTo",
    "Match",
    "Notice",
    "Objection",
    "Owner",
    "Put",
    "Seen",
    "Skip",
    "State",
    "StateUnknown",
    "Stay",
    "View",
    "Wait",
    "Work",
    "XeroOnly",
    "created",
    "export",
    "imported_id",
    "is_public_change",
    "resolve",
    "retry",
]
