"""The client of Xero alone, at the simulator."""

from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx

from tieout_connector.xero.forms import Form
from tieout_connector.xero.http import Upload, XeroAnswer, XeroApi, XeroRequest
from tieout_connector.xero.refusals import refusal_of
from tieout_connector.xero.resource import Resource
from xero_sim import Control

T = TypeVar("T")


class AtXero:
    """The client, its resources and a real token, for one organisation."""

    token = ""

    def __init__(self, client: httpx.AsyncClient, control: Control, org_id: str, app_id: str) -> None:
        self._client = client
        self.control, self.org_id, self.app_id = control, org_id, app_id
        self.api = XeroApi(client, control.url)

    def wait_at_most(self, timeout_s: float) -> None:
        """From now on a call may take so many seconds."""
        self.api = XeroApi(self._client, self.control.url, timeout_s)

    async def consent(self, *scopes: str) -> None:
        """From now on calls are made with a token that covers these."""
        self.token = (await self.control.connect(self.app_id, [self.org_id], scopes=" ".join(scopes)))["access_token"]

    async def call(self, request: XeroRequest, body: bytes | Upload | None = None) -> XeroAnswer:
        return await self.api.call(self.token, UUID(self.org_id), request, body)

    async def all(self, resource: Resource[T], **asked: Any) -> list[T]:
        return resource.rows((await self.call(resource.listing(**asked))).json)

    async def one(self, resource: Resource[T], key: UUID | str) -> T:
        (found,) = resource.rows((await self.call(resource.one(key))).json)
        return found

    async def create(self, resource: Resource[T], *forms: Form) -> T:
        """Made, none refused; the first."""
        return await self._written(resource, resource.creating(forms, str(uuid4())))

    async def update(self, resource: Resource[T], form: Form, xero_id: UUID | str | None = None) -> T:
        return await self._written(resource, resource.updating([form], str(uuid4()), xero_id))

    async def delete(self, resource: Resource[Any], xero_id: UUID | str) -> Any:
        return (await self.call(resource.deleting(xero_id))).json

    async def refused(self, written: tuple[XeroRequest, bytes]) -> tuple[str, ...]:
        """Xero's words about the first element, in a 200."""
        (request, body) = written
        elements = next(value for value in (await self.call(request, body)).json.values() if isinstance(value, list))
        return refusal_of(elements[0])

    async def _written(self, resource: Resource[T], written: tuple[XeroRequest, bytes]) -> T:
        answer = await self.call(*written)
        raws = resource.raws(answer.json)
        assert raws, answer.json
        assert not [refusal_of(raw) for raw in raws if refusal_of(raw)]
        return resource.read(raws[0])
