"""The operations of Xero's file that the simulator has, by resource."""

from typing import Any

from xero_sim.accounting import routes
from xero_sim.openapi import Operation, accounting

from .filling import example_of

SPEC = accounting()
NEVER_MADE = (
    "BrandingThemes", "Journals", "LinkedTransactions", "ManualJournals", "PurchaseOrders", "Quotes",
    "RepeatingInvoices", "Users",
)  # fmt: skip
"""Resources of which the simulator has lists, but makes no records like those of the examples."""


def request_example(operation: Operation) -> Any:
    """The body to send, or None."""
    return example_of(SPEC.resolved(operation.body.get("requestBody", {})).get("content"))


def response_example(operation: Operation) -> Any:
    """What comes back, or None."""
    return example_of(SPEC.described(operation, 200))


def _simulated(operation: Operation) -> bool:
    parts = ["x" if part.startswith("{") else part for part in operation.template.strip("/").split("/")]
    found = routes.find(operation.method.upper(), parts)
    return found is not None and found.route is not None and parts[0] not in NEVER_MADE


OPERATIONS = [each for each in SPEC.operations() if _simulated(each)]
RESOURCES = sorted({each.template.split("/")[1] for each in OPERATIONS})


def of(resource: str) -> list[Operation]:
    """Those of one resource."""
    return [each for each in OPERATIONS if each.template.split("/")[1] == resource]
