"""What Xero has, a person may keep while something else changes; what is new must fit Xero (F24). Pure rules."""

from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from tieout_contacts.contact.edit import RoleIn, content
from tieout_contacts.model import Contact, PartyRole, RoleState
from tieout_kit.errors import Refused
from tieout_schemas.xero import Address
from tieout_testing.builders import ANA_MADE_IT

pytestmark = [pytest.mark.field("F24"), pytest.mark.rule("CONT-6")]
ID = UUID(int=2)
LONG = f"{'6' * 20}-{'9' * 10}-{'1' * 50}"
"""The longest phone that Xero can show: country code, area code and number."""
TWO_LINES = Address(lines=("1 Queen St\r\nLevel 2", "Building A"), city="Auckland\t1010")
THEIRS = Contact(id=ID, origin=ANA_MADE_IT, name="Acme", phone=LONG, address=TWO_LINES, vendor=RoleState(id=ID))


def asked(was: Contact | None, **more: Any) -> dict[str, Any]:
    return dict(content(PartyRole.VENDOR, RoleIn.model_validate({"name": "Acme", **more}), was, ID))


def test_a_long_phone_and_line_breaks_of_xero_may_stay_while_the_email_changes() -> None:
    after = asked(THEIRS, email="a@acme.nz", phone=LONG, address=TWO_LINES.model_dump())

    assert (after["email"], after["phone"], after["address"]) == ("a@acme.nz", LONG, TWO_LINES)


def test_a_line_of_xero_may_move_to_another_place() -> None:
    turned = TWO_LINES.replace(lines=TWO_LINES.lines[::-1])

    assert asked(THEIRS, address=turned.model_dump())["address"] == turned


@pytest.mark.parametrize("was", [None, THEIRS], ids=["a new vendor", "a change"])
@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"phone": "1" * 51}, "phone", "51 characters"),
        ({"phone": "64\n9"}, "phone", "line break"),
        ({"account_number": "A\t7"}, "account_number", "line break"),
        ({"address": {"lines": ["1 Queen St", "Level 2\nDoor 3"]}}, "address.lines.1", "line break"),
        ({"address": {"postal_code": "10\r10"}}, "address.postal_code", "line break"),
    ],
    ids=str,
)
def test_what_is_new_is_refused_with_its_field_and_its_limit(
    was: Contact | None, more: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(Refused, match=words) as refused:
        asked(was, **more)

    assert refused.value.status == 422
    assert refused.value.details == {"field": field}
    assert field in str(refused.value)


@pytest.mark.parametrize("more", [{"phone": "1" * 83}, {"phone": "6\x00"}, {"address": {"city": "\x07"}}], ids=str)
def test_what_xero_cannot_have_is_not_in_the_form(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        asked(THEIRS, **more)
