"""Which contacts Xero accepts. Source: docs/xero.md 4.1, behaviours 43-45."""

import re

ARCHIVED = (
    "The specified contact details matched an archived contact. "
    "Archived contacts cannot currently be edited via the API."
)
NAME_MISSING = "The contact name must be specified"
EMAIL_INVALID = "Email address must be valid."
TOO_MANY_PERSONS = "A contact can have at most 5 contact persons"

LENGTHS = {
    "Name": 255, "FirstName": 255, "LastName": 255, "EmailAddress": 255, "ContactNumber": 50,
    "AccountNumber": 50, "CompanyNumber": 50, "TaxNumber": 50,
}  # fmt: skip

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")


def name_key(name: str) -> str:
    """The form in which names are compared: without case, and without spaces at the ends."""
    return name.strip().casefold()


def name_taken(name: str) -> str:
    """The refusal of a second active contact with the same name (behaviour 44)."""
    return (
        f"The contact name {name} is already assigned to another contact. "
        "The contact name must be unique across all active contacts."
    )


ACCOUNT_NUMBER_TAKEN = "The Account Number already exists. Please enter a different Account Number."
"""The refusal of a second contact with the same AccountNumber (calcinai/xero-php#880)."""


def number_taken(number: str) -> str:
    """The refusal of a second contact with the same ContactNumber."""
    return f"The contact number {number} is already assigned to another contact."


def refuse_values(name: str, email: str, persons: int, texts: dict[str, str | None]) -> list[str]:
    """Every reason against these values that does not depend on other records."""
    problems = []
    if not name.strip():
        problems.append(NAME_MISSING)
    if "<" in name or ">" in name:
        problems.append("The contact name cannot contain angle brackets")
    if email and not _EMAIL.match(email):
        problems.append(EMAIL_INVALID)
    if persons > 5:
        problems.append(TOO_MANY_PERSONS)
    problems += [
        f"The {field} field must be less than or equal to {limit} characters"
        for field, limit in LENGTHS.items()
        if len(texts.get(field) or "") > limit
    ]
    return problems
