"""What the code of a kind uses, to be compared with what the kind declares."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from tieout_kit.sync import Facts, Kind
from tieout_schemas.platform import PlatformRecord
from tieout_schemas.settings import TenantSettings


class _Recording:
    """Settings that note which of them are read."""

    def __init__(self, settings: TenantSettings) -> None:
        self.settings = settings
        self.read: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.read.add(name)
        return getattr(self.settings, name)


def settings_used(kind: Kind[Any, Any], records: Iterable[PlatformRecord], facts: Facts) -> set[str]:
    """The settings that the rules and fields of a kind read. `records` should take every way through the rules."""
    recording: Any = _Recording(facts.settings)
    watched = replace(facts, settings=recording)
    for record in records:
        for rule in kind.rules:
            rule(record, watched)
        if kind.complete:
            kind.complete(record, watched)
    for each in kind.fields:
        each.synced(recording)
        each.owner_for(recording)
    # The merge decides conflicts by it.
    conflicts = {"conflicts"} if any(each.may_conflict for each in kind.fields) else set()
    used: set[str] = recording.read | conflicts
    return used
