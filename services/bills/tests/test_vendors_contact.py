"""A bill whose vendor's contact is merged or archived in Xero waits, and says why (CONT-14, SYS-10). Pure rules."""

from uuid import UUID, uuid4

import pytest

from tieout_bills.bill import BILL
from tieout_bills.bill.rules import the_vendors_contact_must_be_in_use
from tieout_kit.sync import Hold
from tieout_schemas.platform import Vendor
from tieout_schemas.reasons import Reason
from tieout_schemas.references import record
from tieout_testing.builders import bill, facts, vendor

VENDOR_ID, CONTACT_XERO_ID, WINNER = uuid4(), uuid4(), uuid4()
IN_USE = vendor(VENDOR_ID, CONTACT_XERO_ID)
ARCHIVED = IN_USE.replace(sync=IN_USE.sync.replace(gone_in_xero=True))
MERGED = ARCHIVED.replace(merged_to=WINNER)


def held(reason: Reason) -> Hold:
    return Hold(reason, {"number": "B-1", "vendor": "Acme"}, record(Vendor, VENDOR_ID))


@pytest.mark.field("F27")
@pytest.mark.parametrize(
    ("known", "bill_xero_id", "answer"),
    [
        (IN_USE, None, None),
        (MERGED, None, held(Reason.VENDOR_MERGED_IN_XERO)),
        # Its contact in Xero is the other one already, and ours would be sent.
        (MERGED, uuid4(), held(Reason.VENDOR_MERGED_IN_XERO)),
        (ARCHIVED, None, held(Reason.VENDOR_ARCHIVED_IN_XERO)),
        # Xero still takes changes of a bill that it has.
        (ARCHIVED, uuid4(), None),
    ],
    ids=["in use", "merged", "merged, and the bill is in Xero", "archived", "archived, and the bill is in Xero"],
)
def test_a_bill_waits_for_a_contact_that_takes_bills(
    known: Vendor, bill_xero_id: UUID | None, answer: Hold | None
) -> None:
    one = bill(uuid4(), bill_xero_id, vendor_id=VENDOR_ID)

    assert the_vendors_contact_must_be_in_use(one, facts(known)) == answer


@pytest.mark.field("F27")
def test_a_bill_is_checked_again_when_its_vendors_contact_is_archived_merged_or_moved() -> None:
    [dependency] = BILL.depends_on

    looks = [dependency.looks_at(each) for each in (IN_USE, ARCHIVED, MERGED, vendor(VENDOR_ID, WINNER))]

    assert len(set(looks)) == 4
    assert dependency.looks_at(IN_USE) == dependency.looks_at(IN_USE.replace(phone="64-9-1"))
