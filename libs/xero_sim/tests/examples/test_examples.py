"""The examples of Xero's file: each request is accepted, each response is produced in kind."""

import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from xero_sim.app_client import Xero
from xero_sim.openapi import Operation

from .covered import OPERATIONS, RESOURCES, of, request_example, response_example
from .exceptions import EXCEPTIONS, excepted
from .filling import Filling
from .shop import Shop

KINDS = {dict: "object", list: "array", str: "text", bool: "flag", int: "number", float: "number", type(None): "null"}
Shape = set[tuple[str, str]]


def places(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Where there is what: `Contacts.Name` is text; what a list holds is at the list's own place."""
    yield at, KINDS[type(value)]
    if isinstance(value, list):
        for each in value:
            yield from places(each, at)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from places(each, f"{at}.{name}".lstrip("."))


async def shape(shop: Shop, operation: Operation) -> Shape:
    """The shape of what the simulator answers, of a read: over all records of the kind."""
    example = request_example(operation)
    body = Filling(shop).body(example) if example is not None else None
    paths = shop.paths(operation)
    found: Shape = set()
    for path in [*paths, f"{paths[0]}?page=1"] if operation.method == "get" else paths[:1]:
        answer = await shop.xero.call(operation.method.upper(), path, body)
        assert answer.status_code < 300, f"{operation}: {path} {body}\n{answer.text}"
        if answer.headers.get("content-type", "").startswith("application/json"):
            found |= set(places(orjson.loads(answer.content)))
    return found


@pytest.mark.parametrize("resource", RESOURCES)
async def test_requests_are_accepted_and_responses_produced_in_kind(resource: str, xero: Xero) -> None:
    shop, changed = await Shop.open(xero, resource), False
    read: Shape = set()
    produced: list[tuple[Operation, Shape]] = []
    for operation in of(resource):
        if changed:
            shop = await Shop.open(xero, resource)
        found = await shape(shop, operation)
        # A note more changes nothing else, and a shop takes time to open.
        changed = operation.method != "get" and not operation.template.endswith("/History")
        read |= found if operation.method == "get" else set()
        produced.append((operation, found))

    missing = [
        f"{operation}: {place} is {kind}"
        for operation, found in produced
        for place, kind in sorted(set(places(response_example(operation))) - found - read)
        if place and not excepted(place)
    ]
    assert not missing, "\n".join(missing)


def test_the_examples_of_every_resource_are_tried() -> None:
    requests = [request_example(each) for each in OPERATIONS]
    responses = [response_example(each) for each in OPERATIONS]

    assert len(RESOURCES) == 16
    assert (sum(each is not None for each in requests), sum(each is not None for each in responses)) == (50, 116)


def test_every_exception_is_of_some_example() -> None:
    seen = {place for each in OPERATIONS for place, _ in places(response_example(each))}

    assert [pattern for pattern in EXCEPTIONS if not any(re.search(f"{pattern}$", place) for place in seen)] == []
