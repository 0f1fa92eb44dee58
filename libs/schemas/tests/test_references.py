"""References: what a record waits for is named by one thing that is there, never by a string built by hand."""

import datetime as dt
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout_schemas.platform import Bill, Vendor
from tieout_schemas.references import CONNECTION, moment, record, setting
from tieout_schemas.settings import Choices
from tieout_schemas.xero import XeroContact

HERE, THERE = UUID(int=1), UUID(int=2)
EVERY = [
    CONNECTION,
    *(setting(name) for name in Choices.model_fields),
    *(record(kind, each) for kind in (Bill, Vendor, XeroContact) for each in (HERE, THERE)),
    moment(dt.datetime(2026, 11, 1, tzinfo=dt.UTC)),
    moment(dt.datetime(2026, 11, 1, microsecond=1, tzinfo=dt.UTC)),
]


def test_different_things_have_different_references() -> None:
    assert len({str(one) for one in EVERY}) == len(EVERY)


@pytest.mark.rule("MAP-4")
def test_a_setting_that_is_not_there_is_waited_for_by_nobody() -> None:
    with pytest.raises(KeyError, match="default_expense_acount is no setting"):
        setting("default_expense_acount")


zones = st.integers(-23, 23).map(lambda hours: dt.timezone(dt.timedelta(hours=hours)))
moments = st.datetimes(dt.datetime(1970, 1, 2), dt.datetime(9999, 12, 30), timezones=zones)  # noqa: DTZ001  # hypothesis


@given(moments, moments)
def test_moments_sort_as_text_by_time_whatever_their_zone(one: dt.datetime, other: dt.datetime) -> None:
    assert (str(moment(one)) < str(moment(other))) == (one < other)
