"""Records of Xero, read now for a person who waits, within Xero's limits."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from fastapi import Request as HttpRequest
from pydantic import BaseModel

from tieout_connector.connecting import connection_store
from tieout_connector.inbound import InteractiveAnswers, InteractiveRead, interactive_reads
from tieout_connector.kinds import PATHS, SEARCHES, spoken
from tieout_connector.xero.http import XeroRequest
from tieout_kit.errors import Clash, NotFound
from tieout_kit.http import READERS, InDatabase, allow, refusals
from tieout_kit.postgres import Database, Tx
from tieout_schemas.signals import XeroKind
from tieout_schemas.xero import Snapshot, XeroContact, XeroInvoice, XeroPayment

ResourceName = Annotated[str, Path(pattern=f"^({'|'.join(PATHS)})$", json_schema_extra={"enum": list(PATHS)})]
"""The name of a resource, as in Xero's paths."""


class Contacts(BaseModel):
    """The contacts that a search found: at most 20, without address and phone."""

    items: list[XeroContact]


router = APIRouter(prefix="/tenants/{tenant_id}/xero", tags=["looking into Xero"], dependencies=[allow(*READERS)])


def _answers(request: HttpRequest) -> InteractiveAnswers:
    answers: InteractiveAnswers = request.app.state.answers
    return answers


InAnswers = Annotated[InteractiveAnswers, Depends(_answers)]


@router.get("/contacts", summary="Search the contacts in Xero, now", responses=refusals(Clash))
async def search_contacts(
    tenant_id: UUID,
    search: Annotated[str, Query(min_length=2, max_length=255, pattern=r"^[^\x00]+$")],
    database: InDatabase,
    answers: InAnswers,
) -> Contacts:
    """By name, person, number or email address. 503, with the moment, while Xero's limits do not allow it."""
    request = SEARCHES[XeroKind.CONTACT](search)
    found = await _read(database, answers, tenant_id, XeroKind.CONTACT, request)
    return Contacts(items=[each for each in found if isinstance(each, XeroContact)])


@router.get("/{resource}/{xero_id}", summary="One record of Xero as it is now", responses=refusals(Clash))
async def get_xero_record(
    tenant_id: UUID, resource: ResourceName, xero_id: UUID, database: InDatabase, answers: InAnswers
) -> XeroContact | XeroInvoice | XeroPayment:
    """404 for a record that Xero does not have. 503, with the moment, while Xero's limits do not allow it."""
    looked_at = PATHS[resource]
    for record in await _read(database, answers, tenant_id, looked_at.kind, looked_at.resource.one(xero_id)):
        if isinstance(record, XeroContact | XeroInvoice | XeroPayment):
            return record
    raise NotFound(f"Xero has no such {spoken(looked_at.resource.name, one=True)}")


async def _read(
    database: Database, answers: InteractiveAnswers, tenant_id: UUID, kind: XeroKind, request: XeroRequest
) -> list[Snapshot]:
    async def ask(tx: Tx) -> InteractiveRead:
        connected = (await connection_store.read(tx, tenant_id)).public.open
        patience = answers.patience
        return await interactive_reads.add(tx, tenant_id, kind, request, connected=connected, patience=patience)

    return await answers.wait_for(await database.run(ask))
