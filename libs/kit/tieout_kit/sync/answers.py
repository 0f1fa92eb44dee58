"""The answers that a sync rule may give."""

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
    """The record does not belong in Xero now, for example a draft."""


@dataclass(frozen=True, slots=True)
class Hold:
    """The record waits. It is checked again, and sent if nothing else holds it, when `on` changes."""

    reason: ReasonCode
    params: dict[str, str]
    on: Reference


@dataclass(frozen=True, slots=True)
class Notice:
    """The record is sent, and a person should look at it."""

    reason: ReasonCode
    params: dict[str, str]
    once_settled: bool = False
    """It compares our record with Xero's, so it counts only once nothing of the record waits or is on its way."""


Answer = Stay | Hold | Notice | None


Rule = Callable[[Any, Facts], Answer | Sequence[Hold | Notice]]
"""One sync rule: a pure function of a record and the facts; its docstring begins with the rule's id."""
