"""The OpenAPI document lists what a route can refuse, from what the route declares."""

from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import jsonschema
import pytest
from fastapi import FastAPI

from tieout_kit.errors import Clash, NotFound
from tieout_kit.http import READERS, Keys, Moment, Version, allow, make_app, refusals
from tieout_local import keys as local


async def nothing_closed(_: UUID) -> tuple[()]:
    return ()


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    made = make_app("Test", "", Keys(local.SigningKeys(tmp_path).jwks_url, local.ISSUER), nothing_closed)

    @made.get("/open")
    async def get_open() -> None: ...

    @made.get("/things", dependencies=[allow(*READERS)])
    async def list_things() -> None: ...

    @made.put("/tenants/{tenant_id}/things", dependencies=[allow(*READERS)], responses=refusals(Clash))
    async def put_thing(tenant_id: UUID, body: dict[str, int]) -> None: ...

    @made.get("/callback", responses=refusals(NotFound))
    async def callback(state: str, since: Moment | None = None) -> None: ...

    @made.put("/version")
    async def put_version(body: dict[str, Version]) -> None: ...

    return made


@pytest.mark.parametrize(
    ("operation", "statuses"),
    [
        ("get /open", [429]),
        ("get /things", [401, 403, 429, 503]),
        ("put /tenants/{tenant_id}/things", [400, 401, 403, 404, 409, 413, 422, 429, 503]),
        ("get /callback", [404, 422, 429]),
    ],
)
def test_each_refusal_follows_from_what_the_route_declares(app: FastAPI, operation: str, statuses: list[int]) -> None:
    method, path = operation.split(" ")

    responses = app.openapi()["paths"][path][method]["responses"]

    assert list(responses) == ["200", *map(str, statuses)]


def test_every_refusal_is_a_problem_detail_with_an_example_that_fits(app: FastAPI) -> None:
    document = app.openapi()
    listed = [
        (status, answer)
        for path in document["paths"].values()
        for operation in path.values()
        for status, answer in operation["responses"].items()
        if status != "200"
    ]

    assert listed
    for status, answer in listed:
        [(media_type, content)] = answer["content"].items()
        assert media_type == "application/problem+json"
        jsonschema.validate(content["example"], {**content["schema"], "components": document["components"]})
        assert content["example"]["status"] == int(status)


@pytest.mark.parametrize("since", ["0.5", "1700000000", "2026-11-27", "2026-11-27T15:00:00", "yesterday"])
async def test_a_moment_is_a_time_with_its_zone(app: FastAPI, since: str) -> None:
    assert (await _request(app, "GET", f"/callback?state=x&since={since}")).status_code == 422
    assert (await _request(app, "GET", "/callback?state=x&since=2026-11-27T15:00:00Z")).status_code == 200


@pytest.mark.parametrize("version", [False, "1", -1, 1.5])
async def test_a_version_is_a_number(app: FastAPI, version: Any) -> None:
    assert (await _request(app, "PUT", "/version", {"version": version})).status_code == 422
    assert (await _request(app, "PUT", "/version", {"version": 1})).status_code == 200


async def test_a_wrong_method_is_answered_with_the_right_ones(app: FastAPI) -> None:
    refused = await _request(app, "DELETE", "/open")

    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET")


async def _request(app: FastAPI, method: str, path: str, body: Any = None) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://us") as http:
        return await http.request(method, path, json=body)
