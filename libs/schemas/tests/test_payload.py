"""Values of events: compared by their content, and copied with changes."""

from uuid import UUID

import pytest
from pydantic import ValidationError

from tieout_schemas.payload import Frozen, Origin, OriginKind, RecordRef

BILL = RecordRef(kind="bill", id=UUID(int=1))


class Other(Frozen):
    """Has the fields of a RecordRef."""

    kind: str
    id: UUID


def test_values_are_equal_by_type_and_content() -> None:
    same = RecordRef.model_validate_json(BILL.model_dump_json())

    assert (BILL, hash(BILL)) == (same, hash(same))
    assert BILL.replace(kind="payment") != BILL
    assert Other(kind="bill", id=UUID(int=1)) != BILL
    assert BILL != "bill"


def test_a_copy_has_the_changes_alone() -> None:
    origin = Origin(kind=OriginKind.EVENT, by="a", rule="BILL-1")

    assert origin.replace(by="b") == Origin(kind=OriginKind.EVENT, by="b", rule="BILL-1")
    assert origin.by == "a"
    with pytest.raises(TypeError, match="Origin has no field bye, settings"):
        origin.replace(settings=1, bye="b")
    with pytest.raises(ValidationError):
        origin.replace(kind="nobody")
