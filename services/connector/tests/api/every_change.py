"""Every change that a person can make at the connector (SYS-11)."""

from collections.abc import Sequence
from uuid import uuid4

from tieout_connector.inbound import resource_problems
from tieout_kit.events import Cause
from tieout_testing.access_sweep import ANA, ServiceApi
from tieout_testing.audit_sweep import Change, operator_changes, problem_changes
from tieout_testing.connector import contact_intent

from .people import Platform


async def every_change(platform: Platform, service_api: ServiceApi) -> dict[str, Sequence[Change]]:
    """For each operation, by its name, the requests that make a change, each from where it can be made."""
    harness = platform.harness
    org_id = await harness.control.create_org("Kauri Ltd")

    async def another() -> dict[str, object]:
        return {"tenant_id": uuid4()}

    async def consent() -> None:
        back = await harness.consent(service_api.tenant_id, org_id)
        await harness.connections.complete_consent(ANA, back["state"], back["code"], None)

    async def write() -> dict[str, object]:
        intent = contact_intent("Kea")
        await harness.sql("update connection set state = 'connected'")
        await harness.deliver(intent, tenant_id=service_api.tenant_id)
        return {"intent_id": intent.intent_id}

    past = {"kinds": ["bills"], "from_date": "2025-01-01", "to_date": "2025-12-31"}

    async def importing() -> dict[str, object]:
        await harness.sql("update connection set state = 'connected'")
        admin = service_api.token("ana", ["*"], ["admin"])
        url = f"/tenants/{service_api.tenant_id}/history/imports"
        answer = await platform.http.post(url, json=past, headers={"Authorization": f"Bearer {admin}"})
        return {"import_id": answer.json()["id"]}

    async def may_import() -> None:
        await harness.sql("update connection set state = 'connected'; delete from history_import")

    async def connected() -> None:
        await harness.sql("update connection set state = 'connected'; update feed set importing = false")

    async def syncing() -> dict[str, object]:
        await connected()
        admin = service_api.token("ana", ["*"], ["admin"])
        url = f"/tenants/{service_api.tenant_id}/sync"
        answer = await platform.http.post(url, headers={"Authorization": f"Bearer {admin}"})
        return {"job_id": answer.json()["id"]}

    async with harness.database.transaction() as tx:
        tenant_id, reading = service_api.tenant_id, resource_problems.READ
        await resource_problems.not_permitted(tx, tenant_id, "TaxRates", reading, Cause.request())
    return {
        "PUT /tenants/{tenant_id}": [Change({"name": "Kea Café"}, another, makes=True)],
        "PUT /tenants/{tenant_id}/plan": [Change({"closed": ["payments"]}), Change({"closed": []})],
        "POST /tenants/{tenant_id}/connection/consent": [Change({}, always=True)],
        "PUT /tenants/{tenant_id}/connection/organisation": [Change({"org_id": org_id}, consent)],
        "DELETE /tenants/{tenant_id}/connection": [Change()],
        "POST /tenants/{tenant_id}/history/imports": [Change(past, may_import, makes=True)],
        "DELETE /tenants/{tenant_id}/history/imports/{import_id}": [Change(first=importing)],
        "POST /tenants/{tenant_id}/sync": [Change(first=connected, makes=True)],
        "DELETE /tenants/{tenant_id}/sync/{job_id}": [Change(first=syncing)],
        "PATCH /tenants/{tenant_id}/settings": [Change({"version": 0, "changes": {"approved_only_bills": True}})],
        "POST /tenants/{tenant_id}/settings/preview": [],  # saves nothing
        "POST /tenants/{tenant_id}/writes/{intent_id}/cancel": [Change(first=write)],
        "POST /tenants/{tenant_id}/writes/{intent_id}/retry": [Change(first=write, always=True)],
        **problem_changes(service_api),
        **operator_changes(harness.database, service_api.tenant_id),
    }
