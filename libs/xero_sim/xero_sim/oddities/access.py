"""Refusals that do not mean that the consent is lost."""

from collections.abc import Mapping
from typing import Any

from xero_sim.accounting.call import Call
from xero_sim.answers import HTML, Answer, scope_missing, tenant_refused
from xero_sim.oddities.oddity import Oddity


def not_permitted(call: Call, options: Mapping[str, Any]) -> Answer | None:
    """Refuse the call with the `status` 401 or 403, as for a person who lacks the right."""
    return scope_missing() if options.get("status", 401) == 401 else tenant_refused()


def firewall(call: Call, options: Mapping[str, Any]) -> Answer | None:
    """Refuse the call with a page, as a firewall before Xero does."""
    return Answer(403, b"<!DOCTYPE html><html><body><h1>Request blocked</h1></body></html>", HTML)


ODDITIES = {
    "not-permitted": Oddity("F13", "The person who connected lacks this right: `status` 401 or 403.", not_permitted),
    "firewall": Oddity("F13", "A firewall answers 403 with a page.", firewall),
}
