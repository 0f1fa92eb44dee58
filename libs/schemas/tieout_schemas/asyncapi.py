"""Makes the AsyncAPI document of the public topics, with FastStream."""

import ast
import inspect
import json
from dataclasses import MISSING, fields
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import Any

from faststream.kafka import KafkaBroker
from faststream.specification import AsyncAPI

from tieout_schemas.envelope import PREFIX, Envelope
from tieout_schemas.topics import SHARED

VERSION = "1.0.0"
"""Of the document: raised with every change of a public event."""


def asyncapi() -> str:
    """The document, as JSON."""
    broker = KafkaBroker("kafka:9092")
    for topic in SHARED:
        if topic.name.startswith("tieout."):
            broker.publisher(
                topic.name, title=topic.name, description=topic.description, schema=reduce(or_, topic.payloads)
            )
    about = "Events of Tieout that other systems can consume. docs/events.md says what a consumer may rely on."
    made = AsyncAPI(broker, title="Tieout", version=VERSION, description=about, schema_version="3.0.0")
    document = json.loads(made.to_specification().to_json())
    for message in document["components"]["messages"].values():
        _describe_headers(message)
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def _describe_headers(message: dict[str, Any]) -> None:
    message["correlationId"]["location"] = f"$message.header#/{PREFIX}correlationid"
    message["headers"] = {
        "type": "object",
        "properties": {
            PREFIX + name: {"type": "string", "description": about} for name, about in headers_explained().items()
        },
        "required": [PREFIX + each.name for each in fields(Envelope) if each.default is MISSING],
    }


def headers_explained() -> dict[str, str]:
    """The sentence below each field of the envelope, by field."""
    body = ast.parse(inspect.getsource(Envelope)).body[0].body  # type: ignore[attr-defined]
    return {
        ast.unparse(field.target): str(ast.literal_eval(about.value)).replace("\n", " ")
        for field, about in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(about, ast.Expr)
    }
