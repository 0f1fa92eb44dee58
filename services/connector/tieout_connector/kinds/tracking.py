"""How options of tracking categories are created, renamed, archived and restored. Source: docs/xero.md 4.10."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from tieout_connector.kinds.kind import ABSENT, UNKEYED, ComposedCall, WriteKind
from tieout_connector.kinds.matching import body_of, inner_rows, rows_of
from tieout_connector.kinds.pairing import objects, only_made, own_id, paired, safely, with_the_last
from tieout_connector.kinds.record import Listing, Record, Worth
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_connector.xero.scopes import Scope
from tieout_connector.xero.tracking import TRACKING_CATEGORIES, TrackingForm, options_of
from tieout_schemas.bodies import TrackingOptionBody
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import XeroTrackingCategory

_NEVER_USED = re.compile(r"not (been |in )?use", re.IGNORECASE)
"""How Xero says that an option was never used (docs/xero.md 4.10)."""


class TrackingOptionWrite(WriteKind):
    """A tracking option. Any option of this name in the category counts, whoever created it."""

    name = "tracking_option"
    scopes = (Scope.SETTINGS,)
    max_per_call = 1
    found_by = "its name, without case, in its category"
    repeat = "is refused, since the name is taken; a repeated update changes nothing"

    def batch_key(self, intent: WriteIntent) -> str:
        return str(body_of(TrackingOptionBody, intent).category_xero_id)

    def pre_reads(self, intents: Sequence[WriteIntent]) -> Sequence[XeroRequest]:
        return [TRACKING_CATEGORIES.listing(includeArchived="true")]

    def current_state(self, contents: Sequence[Json], intents: Sequence[WriteIntent]) -> Mapping[str, Json]:
        rows = rows_of(TRACKING_CATEGORIES, contents)
        options = {own_id(row, "TrackingCategoryID"): inner_rows(row.get("Options")) for row in rows}
        return {
            intent.intent_id: option
            for intent in intents
            if (option := _option(options.get(body_of(TrackingOptionBody, intent).category_xero_id, []), intent))
        }

    def already_done(self, intent: WriteIntent, now: Json) -> Json | None:
        body = body_of(TrackingOptionBody, intent)
        if now == ABSENT and not body.active:
            # An option that does not exist need not be archived.
            return {"Name": body.name, "Status": _status(body)}
        return now if (now.get("Name"), now.get("Status")) == (body.name, _status(body)) else None

    def is_terminal(self, intent: WriteIntent) -> bool:
        return not body_of(TrackingOptionBody, intent).active

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> ComposedCall:
        (intent,) = intents
        body = body_of(TrackingOptionBody, intent)
        options = options_of(body.category_xero_id)
        shown = now.get(intent.intent_id, ABSENT)
        known = intent.xero_id or shown.get("TrackingOptionID")
        if known is None:
            return ComposedCall(*options.creating([TrackingForm(name=body.name)], UNKEYED))
        name = None if shown.get("Name") == body.name else body.name
        status = None if shown.get("Status") == _status(body) else _status(body)
        return ComposedCall(*options.updating([TrackingForm(name=name, status=status)], UNKEYED, known))

    def instead(self, intent: WriteIntent, request: XeroRequest, messages: Sequence[str]) -> ComposedCall | None:
        # An option that was never used cannot be archived. For people, deleted means gone as well (F26).
        never_used = any(_NEVER_USED.search(message) for message in messages)
        if request.method != "POST" or not self.is_terminal(intent) or not never_used:
            return None
        return ComposedCall(XeroRequest("DELETE", request.resource, {}, key=UNKEYED), b"")

    def answered(self, content: Json, intents: Sequence[WriteIntent]) -> Mapping[str, Json]:
        rows = objects(content.get("Options") or [])
        return only_made(with_the_last(paired(intents, rows, _is), intents, rows, _tells), "TrackingOptionID")

    def xero_id(self, element: Json, intent: WriteIntent) -> UUID | None:
        return own_id(element, "TrackingOptionID") or intent.xero_id

    def lookup_requests(self, intents: Sequence[WriteIntent], first_sent_at: datetime) -> Sequence[XeroRequest]:
        return self.pre_reads(intents)

    def listed_ids(self, contents: Sequence[Json]) -> Sequence[UUID]:
        # Any option of this name counts, whoever created it, so none can be taken.
        return ()


def _option(options: Sequence[Json], intent: WriteIntent) -> Json | None:
    """The intent's option: found by its id if the intent has one, else by its name."""
    return next((option for option in options if safely(_is)(intent, option)), None)


def _is(intent: WriteIntent, option: Json) -> bool:
    if intent.xero_id:
        return own_id(option, "TrackingOptionID") == intent.xero_id
    wanted = body_of(TrackingOptionBody, intent).name.strip().casefold()
    return (option.get("Name") or "").strip().casefold() == wanted


def _tells(row: Json) -> bool:
    return bool(row.get("Name")) or own_id(row, "TrackingOptionID") is not None


def _status(body: TrackingOptionBody) -> str:
    return "ACTIVE" if body.active else "ARCHIVED"


TRACKING_CATEGORY = Record(
    resource=TRACKING_CATEGORIES,
    snapshot=XeroTrackingCategory,
    listings=(Listing(worth=Worth.CODING),),
    writes=lambda _: (TrackingOptionWrite(),),
    link=lambda _: "https://go.xero.com/Setup/Tracking.aspx",
)
