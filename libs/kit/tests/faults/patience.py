"""How patient a member is: values that a test may shorten, on their way through the environment of a process."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter

from tieout_kit.kafka import parking, relay
from tieout_kit.kafka.parking import Limits
from tieout_kit.kafka.relay import RelayTiming
from tieout_kit.postgres.database import TIMEOUTS, Timeouts
from tieout_kit.postgres.stuck_sessions import STUCK_AFTER_S
from tieout_kit.records.reconciler import UNANSWERED


@dataclass(frozen=True)
class Patience:
    """As patient as in life, but for what a test says."""

    limits: Limits = parking.LIMITS
    timeouts: Timeouts = TIMEOUTS
    relay: RelayTiming = relay.TIMING
    stuck_after_s: float = STUCK_AFTER_S
    unanswered_s: float = UNANSWERED.total_seconds()
    """After this an intent is emitted again."""

    def env(self) -> dict[str, str]:
        """What a process is started with to be so patient."""
        return {"FAULT_PATIENCE": _JSON.dump_json(self).decode()}

    @classmethod
    def of(cls, env: Mapping[str, str]) -> "Patience":
        """As the environment says."""
        return _JSON.validate_json(env.get("FAULT_PATIENCE", "{}"))


_JSON = TypeAdapter(Patience)
