"""The baseline, bare httpx: `python -m bench.gateway.bare_side URL CALLS AT_ONCE`. CALLS: a file, one call a line.

Prints its CPU time and its elapsed time in seconds, as JSON.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import orjson


async def main(url: str, waiting: list[dict[str, Any]], at_once: int) -> None:
    """Make all calls."""
    limits = httpx.Limits(max_connections=at_once)
    async with httpx.AsyncClient(base_url=url, trust_env=False, limits=limits, timeout=60) as client:

        async def caller() -> None:
            while waiting:
                call = waiting.pop()
                answer = await client.request(call["method"], call["path"], headers=call["headers"], json=call["body"])
                assert answer.status_code == 200, answer.text
                orjson.loads(answer.content)

        cpu, began = time.process_time(), time.monotonic()
        await asyncio.gather(*(caller() for _ in range(at_once)))
        print(json.dumps({"cpu": time.process_time() - cpu, "wall": time.monotonic() - began}))


if __name__ == "__main__":
    calls = [json.loads(line) for line in Path(sys.argv[2]).read_text().splitlines()]
    asyncio.run(main(sys.argv[1], calls, int(sys.argv[3])))
