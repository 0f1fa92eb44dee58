"""Which intents share a call, and which calls must follow one another."""

from collections.abc import Mapping, Sequence

from tieout_connector.kinds import WriteKind
from tieout_connector.outbound import QueuedIntent, intents
from tieout_schemas.writes import WriteIntent


def batching_rule(kinds: Mapping[str, WriteKind]) -> intents.BatchingRule:
    """The rule by which intents of these kinds share calls, and by which reads wait for their answers."""

    def batching(intent: WriteIntent) -> intents.Batching:
        kind = kinds[intent.body.kind]
        return intents.Batching(
            batch_key(kind, intent), kind.batch_limit(intent), kind.snapshot_kind, kind.target(intent)
        )

    return batching


def batch_key(kind: WriteKind, intent: WriteIntent) -> str:
    """Intents with the same key may share a call."""
    return f"{kind.name}:{kind.batch_key(intent)}"


def serial_key(kind: WriteKind, queued: Sequence[QueuedIntent]) -> str | None:
    """The batch key of these intents, if no second call with it may be sent before theirs is answered; else None."""
    return batch_key(kind, queued[0].intent) if kind.needs_serial_calls else None
