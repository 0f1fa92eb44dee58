"""Xero's books and the connector before them: what people do there, and what becomes of our intents.

It keeps what a connector owes (docs/sync-semantics.md, section 2): each content has its next sequence, an answer is
always a snapshot and tells what it explains, an update on an older state is stale, and a known intent gets its result
again.
"""

import os
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from tieout_kit.clock import next_sequence
from tieout_kit.events import Cause, ReceivedEvent
from tieout_kit.kafka import outbox
from tieout_kit.kafka.outbox import Message
from tieout_kit.postgres.database import Tx
from tieout_schemas.bodies import ContactBody, GroupMemberBody
from tieout_schemas.payload import Answers
from tieout_schemas.topics import CONTACT, WRITE_RESULT
from tieout_schemas.writes import Outcome, WriteIntent, WriteResult
from tieout_schemas.xero import ContactStatus, XeroContact

from .kind import FIELDS, PERSON, InXero, as_xero_keeps, changed_field

TABLES = """
create sequence turns;
create table people (tenant_id uuid, id uuid, xero_id uuid, primary key (tenant_id, id));
create table applied (
    tenant_id uuid, id uuid, side text, field text, value text, parent text, change_id text,
    turn bigint not null default nextval('turns')
);
create table book (
    tenant_id uuid, xero_id uuid, sequence bigint, record_id uuid, name text, email text, phone text, member bool,
    primary key (tenant_id, xero_id)
);
create table answered (
    tenant_id uuid, intent_id text, effect text, record_id uuid, revision bigint, result jsonb,
    turn bigint not null default nextval('turns'), primary key (tenant_id, intent_id)
);
create table flown (
    tenant_id uuid, intent_id text, effect text, record_id uuid, turn bigint not null default nextval('turns'),
    primary key (tenant_id, intent_id)
);
create table broken (tenant_id uuid primary key);
create table returned (change_id text primary key);
create table dropped (intent_id text, tenant_id uuid, primary key (tenant_id, intent_id));
"""
Key = tuple[UUID, UUID]
"""Tenant and Xero's id, or ours."""
_APPLIED = """
insert into applied (tenant_id, id, side, field, value, parent, change_id)
select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])"""
_SAVE = """
insert into book (tenant_id, xero_id, sequence, record_id, name, email, phone, member)
select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::bool[])
on conflict (tenant_id, xero_id) do update set sequence = excluded.sequence, record_id = excluded.record_id,
    name = excluded.name, email = excluded.email, phone = excluded.phone, member = excluded.member"""


@dataclass
class Page:
    """A contact, as Xero has it."""

    tenant_id: UUID
    xero_id: UUID
    sequence: int = 0
    record_id: UUID | None = None
    fields: dict[str, str] = field(default_factory=lambda: dict.fromkeys(FIELDS, ""))
    member: bool = False

    def shown(self, tx: Tx, answers: Answers | None = None) -> XeroContact:
        """A reading of it."""
        return XeroContact(
            xero_id=self.xero_id, record_id=self.record_id, updated_at=tx.now, status=ContactStatus.ACTIVE,
            answers=answers, **self.fields,
        )  # fmt: skip


@dataclass(frozen=True)
class Applied:
    """A value that somebody typed, and the one that it was typed over."""

    key: Key
    side: str
    change_id: str
    parent: str

    async def note(self, tx: Tx) -> None:
        await note(tx, [self])


async def note(tx: Tx, changes: Sequence[Applied]) -> None:
    """Store what was typed; a value that is applied twice is stored twice."""
    fields = [changed_field(one.change_id) for one in changes]
    values = [
        as_xero_keeps(name, one.change_id) if one.side == "xero" else one.change_id
        for name, one in zip(fields, changes, strict=True)
    ]
    await tx.db.execute(
        _APPLIED,
        [one.key[0] for one in changes],
        [one.key[1] for one in changes],
        [one.side for one in changes],
        fields,
        values,
        [one.parent for one in changes],
        [one.change_id for one in changes],
    )


async def in_xero(tx: Tx, events: Sequence[ReceivedEvent[InXero]]) -> None:
    """People change contacts, and the connector reads each. Raises ValueError for poison of a broken tenant."""
    poisoned = {event.tenant_id for event in events if event.data.poison}
    if poisoned and await tx.db.fetch("select from broken where tenant_id = any($1::uuid[])", poisoned):
        raise ValueError("poison")
    new = [event for event in events if event.envelope.replayid is None or await _returns_first(tx, event)]
    pages = await _open(tx, {(event.tenant_id, event.data.xero_id) for event in new})
    typed, published = [], []
    for event in new:
        key, change_id = (event.tenant_id, event.data.xero_id), event.envelope.id
        page = pages.setdefault(key, Page(*key))
        name = changed_field(change_id)
        typed.append(Applied(key, "xero", change_id, page.fields[name]))
        page.fields[name] = as_xero_keeps(name, change_id)
        published.append(_read(tx, page, event.cause))
    await _close(tx, pages.values())
    await note(tx, typed)
    await outbox.add(tx, published)


async def _returns_first(tx: Tx, event: ReceivedEvent[Any]) -> bool:
    """A relay may publish an event twice. If its tenant is broken again, each copy becomes a dead letter and returns.
    Services recognise copies by their sequence, this one by their id. The account checks on Kafka that no dead letter
    is returned twice."""
    new = "insert into returned (change_id) values ($1) on conflict do nothing returning true"
    return bool(await tx.db.fetchval(new, event.envelope.id))


async def gateway(tx: Tx, events: Sequence[ReceivedEvent[WriteIntent]]) -> None:
    """xero.write.v1 → results and snapshots. In a rough world it drops some intents until they are published again."""
    if "FAULT_ROUGH" in os.environ:
        events = [event for event in events if not await _is_dropped(tx, event)]
    keys = [(event.tenant_id, event.data.intent_id) for event in events]
    known = await _known(tx, keys)
    places = await _places(tx, events)
    pages = await _open(tx, set(places.values()))
    published: list[Message] = []
    new = {}
    for event in events:
        key = (event.tenant_id, event.data.intent_id)
        if key not in known:
            page = pages.setdefault(place := places[key], Page(*place))
            known[key] = _carried_out(tx, page, event, published.append)
            new[key] = known[key]
        published.append(outbox.event(tx, WRITE_RESULT, event.tenant_id, known[key], event.sequence, event.cause))
    await _close(tx, [page for page in pages.values() if page.sequence])
    await _remember(tx, new)
    await outbox.add(tx, published)


def _carried_out(
    tx: Tx, page: Page, event: ReceivedEvent[WriteIntent], publish: Callable[[Message], None]
) -> WriteResult:
    intent, is_create = event.data, event.data.xero_id is None
    if intent.effect != PERSON.name:
        if intent.effect == "group":
            page.member = isinstance(intent.body, GroupMemberBody)
        return intent.result(Outcome.DONE, xero_id=intent.xero_id)
    if page.sequence > (intent.base_sequence or 0) if not is_create else page.sequence:
        return intent.result(Outcome.STALE, xero_id=page.xero_id, snapshot_sequence=page.sequence)
    assert isinstance(intent.body, ContactBody)
    body = {name: value for name in FIELDS if (value := getattr(intent.body, name)) is not None}
    page.fields |= {name: as_xero_keeps(name, value) for name, value in body.items()}
    page.record_id = intent.record.id
    publish(_read(tx, page, event.cause, intent.answers(done=True, explains=tuple(body))))
    return intent.result(Outcome.DONE, xero_id=page.xero_id, snapshot_sequence=page.sequence)


def _read(tx: Tx, page: Page, cause: Cause, answers: Answers | None = None) -> Message:
    """The next snapshot of a contact."""
    page.sequence = next_sequence(page.sequence, tx.now)
    return outbox.event(tx, CONTACT, page.tenant_id, page.shown(tx, answers), page.sequence, cause)


async def _places(tx: Tx, events: Sequence[ReceivedEvent[WriteIntent]]) -> dict[tuple[UUID, str], Key]:
    """The contact that each intent is about. For a create: the person's contact, whichever side creates it first."""
    creates = [event for event in events if event.data.xero_id is None]
    rows = await tx.db.fetch(
        "select * from people where (tenant_id, id) in (select * from unnest($1::uuid[], $2::uuid[]))",
        [event.tenant_id for event in creates], [event.data.record.id for event in creates],
    )  # fmt: skip
    known = {(row["tenant_id"], row["id"]): row["xero_id"] for row in rows}
    found = {}
    for event in events:
        record_id = event.data.record.id
        xero_id = event.data.xero_id or known.get((event.tenant_id, record_id)) or uuid5(record_id, "in Xero")
        found[event.tenant_id, event.data.intent_id] = (event.tenant_id, xero_id)
    return found


async def _is_dropped(tx: Tx, event: ReceivedEvent[WriteIntent]) -> bool:
    """Whether the gateway drops an intent: one in four, the first time."""
    intent = event.data.intent_id
    if zlib.crc32(intent.encode()) % 4:
        return False
    new = "insert into dropped (tenant_id, intent_id) values ($1, $2) on conflict do nothing returning true"
    return bool(await tx.db.fetchval(new, event.tenant_id, intent))


async def _open(tx: Tx, keys: Iterable[Key]) -> dict[Key, Page]:
    ordered = sorted(keys)
    columns = [tenant for tenant, _ in ordered], [xero_id for _, xero_id in ordered]
    rows = await tx.db.fetch(
        "select * from book where (tenant_id, xero_id) in (select * from unnest($1::uuid[], $2::uuid[]))"
        " order by tenant_id, xero_id for update", *columns,
    )  # fmt: skip
    return {
        (row["tenant_id"], row["xero_id"]): Page(
            row["tenant_id"], row["xero_id"], row["sequence"], row["record_id"], {n: row[n] for n in FIELDS},
            row["member"],
        )
        for row in rows
    }  # fmt: skip


async def _close(tx: Tx, pages: Iterable[Page]) -> None:
    ordered = sorted(pages, key=lambda page: (page.tenant_id, page.xero_id))
    plain = [[getattr(page, name) for page in ordered] for name in ("tenant_id", "xero_id", "sequence", "record_id")]
    fields = [[page.fields[name] for page in ordered] for name in FIELDS]
    await tx.db.execute(_SAVE, *plain, *fields, [page.member for page in ordered])


async def _known(tx: Tx, keys: Sequence[tuple[UUID, str]]) -> dict[tuple[UUID, str], WriteResult]:
    rows = await tx.db.fetch(
        "select tenant_id, intent_id, result from answered"
        " where (tenant_id, intent_id) in (select * from unnest($1::uuid[], $2::text[]))",
        [tenant for tenant, _ in keys], [intent for _, intent in keys],
    )  # fmt: skip
    return {(row["tenant_id"], row["intent_id"]): WriteResult.model_validate(row["result"]) for row in rows}


async def _remember(tx: Tx, new: dict[tuple[UUID, str], WriteResult]) -> None:
    await tx.db.execute(
        "insert into answered (tenant_id, intent_id, effect, record_id, revision, result)"
        " select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::bigint[], $6::jsonb[])",
        [tenant for tenant, _ in new], [intent for _, intent in new], [result.effect for result in new.values()],
        [result.record.id for result in new.values()], [result.revision for result in new.values()],
        [result.model_dump_json().encode() for result in new.values()],
    )  # fmt: skip
