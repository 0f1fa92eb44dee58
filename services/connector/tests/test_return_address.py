"""A consent returns a person only to allowed origins, however an address is written (CONN-1)."""

import pytest

from tieout_connector.connecting.return_address import check, origin_of, origins, with_outcome
from tieout_kit.errors import Refused

pytestmark = pytest.mark.rule("CONN-1")
ALLOWED = origins("https://pay.example", "http://localhost:3000/app")


@pytest.mark.parametrize(
    "address",
    [
        "https://pay.example", "https://pay.example/", "https://PAY.example/bills?tab=xero#top", "HTTPS://pay.example:443/",
        "https://pay.example?next=https://evil.example", "https://pay.example/@evil.example", "http://localhost:3000/any",
    ],
)  # fmt: skip
def test_a_page_of_an_allowed_origin_may_be_returned_to(address: str) -> None:
    check(address, ALLOWED)


@pytest.mark.parametrize(
    "address",
    [
        # Another host that begins or ends like an allowed one.
        "https://pay.example.evil", "https://evil-pay.example", "https://evil.example/pay.example", "https://xpay.example",
        "https://pay.example.", "https://pay.examplé", "https://pay%2eexample",
        # A user name that looks like a host.
        "https://pay.example@evil.example", "https://pay.example:443@evil.example", "https://a:b@pay.example",
        "https://evil.example#@pay.example", "https://evil.example?@pay.example",
        # Browsers read a backslash as a slash, and skip control characters and spaces.
        "https:\\\\pay.example", "https://evil.example\\@pay.example", "https://pay.example\\@evil.example",
        "https://pay.example/\\evil.example", "https://pay.example\n.evil.example", "\thttps://pay.example",
        " https://pay.example", "https://pay.example ", "https://pay.example\x00", "https://\u200bpay.example",
        # Another scheme or port, or none.
        "http://pay.example", "https://pay.example:444", "https://pay.example:0443.evil", "https://pay.example:",
        "http://localhost", "http://localhost:30001", "https://localhost:3000", "ftp://pay.example",
        "javascript:alert(1)", "javascript://pay.example/%0aalert(1)", "data:text/html,x", "//pay.example", "/bills",
        "https:pay.example", "https:/pay.example", "https:///pay.example", "pay.example", "",
    ],
)  # fmt: skip
def test_any_other_address_is_refused_and_the_field_is_named(address: str) -> None:
    with pytest.raises(Refused, match=r"^return_to must be an address of http://localhost:3000 or") as no:
        check(address, ALLOWED)

    assert no.value.status == 422
    assert [error["field"] for error in no.value.details["errors"]] == ["return_to"]


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("http://Pay.Example:80/a", "http://pay.example"),
        ("https://pay.example:80", "https://pay.example:80"),
        ("http://pay_service:8080/a", "http://pay_service:8080"),
        ("http://[::1]:3000/", "http://[::1]:3000"),
    ],
)
def test_an_origin_is_scheme_host_and_a_port_that_is_not_usual(address: str, origin: str) -> None:
    assert origin_of(address) == origin


def test_a_deployment_that_allows_no_origin_by_mistake_does_not_start() -> None:
    with pytest.raises(ValueError, match=r"no origin: \*\.example"):
        origins("https://pay.example", "*.example")


@pytest.mark.parametrize(
    ("page", "url"),
    [
        ("http://localhost:3000", "http://localhost:3000?xero=ok"),
        ("http://localhost:3000/a?b=1", "http://localhost:3000/a?b=1&xero=ok"),
        ("http://localhost:3000/a#top", "http://localhost:3000/a?xero=ok#top"),
    ],
)
def test_the_outcome_is_added_to_the_query(page: str, url: str) -> None:
    assert with_outcome(page, "ok") == url
