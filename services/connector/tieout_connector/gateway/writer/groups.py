"""Which intents share a call, and which keep others from leaving."""

from collections.abc import Mapping, Sequence

from tieout_connector.kinds import Kind
from tieout_connector.outbound import Queued, intents
from tieout_schemas.writes import WriteIntent


def group_of(kinds: Mapping[str, Kind]) -> intents.Grouping:
    """Which intents may share a call, and which readings wait for its answer."""

    def group(intent: WriteIntent) -> intents.Group:
        kind = kinds[intent.body.kind]
        return intents.Group(together(kind, intent), kind.batch_limit(intent), kind.snapshot_kind, kind.target(intent))

    return group


def together(kind: Kind, intent: WriteIntent) -> str:
    """What intents share a call by."""
    return f"{kind.name}:{kind.batch_key(intent)}"


def unmarked(kind: Kind, queued: Sequence[Queued]) -> str | None:
    """What no second call may be about while one of these has no answer; None: others may."""
    return together(kind, queued[0].intent) if kind.needs_serial_calls else None
