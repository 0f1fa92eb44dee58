"""F14: an HTML 404 to a list is an answer to our query, and never means that its records are missing."""

from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from tieout_connector.gateway.writer import lookup
from tieout_connector.inbound import interactive_reads
from tieout_connector.inbound.interactive_answers import InteractiveAnswers
from tieout_connector.kinds import SEARCHES
from tieout_connector.xero.errors import MalformedRequest, NoSuchRecord, XeroError
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.responses import classify
from tieout_kit.errors import NotNow
from tieout_kit.events import Cause
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import Outcome
from tieout_testing.connector import ConnectorHarness, contact_intent
from tieout_testing.kafka import running

pytestmark = pytest.mark.field("F14")


def not_found(request: XeroRequest) -> XeroError:
    return classify(404, {"Content-Type": "text/html"}, b"<html>not here</html>", of_list=request.of_list)


@pytest.mark.parametrize(
    ("method", "resource", "error"),
    [
        ("GET", "Invoices", MalformedRequest),
        ("GET", f"Invoices/{UUID(int=1)}", NoSuchRecord),
        ("GET", f"Invoices/{UUID(int=1)}/Attachments", NoSuchRecord),
        # One of the ids in the body is unknown.
        ("POST", "Invoices", NoSuchRecord),
    ],
)
def test_only_a_path_that_names_a_record_can_miss_it(method: str, resource: str, error: type[XeroError]) -> None:
    """Seen to fail when each 404 meant a missing record, and when only the path told a list: a write is no list."""
    assert type(not_found(XeroRequest(method, resource, {}))) is error


@pytest.mark.real
async def test_changes_are_made_although_the_list_of_their_records_is_not_found(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail when nothing was read instead of the list: both changes were refused, as of unknown records."""
    await harness.connect_idle()
    known = [UUID(await harness.their_contact(name)) for name in ("Kea", "Tui")]
    process, hidden = harness.process(), list[XeroRequest]()
    real = process.api.call

    async def call(token: str, org_id: UUID, request: XeroRequest, body: Any = None) -> Any:
        if "IDs" in request.params:
            hidden.append(request)
            raise not_found(request)
        return await real(token, org_id, request, body)

    monkeypatch.setattr(process.api, "call", call)
    await harness.deliver(contact_intent("Kea Ltd", xero_id=known[0]), contact_intent("Tui Ltd", xero_id=known[1]))

    async with harness.working(process):
        results = await harness.results(2)

    assert hidden
    assert [result.outcome for result in results] == [Outcome.DONE, Outcome.DONE]
    assert {contact["Name"] for contact in await harness.xero("Contacts")} == {"Kea Ltd", "Tui Ltd"}


@pytest.mark.real
async def test_a_search_that_is_not_found_is_no_search_that_found_nothing(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail when each 404 meant a missing record: the person got an empty list."""
    await harness.connect_idle()
    answers, process = InteractiveAnswers(harness.database), harness.process()

    async def call(token: str, org_id: UUID, request: XeroRequest, body: Any = None) -> Any:
        raise not_found(request)

    monkeypatch.setattr(process.api, "call", call)
    request = SEARCHES[XeroKind.CONTACT]("paper")

    async with running(answers.run()), harness.working(process):
        read = await harness.database.run(
            lambda tx: interactive_reads.add(tx, harness.tenant_id, XeroKind.CONTACT, request, connected=True)
        )
        with pytest.raises(NotNow, match="Xero was not read"):
            await answers.wait_for(read)


async def test_a_look_up_whose_list_is_not_found_asks_for_each_record_alone() -> None:
    """Seen to fail when each 404 meant a missing record: a record that is there would have been made again."""
    there, gone = uuid4(), uuid4()

    class Caller:
        async def read(self, session: object, lane: object, request: XeroRequest, parent: object) -> Any:
            if request.resource == f"Contacts/{there}":
                return SimpleNamespace(json={"Contacts": [{"ContactID": str(there)}]}), None
            raise not_found(request)

    async def looked_up(**params: str) -> list[Any]:
        call = SimpleNamespace(intents=[SimpleNamespace(cause=Cause.request())])
        asked = XeroRequest("GET", "Contacts", params)
        return await lookup._read_all(cast(Any, Caller()), cast(Any, None), asked, cast(Any, call), [])

    assert await looked_up(IDs=f"{there},{gone}") == [{"Contacts": [{"ContactID": str(there)}]}]
    # Without ids, nothing is known about the records, which must not be made again.
    with pytest.raises(MalformedRequest, match="look-up of Contacts"):
        await looked_up(where="x")
