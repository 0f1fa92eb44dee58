"""A new role is one declaration in one file: tokens, routes, refusals and the page of roles follow from it."""

from enum import StrEnum
from pathlib import Path
from typing import Any

import httpx
import pytest

from tieout_kit.http import auth
from tieout_kit.http.access import allow
from tieout_kit.http.app import make_app
from tieout_kit.http.auth import CurrentCaller, Keys
from tieout_local import keys as local
from tieout_local.roles import page
from tieout_schemas.roles import Role
from tieout_testing.access_sweep import nothing_closed


def _with_one_more(name: str, value: str) -> Any:
    names: Any = {**{role.name: role.value for role in Role}, name: value}
    return StrEnum("Role", names)


@pytest.mark.rule("SYS-11")
async def test_a_new_role_is_one_declaration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more = _with_one_more("AUDITOR", "auditor")
    # As if roles.py had it: where tokens are read is the one place that lists them all.
    monkeypatch.setattr(auth, "Role", more)
    signing = local.SigningKeys(tmp_path)
    app = make_app("Test", "", Keys(signing.jwks_url, local.ISSUER), nothing_closed)

    @app.get("/books", summary="Look into the books", dependencies=[allow(more.AUDITOR)])
    async def books(caller: CurrentCaller) -> dict[str, str]:
        return {"sub": caller.sub}

    answers: dict[str, httpx.Response] = {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://us") as http:
        for role in more:
            token = signing.token("ana", ["*"], [role])
            answers[role] = await http.get("/books", headers={"Authorization": f"Bearer {token}"})

    assert answers.pop("auditor").json() == {"sub": "ana"}
    assert {a.status_code for a in answers.values()} == {403}
    assert "needs the role auditor" in answers["viewer"].json()["title"]
    assert "| test | GET | `/books` | Look into the books | auditor |  |" in page({"test": app})
