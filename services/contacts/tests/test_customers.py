"""A vendor and a customer of one name are one contact, in Xero and here (CONT-5), in both orders of everything."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_schemas.bodies import ContactBody
from tieout_schemas.platform import ContactRole, Customer, SyncState, Vendor
from tieout_schemas.roles import Feature
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import Address, ContactStatus
from tieout_testing.builders import done, xero_contact
from tieout_testing.service_harness import ServiceHarness

pytestmark = [pytest.mark.real, pytest.mark.rule("CONT-5")]

XERO_ID, VENDOR_ID, CUSTOMER_ID = uuid4(), uuid4(), uuid4()
VENDOR, CUSTOMER = f"vendors/{VENDOR_ID}", f"customers/{CUSTOMER_ID}"
MODELS: dict[str, type[ContactRole]] = {VENDOR: Vendor, CUSTOMER: Customer}
EMPTY: dict[str, Any] = {"email": "", "phone": "", "address": Address(), "account_number": ""}
both_orders = pytest.mark.parametrize(
    ("first", "second"), [(VENDOR, CUSTOMER), (CUSTOMER, VENDOR)], ids=["v, c", "c, v"]
)


def id_of(path: str) -> UUID:
    return UUID(path.split("/")[1])


async def last(harness: ServiceHarness, path: str) -> ContactRole:
    return (await harness.published(MODELS[path]))[-1]


async def in_step(harness: ServiceHarness, *paths: str, **content: Any) -> None:
    """One contact with these roles, in Xero."""
    await harness.connect()
    for path in paths:
        await harness.put(path, {"name": "Acme", **content})
    [create] = await harness.published(WriteIntent)
    await harness.deliver(*done(create, xero_contact(XERO_ID, **content)))


@both_orders
async def test_they_are_one_contact_and_one_intent(harness: ServiceHarness, first: str, second: str) -> None:
    await harness.connect()

    await harness.put(first, {"name": "Acme"})
    joined = await harness.put(second, {"name": "ACME"})

    [intent] = await harness.published(WriteIntent)
    assert intent.record.id == id_of(first)
    assert joined.status_code == 200
    assert (joined.json()["id"], joined.json()["contact_id"]) == (str(id_of(second)), str(id_of(first)))
    # The latest spelling is both roles' own, and goes to Xero after the create.
    assert (await last(harness, first)).name == (await last(harness, second)).name == "ACME"
    await harness.deliver(*done(intent, xero_contact(XERO_ID)))
    [_, update] = await harness.published(WriteIntent)
    assert (update.xero_id, update.body) == (XERO_ID, ContactBody(name="ACME", **EMPTY))


@both_orders
async def test_who_joins_what_is_in_step_sends_nothing_of_its_own(
    harness: ServiceHarness, first: str, second: str
) -> None:
    await in_step(harness, first, phone="1")
    known = len(await harness.published(MODELS[first]))

    answer = await harness.put(second, {"name": "Acme"})

    assert answer.json()["sync"]["state"] == SyncState.IN_STEP
    assert (answer.json()["sync"]["xero_id"], answer.json()["phone"]) == (str(XERO_ID), "1")
    assert len(await harness.published(WriteIntent)) == 1
    assert len(await harness.published(MODELS[first])) == known


@both_orders
async def test_what_who_joins_names_is_taken_and_what_it_leaves_out_stays(
    harness: ServiceHarness, first: str, second: str
) -> None:
    await in_step(harness, first, phone="1", email="a@acme.nz")

    await harness.put(second, {"name": "Acme", "phone": "2"})

    for path in (first, second):
        shown = await last(harness, path)
        assert (shown.phone, shown.email) == ("2", "a@acme.nz")
    [_, update] = await harness.published(WriteIntent)
    assert update.body == ContactBody(name="Acme", **(EMPTY | {"phone": "2", "email": "a@acme.nz"}))


@both_orders
async def test_made_at_once_they_are_one_contact_and_one_intent(
    harness: ServiceHarness, first: str, second: str
) -> None:
    await harness.connect()

    await harness.overlap(harness.putting(first, {"name": "Acme"}), harness.putting(second, {"name": "Acme"}))

    assert (await last(harness, second)).contact_id == id_of(first)
    assert len(await harness.published(WriteIntent)) == 1


@both_orders
async def test_a_joined_role_put_again_changes_nothing_and_changed_it_names_its_state(
    harness: ServiceHarness, first: str, second: str
) -> None:
    await in_step(harness, first, second)
    before = await harness.published(ContactRole)

    again, unseen = await harness.put(second, {"name": "Acme"}), await harness.put(second, {"name": "Acme Ltd"})
    unchanged = await harness.published(ContactRole)
    changed = await harness.change(second, {"name": "Acme Ltd"})

    assert (again.status_code, unseen.status_code, changed.status_code) == (200, 428, 200)
    assert unchanged == before


@both_orders
async def test_a_second_role_of_a_name_is_refused_and_told_which_one_has_it(
    harness: ServiceHarness, first: str, second: str
) -> None:
    await in_step(harness, first, second)
    kind, plural = MODELS[second].kind, second.split("/", maxsplit=1)[0]

    answer = await harness.put(f"{plural}/{uuid4()}", {"name": "ACME"})

    assert answer.status_code == 409
    assert f"{kind} {id_of(second)} is already called ACME" in answer.json()["title"]


@both_orders
async def test_two_contacts_never_become_one_by_a_new_name(harness: ServiceHarness, first: str, second: str) -> None:
    await harness.connect()
    await harness.put(first, {"name": "Acme"})
    await harness.put(second, {"name": "Beta"})

    answer = await harness.change(second, {"name": "Acme"})

    assert answer.status_code == 409
    assert f"{MODELS[first].kind} {id_of(first)} is already called Acme" in answer.json()["title"]
    assert len(await harness.published(WriteIntent)) == 2


@both_orders
async def test_a_shared_field_changed_through_one_shows_in_both_with_the_contacts_sequence(
    harness: ServiceHarness, first: str, second: str
) -> None:
    await in_step(harness, first, second)

    answer = await harness.change(second, {"name": "Acme", "phone": "2"})

    shown = [(await harness.published_with_sequence(MODELS[path]))[-1] for path in (first, second)]
    assert [role.phone for role, _ in shown] == ["2", "2"]
    assert {f'"{sequence}"' for _, sequence in shown} == {answer.headers["ETag"]}
    assert {(await harness.get(path)).headers["ETag"] for path in (first, second)} == {answer.headers["ETag"]}
    assert len(await harness.published(WriteIntent)) == 2


@both_orders
async def test_a_change_in_xero_shows_in_both_with_the_contacts_sequence(
    harness: ServiceHarness, first: str, second: str
) -> None:
    await in_step(harness, first, second)

    await harness.deliver((xero_contact(XERO_ID, phone="3", record_id=id_of(first)), 60))

    shown = [(await harness.published_with_sequence(MODELS[path]))[-1] for path in (first, second)]
    assert [(role.phone, role.sync.based_on_sequence) for role, _ in shown] == [("3", 60), ("3", 60)]
    assert len({sequence for _, sequence in shown}) == 1


@pytest.mark.rule("CONT-7")
@both_orders
async def test_deactivating_one_role_leaves_the_other_and_is_said_of_it_alone(
    harness: ServiceHarness, first: str, second: str
) -> None:
    await in_step(harness, first, second)
    others, changes = await harness.published(MODELS[first]), (await harness.get(f"{first}/changes")).json()

    await harness.change(second, {"name": "Acme", "active": False})

    assert (await last(harness, second)).active is False
    assert (await harness.get(second)).json()["active"] is False
    assert await harness.published(MODELS[first]) == others
    assert (await harness.get(first)).json()["active"] is True
    assert (await harness.get(f"{first}/changes")).json() == changes
    assert len(await harness.published(WriteIntent)) == 1


async def test_each_list_holds_its_own_role_alone(harness: ServiceHarness) -> None:
    await in_step(harness, VENDOR, CUSTOMER)
    others = {"vendors": uuid4(), "customers": uuid4()}
    for plural, record_id in others.items():
        await harness.put(f"{plural}/{record_id}", {"name": f"Only {plural}"})

    pages = {plural: (await harness.get(plural)).json()["items"] for plural in others}

    assert {item["id"] for item in pages["vendors"]} == {str(VENDOR_ID), str(others["vendors"])}
    assert {item["id"] for item in pages["customers"]} == {str(CUSTOMER_ID), str(others["customers"])}


async def test_ids_of_vendors_and_customers_say_nothing_of_each_other(harness: ServiceHarness) -> None:
    await harness.connect()
    seven, eight = uuid4(), uuid4()

    # Vendor 7, and another contact: customer 7. Customer 8 of vendor 7's name, and another one: vendor 8.
    wanted = [
        (f"vendors/{seven}", "Beta"), (f"customers/{seven}", "Gamma"),
        (f"customers/{eight}", "Beta"), (f"vendors/{eight}", "Delta"),
    ]  # fmt: skip
    answers = [await harness.put(path, {"name": name}) for path, name in wanted]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200]
    contacts = [answer.json()["contact_id"] for answer in answers]
    assert contacts[0] == contacts[2] == str(seven)
    assert len(set(contacts)) == 3
    assert [(await harness.get(path)).json()["name"] for path, _ in wanted] == [name for _, name in wanted]
    assert len(await harness.published(WriteIntent)) == 3
    again = [await harness.put(path, {"name": name}) for path, name in wanted]
    assert [answer.json()["contact_id"] for answer in again] == contacts


async def test_a_contacts_id_is_not_that_of_a_role_it_was_not_given(harness: ServiceHarness) -> None:
    await in_step(harness, VENDOR)
    await harness.put(CUSTOMER, {"name": "Acme"})
    body = {"field": "name", "keep": "xero", "ours": '"a"', "theirs": '"b"'}

    reads = [await harness.get(f"customers/{VENDOR_ID}{end}") for end in ("", "/changes")]
    acts = [await harness.post(f"customers/{VENDOR_ID}/{act}") for act in ("unlink", "export")]
    acts.append(await harness.post(f"customers/{VENDOR_ID}/resolve", body))
    acts.append(await harness.post(f"customers/{VENDOR_ID}/link", {"xero_id": str(uuid4())}))

    assert [answer.status_code for answer in (*reads, *acts)] == [404] * 6
    assert (await last(harness, VENDOR)).sync.xero_id == XERO_ID


@pytest.mark.rule("CONT-13")
async def test_unlinking_one_role_unlinks_the_contact_of_both(harness: ServiceHarness) -> None:
    await in_step(harness, VENDOR, CUSTOMER)

    answer = await harness.post(f"{CUSTOMER}/unlink")

    assert answer.json()["id"] == str(CUSTOMER_ID)
    for path in (VENDOR, CUSTOMER):
        assert (await last(harness, path)).sync.state is SyncState.NOT_FOR_XERO


async def test_a_customer_joins_a_vendor_that_is_gone_in_xero_and_shares_its_mark(harness: ServiceHarness) -> None:
    await in_step(harness, VENDOR)
    await harness.deliver((xero_contact(XERO_ID, status=ContactStatus.ARCHIVED, record_id=VENDOR_ID), 60))

    answer = await harness.put(CUSTOMER, {"name": "Acme"})

    assert (answer.json()["contact_id"], answer.json()["sync"]["gone_in_xero"]) == (str(VENDOR_ID), True)
    assert len(await harness.published(WriteIntent)) == 1


@pytest.mark.rule("CONT-11")
async def test_who_joins_takes_a_name_that_is_xeros_as_it_is(harness: ServiceHarness) -> None:
    await in_step(harness, VENDOR)
    await harness.choose(1, contact_name_wins="xero")

    answer = await harness.put(CUSTOMER, {"name": "ACME", "phone": "2"})

    assert (answer.status_code, answer.json()["name"], answer.json()["phone"]) == (200, "Acme", "2")


@pytest.mark.rule("CONT-1")
async def test_a_customer_joins_nobody_but_who_bears_its_name(harness: ServiceHarness) -> None:
    await in_step(harness, VENDOR)
    await harness.post(f"{VENDOR}/unlink")
    await harness.change(VENDOR, {"name": "Beta"})
    # Xero's contact still bears the old name, and the mark of who bears another one now.
    await harness.deliver((xero_contact(XERO_ID, record_id=VENDOR_ID), 60))

    answer = await harness.put(CUSTOMER, {"name": "Acme"})

    assert (answer.status_code, answer.json()["contact_id"]) == (200, str(CUSTOMER_ID))
    assert (await last(harness, VENDOR)).name == "Beta"


@pytest.mark.rule("SYS-11")
@pytest.mark.parametrize(("closed", "path"), [(Feature.VENDORS, VENDOR), (Feature.CUSTOMERS, CUSTOMER)], ids=["v", "c"])
async def test_a_plan_without_one_role_refuses_it_alone(harness: ServiceHarness, closed: Feature, path: str) -> None:
    await harness.connect()
    await harness.close([closed])

    answers = {each: (await harness.put(each, {"name": "Acme"})).status_code for each in (VENDOR, CUSTOMER)}

    assert answers == {each: 403 if each == path else 200 for each in answers}
