"""Finds the operation of a call, and checks an answer against its schema.

Strict: a key that the schema does not name, a missing one that it requires, a null, a wrong type, an unknown enum
value, a malformed uuid or `/Date()/` are all reported.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from jsonschema import Draft4Validator, FormatChecker, ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT4

from xero_sim.openapi import mistakes
from xero_sim.openapi.reading import Json, close, correct, read

METHODS = ("get", "put", "post", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path template."""

    method: str
    template: str
    body: Json
    """The operation object of the file."""

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.template}"


class Spec:
    """One file after correction. `base` is the beginning of its paths."""

    def __init__(self, name: str, base: str, known_mistakes: Iterable[mistakes.Mistake] = ()) -> None:
        self.base = base
        self.file = read(name)
        correct(self.file, known_mistakes)
        close(self.file["components"]["schemas"])
        self._uri = f"xero:{name}"
        self._registry: Registry[Any] = Registry().with_resource(self._uri, DRAFT4.create_resource(self.file))
        self._validators: dict[str, Draft4Validator] = {}

    def operations(self) -> Iterator[Operation]:
        """All operations of the file."""
        for template, item in self.file["paths"].items():
            for method in METHODS:
                if method in item:
                    yield Operation(method, template, item[method])

    def operation(self, method: str, path: str) -> Operation | None:
        """The operation of a call, or None. A literal part of a template wins over a variable one."""
        if not path.lower().startswith(self.base.lower()):
            return None
        parts = path[len(self.base) :].split("?", maxsplit=1)[0].strip("/").split("/")
        fitting = [each for each in self.operations() if each.method == method.lower() and _fits(each.template, parts)]
        return min(fitting, key=lambda each: each.template.count("{"), default=None)

    def resolved(self, node: Json) -> Json:
        """The object itself, or the one that it refers to."""
        while "$ref" in node:
            *_, kind, name = node["$ref"].split("/")
            node = self.file["components"][kind][name]
        return node

    def described(self, operation: Operation, status: int) -> Json | None:
        """The content of an answer with this status, by media type; empty for no body. None: no such answer."""
        answer = operation.body["responses"].get(str(status))
        content: Json | None = self.resolved(answer).get("content", {}) if answer else None
        return content

    def differences(self, schema: Json, value: object) -> list[str]:
        """Where a value does not match a schema of this file."""
        known = repr(schema)
        if known not in self._validators:
            absolute = {"$ref": self._uri + schema["$ref"]} if "$ref" in schema else _absolute(schema, self._uri)
            self._validators[known] = Draft4Validator(absolute, registry=self._registry, format_checker=_checker())
        found: Iterable[ValidationError] = self._validators[known].iter_errors(value)
        return [f"{each.json_path}: {each.message[:300]}" for each in found]


def _absolute(schema: Json, uri: str) -> Json:
    return {key: {"$ref": uri + value["$ref"]} if key == "items" else value for key, value in schema.items()}


def _fits(template: str, parts: list[str]) -> bool:
    wanted = template.strip("/").split("/")
    return len(wanted) == len(parts) and all(
        name.startswith("{") or name.lower() == part.lower() for name, part in zip(wanted, parts, strict=True)
    )


@cache
def _checker() -> FormatChecker:
    # Draft 4 does not know `uuid`. `date` is not checked: it is `/Date()/` here, and has a pattern.
    return FormatChecker(["uuid"])


@cache
def accounting() -> Spec:
    """The Accounting API."""
    return Spec("xero_accounting.yaml", "/api.xro/2.0", mistakes.ACCOUNTING)


@cache
def identity() -> Spec:
    """Connections."""
    return Spec("xero-identity.yaml", "", mistakes.IDENTITY)
