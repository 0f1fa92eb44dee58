"""What a body of an intent must name."""

import json
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from tieout_schemas.bodies import PaymentBody

WRITTEN_BEFORE: dict[str, Any] = {
    "kind": "payment", "bill_xero_id": str(UUID(int=1)), "account_code": "090", "date": "2026-09-20",
    "amount": "10.00", "currency": "NZD", "currency_rate": None, "reference": "P-1",
}  # fmt: skip
"""A payment as it was written when the code was all that could name its account."""


def test_a_payment_by_the_code_of_its_account_is_read_as_ever() -> None:
    read = PaymentBody.model_validate_json(json.dumps(WRITTEN_BEFORE))

    assert (read.account_code, read.account_xero_id) == ("090", None)


@pytest.mark.parametrize("chosen", [{}, {"account_xero_id": UUID(int=9), "account_code": "090"}, {"account_code": ""}])
def test_a_payment_names_its_account_once(chosen: dict[str, Any]) -> None:
    unnamed = {name: value for name, value in WRITTEN_BEFORE.items() if name != "account_code"}

    assert PaymentBody.model_validate(unnamed | {"account_xero_id": UUID(int=9)}).account_code == ""
    with pytest.raises(ValidationError, match="by account_xero_id or by account_code"):
        PaymentBody.model_validate(unnamed | chosen)
