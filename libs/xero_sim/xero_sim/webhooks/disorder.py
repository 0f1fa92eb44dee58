"""Faults of delivery: what the network and Xero do to payloads on a bad day. Source: behaviour 74."""

import random
from dataclasses import dataclass, field


@dataclass(slots=True)
class Disorder:
    """Each rate is the share of payloads it hits; `delay` is (shortest, longest) in real seconds."""

    delay: tuple[float, float] = (0.1, 0.3)
    duplicate: float = 0.0
    loss: float = 0.0
    reorder: float = 0.0
    wrong_signature: float = 0.0
    batch: int = 50
    """Events a payload holds at most."""
    mix_tenants: bool = True
    """Whether a payload may hold events of several tenants (behaviour 71, unconfirmed)."""
    dice: random.Random = field(default_factory=lambda: random.Random(11))  # noqa: S311

    def hits(self, rate: float) -> bool:
        """Draw once."""
        return rate > 0 and self.dice.random() < rate

    def pause(self) -> float:
        """How long this delivery waits."""
        return self.dice.uniform(*self.delay)
