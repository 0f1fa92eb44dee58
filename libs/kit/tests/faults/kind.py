"""People who are contacts in Xero: three fields that both sides change, a group that lasts, a note for each write."""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel

from tieout_kit.sync.arrival import Arrival, Import, Wait, XeroOnly, imported_id
from tieout_kit.sync.facts import Facts
from tieout_kit.sync.field import Field
from tieout_kit.sync.kind import Effect, Kind, Written
from tieout_kit.sync.views import Put, View
from tieout_schemas import topics
from tieout_schemas.bodies import ContactBody, Document, GroupLeaverBody, GroupMemberBody, NoteBody
from tieout_schemas.payload import Origin, OriginKind, Payload
from tieout_schemas.platform import Vendor
from tieout_schemas.roles import Role
from tieout_schemas.topics import KeyedBy, Retention, Topic
from tieout_schemas.writes import Lane
from tieout_schemas.xero import ContactStatus, XeroContact

SERVICE = "contacts"
FIELDS = ("name", "email", "phone")
GROUP = UUID(int=0xF12E)


class InXero(Payload):
    """Somebody changes a contact in Xero; the new value is the event's id. The first change makes it there."""

    ce_type: ClassVar[str] = "fire.in-xero.v1"
    kind: ClassVar[str] = "in_xero"

    xero_id: UUID
    poison: bool = False
    """While its tenant is broken, it cannot be handled."""

    @property
    def key_id(self) -> str:
        return str(self.xero_id)


IN_XERO = Topic("fire.in-xero.v1", "What people do in Xero.", (), (), KeyedBy.RECORD, Retention.DAYS, (InXero,))
_REPLAY = topics.replay_topic(SERVICE)
REPLAY = Topic(_REPLAY.name, _REPLAY.description, (), (), _REPLAY.key, _REPLAY.retention, (*_REPLAY.payloads, InXero))


class PersonIn(BaseModel):
    """A person as a request has them."""

    name: str = ""
    email: str = ""
    phone: str = ""


def changed_field(change_id: str) -> str:
    """Each change changes one field, to its own id."""
    return FIELDS[zlib.crc32(change_id.encode()) % len(FIELDS)]


def belongs_by(email: str) -> bool:
    """Whether a person should be in the group: that changes now and then."""
    return zlib.crc32(email.encode()) % 2 == 0


def as_xero_keeps(name: str, value: str) -> str:
    """Xero writes phones in its own way."""
    return value.upper() if name == "phone" else value


def _content(wanted: PersonIn, _: Vendor | None, person_id: UUID) -> Mapping[str, Any]:
    return {"contact_id": person_id, **wanted.model_dump()}


def _restore(person_id: UUID, seen: XeroContact, _: Facts) -> Vendor | Wait:
    origin = Origin(kind=OriginKind.EVENT, by=str(seen.xero_id), rule="CONT-1")
    shown = {name: getattr(seen, name) for name in FIELDS}
    return Vendor(id=person_id, contact_id=person_id, origin=origin, **shown)


def _arrive(only: XeroOnly[XeroContact], _: Sequence[Vendor], facts: Facts) -> Arrival:
    found = _restore(imported_id(only.tenant_id, only.snapshot.xero_id), only.snapshot, facts)
    assert isinstance(found, Vendor)
    return Import(found, "CONT-1")


def _compose(_: Vendor, __: Facts, parts: Mapping[str, Any]) -> ContactBody:
    return ContactBody(**{name: parts.get(name) for name in FIELDS})


def _group(person: Vendor, _: Facts, xero_id: UUID) -> Sequence[Effect]:
    member = GroupMemberBody(group_xero_id=GROUP, contact_xero_id=xero_id)
    leaver = GroupLeaverBody(group_xero_id=GROUP, contact_xero_id=xero_id)
    return [Effect("group", member, leaver, absent=not belongs_by(person.email))]


def _note(_: Vendor, written: Written) -> Sequence[Effect]:
    text = NoteBody(document=Document.CONTACT, document_xero_id=written.xero_id, text=", ".join(written.fields))
    return [Effect(f"note:{written.revision}", text, lane=Lane.NOTE, once=True)]


def _field(name: str) -> Field:
    return Field(
        name=name,
        theirs=lambda seen, _: getattr(seen, name),
        same=lambda ours, theirs: as_xero_keeps(name, ours) == theirs,
    )


PUT: Put[Vendor] = Put(
    body=PersonIn, summary="Change a person", roles=(Role.BOOKKEEPER,), rule="CONT-3", content=_content
)
PERSON: Kind[Vendor, XeroContact] = Kind(
    record=Vendor,
    topic=topics.CONTACTS_TOPIC,
    snapshot=XeroContact,
    ours=lambda _: True,
    gone=lambda seen: seen.status is not ContactStatus.ACTIVE,
    fields=tuple(_field(name) for name in FIELDS),
    compose=_compose,
    arrive=_arrive,
    restore=_restore,
    effects=_group,
    once=_note,
    rule="CONT-4",
    views=(View(model=Vendor, plural="vendors", put=PUT),),
)
