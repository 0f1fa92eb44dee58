"""The connector's API for a person who waits: look into Xero, now, within its limits."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from tieout_connector.connecting import store
from tieout_connector.inbound import PersonAnswers, PersonRead, interactive_reads
from tieout_connector.kinds import PATHS, SEARCHES
from tieout_connector.xero.http import Request
from tieout_kit.errors import Clash, NotFound
from tieout_kit.http import READERS, allow, refusals
from tieout_kit.postgres import Database, Tx
from tieout_schemas.signals import XeroKind
from tieout_schemas.xero import Snapshot, XeroContact, XeroInvoice, XeroPayment

What = Annotated[str, Path(pattern=f"^({'|'.join(PATHS)})$", json_schema_extra={"enum": list(PATHS)})]
"""What is looked at."""


class Contacts(BaseModel):
    """The contacts that a search found, 20 at most, without address and phone."""

    items: list[XeroContact]


def routes(database: Database, answers: PersonAnswers) -> APIRouter:
    """The routes below /tenants/{tenant_id}/xero."""
    router = APIRouter(prefix="/tenants/{tenant_id}/xero", tags=["looking into Xero"])
    readers = [allow(*READERS)]

    async def look(tenant_id: UUID, kind: XeroKind, request: Request) -> list[Snapshot]:
        async def ask(tx: Tx) -> PersonRead:
            connected = (await store.read(tx, tenant_id)).public.open
            return await interactive_reads.ask(tx, tenant_id, kind, request, connected=connected)

        return await answers.of(await database.run(ask))

    @router.get("/contacts", summary="Look for a contact in Xero, now", dependencies=readers, responses=refusals(Clash))
    async def search(
        tenant_id: UUID, search: Annotated[str, Query(min_length=2, max_length=255, pattern=r"^[^\x00]+$")]
    ) -> Contacts:
        """By name, person, number or address of e-mail. 503 with the moment when Xero's limits do not allow it now."""
        found = await look(tenant_id, XeroKind.CONTACT, SEARCHES[XeroKind.CONTACT](search))
        return Contacts(items=[one for one in found if isinstance(one, XeroContact)])

    @router.get(
        "/{what}/{xero_id}", summary="One record of Xero as it is now", dependencies=readers, responses=refusals(Clash)
    )
    async def one(tenant_id: UUID, what: What, xero_id: UUID) -> XeroContact | XeroInvoice | XeroPayment:
        """503 with the moment when Xero's limits do not allow it now; 404 for what Xero does not have."""
        looked_at = PATHS[what]
        found = await look(tenant_id, looked_at.kind, looked_at.resource.one(xero_id))
        for record in found:
            if isinstance(record, XeroContact | XeroInvoice | XeroPayment):
                return record
        raise NotFound(f"Xero has no such {looked_at.name}")

    return router
