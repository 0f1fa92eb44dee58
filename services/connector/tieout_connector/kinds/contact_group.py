"""Contact groups: ours with their members, created, and contacts added and removed. Source: docs/xero.md 4.2."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from tieout_connector.kinds.kind import ABSENT, UNKEYED, ComposedCall, WriteKind
from tieout_connector.kinds.matching import NOT_FOUND, body_of, inner_rows, rows_of
from tieout_connector.kinds.pairing import lacks, own_id, safely
from tieout_connector.kinds.record import Listing, Record, Worth
from tieout_connector.kinds.resource_kind import ResourceKind
from tieout_connector.xero.contact_groups import CONTACT_GROUPS, ContactGroupForm, members_of
from tieout_connector.xero.documents import ContactRef
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_connector.xero.scopes import Scope
from tieout_schemas.bodies import ContactGroupBody, GroupLeaverBody, GroupMemberBody
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero_organisation import XeroContactGroup


class ContactGroupWrite(ResourceKind):
    """A contact group that must exist. Any active group of this name counts, whoever created it."""

    name = "contact_group"
    scopes = (Scope.CONTACTS,)
    resource = CONTACT_GROUPS
    mark_fields = ("Name",)
    found_by = "its name, without case, among the active ones"
    repeat = "is refused, since the name is taken"

    def target(self, intent: WriteIntent) -> UUID | None:
        return None

    def pre_reads(self, intents: Sequence[WriteIntent]) -> Sequence[XeroRequest]:
        return [CONTACT_GROUPS.listing()]

    def current_state(self, contents: Sequence[Json], intents: Sequence[WriteIntent]) -> Mapping[str, Json]:
        rows, is_its = rows_of(CONTACT_GROUPS, contents), safely(self.bears_mark)
        return {i.intent_id: row for i in intents for row in rows if is_its(i, row)}

    def already_done(self, intent: WriteIntent, now: Json) -> Json | None:
        return now or None

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> ComposedCall:
        forms = [ContactGroupForm(name=body_of(ContactGroupBody, intent).name) for intent in intents]
        return ComposedCall(*CONTACT_GROUPS.creating(forms, UNKEYED))

    def bears_mark(self, intent: WriteIntent, row: Json) -> bool:
        return row.get("Status") == "ACTIVE" and self.repeats(intent, row)

    def repeats(self, intent: WriteIntent, row: Json) -> bool:
        wanted = body_of(ContactGroupBody, intent).name.strip().casefold()
        return (row.get("Name") or "").strip().casefold() == wanted


class Membership(WriteKind):
    """What both kinds below have in common: members are read with their group."""

    def body(self, intent: WriteIntent) -> GroupMemberBody | GroupLeaverBody:
        """The intent's body."""
        if isinstance(intent.body, GroupLeaverBody):
            return intent.body
        return body_of(GroupMemberBody, intent)

    def batch_key(self, intent: WriteIntent) -> str:
        return str(self.body(intent).group_xero_id)

    def pre_reads(self, intents: Sequence[WriteIntent]) -> Sequence[XeroRequest]:
        return [CONTACT_GROUPS.one(key) for key in sorted({self.body(intent).group_xero_id for intent in intents})]

    def current_state(self, contents: Sequence[Json], intents: Sequence[WriteIntent]) -> Mapping[str, Json]:
        groups = {own_id(row, "ContactGroupID"): row for row in rows_of(CONTACT_GROUPS, contents)}
        keys = {intent.intent_id: self.body(intent).group_xero_id for intent in intents}
        return {intent_id: groups[key] for intent_id, key in keys.items() if key in groups}

    def local_refusal(self, intent: WriteIntent, now: Json) -> tuple[str, ...]:
        return (NOT_FOUND,) if now == ABSENT else ()

    def xero_id(self, element: Json, intent: WriteIntent) -> UUID | None:
        return self.body(intent).contact_xero_id

    def lookup_requests(self, intents: Sequence[WriteIntent], first_sent_at: datetime) -> Sequence[XeroRequest]:
        return self.pre_reads(intents)

    def listed_ids(self, contents: Sequence[Json]) -> Sequence[UUID]:
        # A membership is no record of its own, so none can be taken.
        return ()


class GroupMemberWrite(Membership):
    """A contact that must be in a group."""

    name = "group_member"
    scopes = (Scope.CONTACTS,)
    found_by = "the group's members"
    repeat = "changes nothing more"

    def already_done(self, intent: WriteIntent, now: Json) -> Json | None:
        return _member(now, self.body(intent).contact_xero_id)

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> ComposedCall:
        members = [ContactRef(contact_id=self.body(intent).contact_xero_id) for intent in intents]
        return ComposedCall(*members_of(self.body(intents[0]).group_xero_id).creating(members, UNKEYED))

    def answered(self, content: Json, intents: Sequence[WriteIntent]) -> Mapping[str, Json]:
        # Xero answers with all members of the group.
        members = {intent.intent_id: _member(content, self.body(intent).contact_xero_id) for intent in intents}
        return {intent_id: member for intent_id, member in members.items() if member is not None}


class GroupLeaverWrite(Membership):
    """A contact that must not be in a group."""

    name = "group_leaver"
    scopes = (Scope.CONTACTS,)
    max_per_call = 1
    found_by = "its absence from the group's members"
    repeat = "is answered 404, and counts as done"

    def already_done(self, intent: WriteIntent, now: Json) -> Json | None:
        contact = self.body(intent).contact_xero_id
        gone = now != ABSENT and lacks(now.get("Contacts"), contact, _contact_id)
        return {"ContactID": str(contact)} if gone else None

    def is_terminal(self, intent: WriteIntent) -> bool:
        return True

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> ComposedCall:
        (body,) = map(self.body, intents)
        return ComposedCall(members_of(body.group_xero_id).deleting(body.contact_xero_id), b"")

    def answered(self, content: Json, intents: Sequence[WriteIntent]) -> Mapping[str, Json]:
        # Xero answers with nothing. The call names its only contact.
        return {each.intent_id: {"ContactID": str(self.body(each).contact_xero_id)} for each in intents}


def _member(group: Json, contact_id: UUID) -> Json | None:
    return next((member for member in inner_rows(group.get("Contacts")) if _contact_id(member) == contact_id), None)


def _contact_id(member: Json) -> UUID | None:
    return own_id(member, "ContactID")


def _of_sync(group: Json) -> bool:
    name = (group.get("Name") or "").strip().casefold()
    return name.startswith("sync to ") and name.endswith(("vendors", "customers"))


CONTACT_GROUP = Record(
    resource=CONTACT_GROUPS,
    # The list names no members.
    listings=(Listing(after="Contacts", alone=_of_sync, worth=Worth.CODING),),
    snapshot=XeroContactGroup,
    writes=lambda _: (ContactGroupWrite(), GroupMemberWrite(), GroupLeaverWrite()),
)
