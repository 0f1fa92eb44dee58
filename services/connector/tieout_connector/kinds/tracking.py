"""How options of tracking categories are created, renamed, archived and restored. Source: docs/xero.md 4.10."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from tieout_connector.kinds.kind import ABSENT, UNKEYED, ComposedCall, WriteKind
from tieout_connector.kinds.matching import body_of
from tieout_connector.kinds.record import Listing, Record
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_connector.xero.scopes import Scope
from tieout_connector.xero.tracking import TRACKING_CATEGORIES, TrackingForm, options_of
from tieout_schemas.bodies import TrackingOptionBody
from tieout_schemas.writes import WriteIntent


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
        rows = [row for content in contents for row in TRACKING_CATEGORIES.raws(content)]
        options = {UUID(row["TrackingCategoryID"]): row.get("Options") or [] for row in rows}
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

    def elements(self, content: Json, intents: Sequence[WriteIntent]) -> Sequence[Json]:
        rows = content.get("Options") or []
        found = [_option(rows, intent) for intent in intents]
        if None in found:
            raise ValueError("an option that was written is not in the answer")
        return [row for row in found if row is not None]

    def xero_id(self, element: Json, intent: WriteIntent) -> UUID | None:
        return UUID(element["TrackingOptionID"]) if element.get("TrackingOptionID") else intent.xero_id

    def lookup_requests(self, intents: Sequence[WriteIntent], first_sent_at: datetime) -> Sequence[XeroRequest]:
        return self.pre_reads(intents)

    def listed_ids(self, contents: Sequence[Json]) -> Sequence[UUID]:
        # Any option of this name counts, whoever created it, so none can be taken.
        return ()


def _option(options: Sequence[Json], intent: WriteIntent) -> Json | None:
    """The intent's option: found by its id if the intent has one, else by its name."""
    wanted = body_of(TrackingOptionBody, intent).name.casefold()
    return next(
        (
            option
            for option in options
            if (
                UUID(option["TrackingOptionID"]) == intent.xero_id
                if intent.xero_id
                else (option.get("Name") or "").casefold() == wanted
            )
        ),
        None,
    )


def _status(body: TrackingOptionBody) -> str:
    return "ACTIVE" if body.active else "ARCHIVED"


TRACKING_CATEGORY = Record(
    resource=TRACKING_CATEGORIES,
    listing=Listing(),
    writes=lambda _: (TrackingOptionWrite(),),
    link=lambda _: "https://go.xero.com/Setup/Tracking.aspx",
)
