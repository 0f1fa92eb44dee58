"""What a sync rule may answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tieout_kit.sync.facts import Facts
from tieout_schemas.platform import PlatformRecord
from tieout_schemas.reasons import ReasonCode
from tieout_schemas.references import Reference
from tieout_schemas.xero import Snapshot

R = TypeVar("R", bound=PlatformRecord)
S = TypeVar("S", bound=Snapshot)


@dataclass(frozen=True, slots=True)
class Stay:
    """The record has no place in Xero now: a draft, say."""


@dataclass(frozen=True, slots=True)
class Hold:
    """The record waits, and goes by itself when `on` changes."""

    reason: ReasonCode
    params: dict[str, str]
    on: Reference


@dataclass(frozen=True, slots=True)
class Notice:
    """The record goes through, and somebody should look at it."""

    reason: ReasonCode
    params: dict[str, str]


Answer = Stay | Hold | Notice | None


Rule = Callable[[Any, Facts], Answer | Sequence[Hold | Notice]]
"""One sync rule: a pure function of a record and the facts; its docstring begins with the rule's id."""
