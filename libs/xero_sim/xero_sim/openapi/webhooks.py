"""Compares webhook payloads with Xero's own file of webhooks."""

from importlib.resources import files

import yaml
from jsonschema import Draft202012Validator

from xero_sim.wire import Json

_SPEC = yaml.safe_load(files("xero_sim.openapi").joinpath("files", "xero-webhooks.prepayment-branch.yaml").read_text())
_FORM = {"CREDITNOTE": "CreditNoteWebhookEvent", "PREPAYMENT": "PrepaymentWebhookEvent"}
_UNLISTED = ("PAYMENT", "OVERPAYMENT")
"""Categories that Xero announced or already sends, but that its file does not have yet."""


def mistakes(payload: Json) -> list[str]:
    """Where a payload differs from Xero's file. Events are checked one by one: the file's forms mix no categories."""
    return [
        f"{error.json_path}: {error.message}"
        for event in payload["events"]
        for error in _validator(event["eventCategory"]).iter_errors({**payload, "events": [event]})
        if not (event["eventCategory"] in _UNLISTED and error.json_path == "$.events[0].eventCategory")
    ]


def _validator(category: str) -> Draft202012Validator:
    form = f"#/components/schemas/{_FORM.get(category, 'WebhookEvent')}"
    return Draft202012Validator({"$ref": form, "components": _SPEC["components"]})
