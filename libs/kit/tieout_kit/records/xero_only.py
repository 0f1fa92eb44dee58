"""Unlinked records of Xero, stored as last seen, with what they wait for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from tieout_kit import problems
from tieout_kit.postgres import Tx, queries
from tieout_kit.problems import Finding, FoundProblem
from tieout_kit.records import store
from tieout_kit.records.store import MatchKey, RecordKey
from tieout_kit.sync import Arrival, Desk, Kind, Skip, Wait, XeroOnly
from tieout_schemas.platform import PlatformRecord
from tieout_schemas.xero import Snapshot

_SQL = queries.load("tieout_kit", "xero_only.sql")
_SEPARATOR = "\x1f"
R = TypeVar("R", bound=PlatformRecord)
S = TypeVar("S", bound=Snapshot)


@dataclass(frozen=True, slots=True)
class StoredXeroOnly(Generic[S]):
    """An unlinked record of Xero as it was stored. `has_problem`: it has an open problem."""

    only: XeroOnly[S]
    names: tuple[str, ...]
    has_problem: bool


class XeroOnlyStore(Generic[R, S]):
    """The unlinked records of Xero that may belong to one kind."""

    def __init__(self, kind: Kind[R, S]) -> None:
        self._kind = kind

    async def load(
        self, tx: Tx, xero_ids: Iterable[RecordKey], match_keys: Iterable[MatchKey] = ()
    ) -> dict[RecordKey, StoredXeroOnly[S]]:
        """Lock and load records by Xero's id and by match key."""
        ids, keys = list(dict.fromkeys(xero_ids)), list(dict.fromkeys(match_keys))
        rows = await tx.db.fetch(
            *_SQL["load"](
                kind=self._kind.name,
                tenant_ids=[tenant_id for tenant_id, _ in ids],
                xero_ids=[xero_id for _, xero_id in ids],
                match_tenant_ids=[tenant_id for tenant_id, _ in keys],
                match_keys=[key for _, key in keys],
            )
        )
        return {(row["tenant_id"], one.only.snapshot.xero_id): one for row in rows if (one := self._stored(row))}

    async def save(self, tx: Tx, desk: Desk[R, S], before: Mapping[RecordKey, StoredXeroOnly[S]]) -> None:
        """Store the records that changed, delete those that are linked now, and open or close their problems."""
        gone = [key for key in desk.changed_only if key not in desk.xero_only]
        kept = sorted({*desk.changed_only, *desk.arrivals} & desk.xero_only.keys())
        if gone:
            tenant_ids, xero_ids = [tenant_id for tenant_id, _ in gone], [xero_id for _, xero_id in gone]
            await tx.db.execute(*_SQL["forget"](kind=self._kind.name, tenant_ids=tenant_ids, xero_ids=xero_ids))
        if kept:
            await self._store(tx, desk, kept, before)
        await self._update_problems(tx, desk, before)
        await store.refer(
            tx,
            [(key, self._named, name) for key in [*gone, *kept] if key in before for name in before[key].names],
            [(key, self._named, name) for key in kept for name in self._names(desk, key, before)],
        )

    @property
    def _named(self) -> str:
        return self._kind.snapshot.kind

    async def _store(
        self, tx: Tx, desk: Desk[R, S], kept: Sequence[RecordKey], before: Mapping[RecordKey, StoredXeroOnly[S]]
    ) -> None:
        match, only = self._kind.match, [desk.xero_only[key] for key in kept]
        await tx.db.execute(
            *_SQL["save"](
                kind=self._kind.name,
                tenant_ids=[tenant_id for tenant_id, _ in kept],
                xero_ids=[xero_id for _, xero_id in kept],
                sequences=[one.sequence for one in only],
                match_keys=[match.theirs(one.snapshot) if match else None for one in only],
                formers=[one.former for one in only],
                names=[_SEPARATOR.join(self._names(desk, key, before)) for key in kept],
                has_problems=[self._has_problem(desk, key, before) for key in kept],
                docs=[one.snapshot.model_dump_json().encode() for one in only],
            )
        )

    async def _update_problems(self, tx: Tx, desk: Desk[R, S], before: Mapping[RecordKey, StoredXeroOnly[S]]) -> None:
        findings = []
        for key, (decision, cause, asked_by) in desk.arrivals.items():
            found = _found(decision) if key in desk.xero_only else ()
            if found or (key in before and before[key].has_problem) or asked_by:
                version = desk.facts_of(key[0]).settings.version
                findings.append(Finding(*key, cause, found, settings_version=version, retried_by=asked_by))
        findings += self._linked(desk, before)
        await problems.update(tx, self._named, findings)

    def _linked(self, desk: Desk[R, S], before: Mapping[RecordKey, StoredXeroOnly[S]]) -> Iterable[Finding]:
        """Records that a person linked, or that bear the id of one of ours, have no problem any more."""
        for key in desk.changed_only - desk.xero_only.keys() - desk.arrivals.keys():
            if key in before and before[key].has_problem and (work := desk.linked_to(*key)):
                yield Finding(*key, work.cause, settings_version=work.facts.settings.version)

    def _names(
        self, desk: Desk[R, S], key: RecordKey, before: Mapping[RecordKey, StoredXeroOnly[S]]
    ) -> tuple[str, ...]:
        if key in desk.arrivals:
            decision = desk.arrivals[key][0]
            return (str(decision.on),) if isinstance(decision, Wait) and decision.on else ()
        return before[key].names if key in before else ()

    def _has_problem(self, desk: Desk[R, S], key: RecordKey, before: Mapping[RecordKey, StoredXeroOnly[S]]) -> bool:
        if key in desk.arrivals:
            return bool(_found(desk.arrivals[key][0]))
        return key in before and before[key].has_problem

    def _stored(self, row: Any) -> StoredXeroOnly[S]:
        snapshot = self._kind.snapshot.model_validate_json(row["doc"])
        only = XeroOnly(row["tenant_id"], row["sequence"], snapshot, row["former"])
        return StoredXeroOnly(only, tuple(name for name in row["names"] if name), row["has_problem"])


def _found(decision: Arrival) -> tuple[FoundProblem, ...]:
    match decision:
        case Skip(reason, params):
            return (FoundProblem(reason, params),)
        case Wait(on, reason, params) if reason:
            return (FoundProblem(reason, params, on),)
        case _:
            return ()


def keys_of(only: Mapping[RecordKey, StoredXeroOnly[Any]]) -> list[tuple[UUID, Any]]:
    """The tenant and snapshot of each record."""
    return [(one.only.tenant_id, one.only.snapshot) for one in only.values()]
