"""A new setting is one declaration in one file: API, checks, history, events and docs follow from it."""

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

import tieout_schemas
from tieout_local import keys as local

pytestmark = pytest.mark.real

DECLARED = '''    tea_breaks: Annotated[int, Field(ge=0, le=3)] = 1
    """How often the bookkeeper has tea (TEA-1)."""
'''
USED = """
import asyncio, json, sys
from uuid import uuid4
import httpx
from tieout_connector.api import settings as api_settings
from tieout_connector.choices import settings_store
from tieout_kit.http.auth import Keys
from tieout_kit.events import Cause
from tieout_kit.clock import utc_now
from tieout_kit.http.app import make_app
from tieout_kit.postgres.migrate import migrate
from tieout_kit.postgres.database import Database
from tieout_testing.access_sweep import nothing_closed
from tieout_schemas.generate import pages

async def main(url, jwks, issuer, token):
    database, tenant = Database(url, "connector", utc_now), uuid4()
    await database.open()
    await migrate(database, ("tieout_kit", "tieout_connector"))
    async with database.transaction() as tx:
        await settings_store.create(tx, tenant, Cause.request())
    app = make_app("connector", "", Keys(jwks, issuer), nothing_closed)
    app.state.database = database
    app.include_router(api_settings.router)
    at = f"/tenants/{tenant}/settings"
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://us", headers=headers) as http:
        wrong = await http.patch(at, json={"version": 0, "changes": {"tea_breaks": 9}})
        right = await http.patch(at, json={"version": 0, "changes": {"tea_breaks": 3}})
        choices = (await http.get(at + "/choices")).json()
        history = (await http.get(at + "/history")).json()
    async with database.transaction() as tx:
        said = [json.loads(row["value"]) for row in await tx.db.fetch("select value from outbox order by id")]
    made = {path.name: text for path, text in pages().items()}
    print(json.dumps({
        "wrong": [wrong.status_code, wrong.json()["title"]], "right": right.json()["tea_breaks"],
        "choice": next(one for one in choices if one["setting"] == "tea_breaks"),
        "changes": history["items"][0]["changes"], "said": [one["tea_breaks"] for one in said],
        "docs": made["settings.md"], "schema": json.loads(made["tieout.settings.v1.json"])["properties"]["tea_breaks"],
    }))

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.rule("MAP-5")
async def test_a_new_setting_is_one_declaration_in_one_file(database: str, tmp_path: Path) -> None:
    copy = tmp_path / "tieout_schemas"
    shutil.copytree(Path(tieout_schemas.__file__).parent, copy)
    text = (copy / "settings.py").read_text()
    above = "\n\n\nclass TenantSettings(Choices, Payload):"
    assert text.count(above) == 1
    (copy / "settings.py").write_text(text.replace(above, f"\n{DECLARED}{above}"))
    (tmp_path / "keys").mkdir()
    keys = local.SigningKeys(tmp_path / "keys")

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", USED, database, keys.jwks_url, local.ISSUER, keys.token("ana", ["*"], ("admin",)),
        stdout=-1, stderr=-1, env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    out, errors = await asyncio.wait_for(process.communicate(), 60)

    assert process.returncode == 0, errors.decode()
    seen = json.loads(out.splitlines()[-1])
    assert seen["wrong"] == [422, "tea_breaks takes 0 to 3, not 9"]
    assert seen["right"] == 3
    assert {name: seen["choice"][name] for name in ("description", "allowed", "default", "chosen")} == {
        "description": "How often the bookkeeper has tea (TEA-1).", "allowed": "0 to 3", "default": 1, "chosen": 3,
    }  # fmt: skip
    assert seen["changes"] == [{"setting": "tea_breaks", "from": 1, "to": 3}]
    assert seen["said"] == [1, 3]
    assert "| `tea_breaks` | 0 to 3 | `1` | How often the bookkeeper has tea (TEA-1). |" in seen["docs"]
    assert seen["schema"]["maximum"] == 3
