"""Checks a service against its OpenAPI document with schemathesis: valid and invalid requests to every route.

It reports server errors; statuses, content types, headers and bodies that the document does not list; inputs that the
document forbids and the service accepts; undeclared methods and missing tokens that are not refused.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from random import SystemRandom
from uuid import UUID

import uvicorn
from fastapi import FastAPI

from tieout_kit.http import HttpLimits
from tieout_testing.kafka import wait_until

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "ignored_auth",
)


async def keeps_its_contract(
    app: FastAPI, tenant_id: UUID, token: str, *, known: Mapping[str, object], examples: int, seed: int | None = None
) -> bool:
    """Whether schemathesis finds nothing. Its report and its seed are printed; a seed repeats its requests.

    `examples`: how many random requests an operation gets, beside those at the limits of its parameters.
    `known`: ids in paths, of records that exist. Valid requests use them, but for PUT, which makes new records.
    """
    seed = SystemRandom().getrandbits(32) if seed is None else seed
    # Refusals for the number of requests would hide what else is wrong.
    app.state.limits = HttpLimits(rate=1_000_000)
    print(f"schemathesis seed: {seed}")
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "schemathesis.toml"
        config.write_text(_config(tenant_id, known, token))
        async with _served(app) as url:
            return await _run(config, url, examples, seed)


def _config(tenant_id: UUID, known: Mapping[str, object], token: str) -> str:
    """Valid requests name a tenant and records that exist; invalid ids are tried all the same."""
    tenant = f'"path.tenant_id" = "{tenant_id}"\n'
    records = "".join(f'"path.{name}" = "{value}"\n' for name, value in known.items())
    # Not GET: of `…/problems/retry`, a path of POST, it asks for the problem with the id `retry`: 422, not 405.
    return f"""
[parameters]
{tenant}
[auth.openapi.HTTPBearer]
bearer = "{token}"
[phases.coverage]
unexpected-methods = ["TRACE", "PATCH"]
[[operations]]
exclude-method = "PUT"
[operations.parameters]
{tenant}{records}"""


async def _run(config: Path, url: str, examples: int, seed: int) -> bool:
    arguments = [
        "--config-file", str(config), "run", f"{url}/openapi.json", "--url", url, "--seed", str(seed),
        "--max-examples", str(examples), "--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing",
        "--continue-on-failure", "--generation-database", "none", "--no-color",
    ]  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "schemathesis.cli", *arguments,
        cwd=config.parent, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    print(output.decode())
    return process.returncode == 0


@asynccontextmanager
async def _served(app: FastAPI) -> AsyncIterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_level="warning"))
    serving = asyncio.create_task(server.serve())
    await wait_until(lambda: _is_started(server), bool, within=10)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving


async def _is_started(server: uvicorn.Server) -> bool:
    return server.started
