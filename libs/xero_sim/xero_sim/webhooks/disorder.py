"""Faults of delivery: late, lost, doubled, reordered or wrongly signed payloads. Source: behaviour 74."""

import random
from dataclasses import dataclass, field


@dataclass(slots=True)
class Disorder:
    """Each rate is the share of payloads that it hits; `delay` is (shortest, longest) in real seconds."""

    delay: tuple[float, float] = (0.1, 0.3)
    duplicate: float = 0.0
    loss: float = 0.0
    reorder: float = 0.0
    wrong_signature: float = 0.0
    batch: int = 50
    """The most events in one payload."""
    mix_tenants: bool = True
    """Whether a payload may hold events of several tenants (behaviour 71, unconfirmed)."""
    dice: random.Random = field(default_factory=lambda: random.Random(11))  # noqa: S311

    def hits(self, rate: float) -> bool:
        """Draw whether a fault with this rate hits."""
        return rate > 0 and self.dice.random() < rate

    def pause(self) -> float:
        """Draw the delay of a delivery, in seconds."""
        return self.dice.uniform(*self.delay)
