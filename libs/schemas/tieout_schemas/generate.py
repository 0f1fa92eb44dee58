"""Writes the JSON Schemas and docs made from these declarations: `python -m tieout_schemas.generate [--check]`."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from tieout_schemas.asyncapi import asyncapi
from tieout_schemas.events_page import events_page
from tieout_schemas.reasons import Reason
from tieout_schemas.settings import Choices, allowed
from tieout_schemas.topics import every_topic

HERE = Path(__file__).resolve().parent.parent
DOCS = HERE.parent.parent / "docs"


def pages() -> dict[Path, str]:
    """Every generated file and its text."""
    made = {}
    for payload in {p.ce_type: p for topic in every_topic() for p in topic.payloads}.values():
        schema = {"$id": payload.ce_type, **payload.model_json_schema(mode="serialization")}
        made[HERE / "generated" / f"{payload.ce_type}.json"] = json.dumps(schema, indent=2) + "\n"
    made[HERE / "generated" / "asyncapi.json"] = asyncapi()
    made[DOCS / "events.md"] = events_page()
    made[DOCS / "problems.md"] = _problems()
    made[DOCS / "settings.md"] = _settings()
    return made


def _problems() -> str:
    rows = [
        f"| `{r.code}` | {r.value.problem_kind} | {r.value.sentence} | {r.value.how_to_fix} | {r.value.who_can_fix} "
        f"| {f'`{r.value.closes_on.ce_type}`' if r.value.closes_on else 'no'} |"
        for r in Reason
    ]
    return "\n".join(
        [
            "# Problems",
            "",
            "Why a record is skipped, held or refused, and what to do about it. A problem closes once its reason is",
            "gone. The last column names the event after which it may close by itself. Made by `make generate`.",
            "",
            "| code | the record is | what happened | what to do | who | may close after |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _settings() -> str:
    return "\n".join(
        [
            "# Settings",
            "",
            "What a tenant can choose, at `/tenants/{tenant}/settings` of the connector. Made by `make generate`.",
            "",
            "| setting | values | default | what it does |",
            "| --- | --- | --- | --- |",
            *(
                f"| `{name}` | {allowed(name)} | `{_plain(f.default)}` | {f.description} |"
                for name, f in Choices.model_fields.items()
            ),
            "",
        ]
    )


def _plain(default: object) -> str:
    return json.dumps(default)


def write_files(made: Mapping[Path, str]) -> int:
    """Write the files that are stale; with --check only list them. Returns the exit code."""
    stale = [path for path, text in made.items() if not path.exists() or path.read_text() != text]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.relative_to(HERE.parent.parent)} is stale: run `make generate`", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made[path])
        print(f"wrote {path.relative_to(HERE.parent.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(write_files(pages()))
