"""Each rule of a kind begins its docstring with its id: a trace shows which rule holds a record (docs/tracing.md)."""

import re
from pathlib import Path
from typing import Any

import pytest

from tieout_bills.app import SERVICE as BILLS
from tieout_contacts.app import SERVICE as CONTACTS
from tieout_kit.records.decision_spans import _RULE
from tieout_payments.app import SERVICE as PAYMENTS

RULES = [rule for service in (CONTACTS, BILLS, PAYMENTS) for kind in service.kinds for rule in kind.rules]
KNOWN = set(re.findall(r"^\| ([A-Z]+-\d+) \|", (Path(__file__).parents[1] / "docs/sync-rules.md").read_text(), re.M))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_begins_with_an_id_of_the_sync_rules(rule: Any) -> None:
    found = _RULE.match(rule.__doc__ or "")

    assert found, rule.__doc__
    assert found[0] in KNOWN
