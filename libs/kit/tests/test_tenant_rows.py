"""The second wall between tenants: a query that finds another's rows shows nothing at all."""

from uuid import uuid4

import pytest

from tieout_kit.postgres import of_tenant

OURS, THEIRS = uuid4(), uuid4()


@pytest.mark.rule("SYS-11")
def test_rows_of_the_tenant_pass_in_their_order() -> None:
    rows = [{"tenant_id": OURS, "id": number} for number in (2, 1)]

    assert of_tenant(iter(rows), OURS) == rows
    assert of_tenant([], OURS) == []


@pytest.mark.rule("SYS-11")
@pytest.mark.parametrize("at", [0, 1, 2])
def test_one_row_of_another_tenant_fails_the_whole_page(at: int) -> None:
    rows = [{"tenant_id": THEIRS if number == at else OURS} for number in range(3)]

    with pytest.raises(AssertionError, match="rows of another tenant"):
        of_tenant(rows, OURS)
