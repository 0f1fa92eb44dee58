"""/control/orgs: create, seed and show organisations, and act in them as a person."""

from collections.abc import Callable
from dataclasses import fields

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xero_sim.accounting.accounts import account_form
from xero_sim.accounting.bank_transactions import bank_transaction_form
from xero_sim.accounting.bank_transfers import transfer_form
from xero_sim.accounting.batch_payments import batch_form
from xero_sim.accounting.contact_forms import contact_bytes
from xero_sim.accounting.credit_forms import credit_form
from xero_sim.accounting.history import note_form
from xero_sim.accounting.invoice_forms import listed_bytes
from xero_sim.accounting.items import item_form
from xero_sim.accounting.organisation import organisation_form
from xero_sim.accounting.payment_forms import payment_bytes
from xero_sim.accounting.tax_rates import tax_rate_form
from xero_sim.accounting.tracking import category_form
from xero_sim.control.people.acting import act
from xero_sim.control.replies import ControlError, camel, json_reply, read
from xero_sim.org import Org
from xero_sim.records.organisation import Attachment
from xero_sim.records.settings import ContactGroup
from xero_sim.seeds.business import seed_business
from xero_sim.seeds.countries import COUNTRIES
from xero_sim.seeds.new_org import new_org
from xero_sim.wire import Json, dumps
from xero_sim.world import World


class OrgControls:
    """The controls of organisations."""

    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[Route]:
        """The routes under /control/orgs."""
        return [
            Route("/control/orgs", self.create, methods=["POST"]),
            Route("/control/orgs", self.all, methods=["GET"]),
            Route("/control/orgs/{tenant}/seed", self.seed, methods=["POST"]),
            Route("/control/orgs/{tenant}/state", self.state, methods=["GET"]),
            Route("/control/orgs/{tenant}/actions", self.actions, methods=["POST"]),
            Route("/control/orgs/{tenant}/switches", self.switches, methods=["PUT"]),
            Route("/control/orgs/{tenant}/disconnect", self.disconnect, methods=["POST"]),
        ]

    async def create(self, request: Request) -> Response:
        """`{name, country?, currency?, currencies?, tenantId?}`: create an organisation."""
        sent = await read(request)
        country = str(sent.get("country", "NZ"))
        if country not in COUNTRIES:
            raise ControlError(f"No chart for country {country!r}; there are {', '.join(COUNTRIES)}")
        org = new_org(
            self.world.clock,
            self.world.announce,
            name=str(sent.get("name", "Demo Company")),
            country=country,
            currency=sent.get("currency"),
            tenant_id=sent.get("tenantId"),
            currencies=sent.get("currencies", ()),
        )
        self.world.orgs[org.tenant_id] = org
        return json_reply(_summary(org))

    async def all(self, request: Request) -> Response:
        """Every organisation with its counts."""
        return json_reply([_summary(org) for org in self.world.orgs.values()])

    async def seed(self, request: Request) -> Response:
        """`{size, seed?, shareOfSales?}`: fill the organisation with `size` documents."""
        sent = await read(request)
        made = seed_business(
            self._org(request),
            int(sent["size"]),
            seed=int(sent.get("seed", 1)),
            share_of_sales=float(sent.get("shareOfSales", 0.15)),
        )
        return json_reply({camel(name): count for name, count in made._asdict().items()})

    async def state(self, request: Request) -> Response:
        """All records as Xero shows them; `?kinds=Invoices,Payments` selects kinds."""
        org = self._org(request)
        kinds = request.query_params.get("kinds")
        wanted = kinds.split(",") if kinds else list(_KINDS)
        unknown = [kind for kind in wanted if kind not in _KINDS]
        if unknown:
            raise ControlError(f"No kind {unknown[0]!r}; there are {', '.join(_KINDS)}")
        parts = [b'"%b":[%b]' % (kind.encode(), b",".join(_KINDS[kind](org))) for kind in wanted]
        return Response(b"{%b}" % b",".join(parts), media_type="application/json")

    async def actions(self, request: Request) -> Response:
        """`{actions: [{do, …}]}`: do the actions in order, with one result each. A refused one does not stop others."""
        org = self._org(request)
        sent = await read(request)
        return json_reply({"results": [act(org, action) for action in sent.get("actions", [])]})

    async def switches(self, request: Request) -> Response:
        """`{zeroTotalIsPaid?, …}`: set switches of behaviours that no source confirms. Replies with all switches."""
        switches, sent = self._org(request).switches, await read(request)
        known = {camel(each.name): each.name for each in fields(switches)}
        for name, value in sent.items():
            if name not in known:
                raise ControlError(f"No switch {name!r}; there are {', '.join(known)}")
            setattr(switches, known[name], bool(value))
        return json_reply({name: getattr(switches, ours) for name, ours in known.items()})

    async def disconnect(self, request: Request) -> Response:
        """Remove an app (`{clientId}`, or all apps without it), as a person does inside Xero."""
        org, sent = self._org(request), await read(request)
        gone = [
            each
            for each in list(self.world.connections.standing.values())
            if each.tenant_id == org.tenant_id and sent.get("clientId") in (None, each.client_id)
        ]
        for connection in gone:
            self.world.connections.disconnect(connection)
        return json_reply({"disconnected": len(gone)})

    def _org(self, request: Request) -> Org:
        tenant = str(request.path_params["tenant"]).lower()
        if tenant not in self.world.orgs:
            raise ControlError(f"No organisation {tenant}", status=404)
        return self.world.orgs[tenant]


def _group_form(org: Org, group: ContactGroup) -> Json:
    members = [{"ContactID": key, "Name": org.contacts[key].Name} for key in group.ContactIDs]
    return {
        "ContactGroupID": group.ContactGroupID,
        "Name": group.Name,
        "Status": group.Status,
        "Contacts": members,
    }


def _file_form(record_id: str, file: Attachment) -> Json:
    return {
        "RecordID": record_id,
        "AttachmentID": file.id,
        "FileName": file.name,
        "ContentLength": len(file.content),
        "Written": file.written,
    }


_KINDS: dict[str, Callable[[Org], list[bytes]]] = {
    "Contacts": lambda org: [contact_bytes(org, each) for each in org.contacts.in_order()],
    "Invoices": lambda org: [listed_bytes(org, each) for each in org.invoices.in_order()],
    "Payments": lambda org: [payment_bytes(org, each) for each in org.payments.in_order()],
    "CreditNotes": lambda org: [dumps(credit_form(org, each)) for each in org.credit_notes.in_order()],
    "Prepayments": lambda org: [dumps(credit_form(org, each)) for each in org.prepayments.in_order()],
    "Overpayments": lambda org: [dumps(credit_form(org, each)) for each in org.overpayments.in_order()],
    "BatchPayments": lambda org: [dumps(batch_form(org, each)) for each in org.batch_payments.in_order()],
    "BankTransactions": lambda org: [
        dumps(bank_transaction_form(org, each)) for each in org.bank_transactions.in_order()
    ],
    "BankTransfers": lambda org: [dumps(transfer_form(org, each)) for each in org.bank_transfers.in_order()],
    "Items": lambda org: [dumps(item_form(each)) for each in org.items.in_order()],
    "ContactGroups": lambda org: [dumps(_group_form(org, each)) for each in org.groups.values()],
    "HistoryRecords": lambda org: [
        dumps({"RecordID": key, **note_form(note)})
        for key, notes in org.notes.items()
        for note in notes
        if note.changes == "Note"
    ],
    "Attachments": lambda org: [
        dumps(_file_form(key, file)) for key, files in org.attachments.items() for file in files.values()
    ],
    "Accounts": lambda org: [dumps(account_form(each)) for each in org.accounts],
    "TaxRates": lambda org: [dumps(tax_rate_form(each)) for each in org.tax_rates.values()],
    "TrackingCategories": lambda org: [dumps(category_form(each, archived=True)) for each in org.tracking.values()],
    "Organisations": lambda org: [dumps(organisation_form(org))],
}


def _summary(org: Org) -> Json:
    return {
        "tenantId": org.tenant_id,
        "name": org.profile.Name,
        "country": org.profile.CountryCode,
        "currency": org.profile.BaseCurrency,
        "contacts": len(org.contacts),
        "invoices": len(org.invoices),
        "payments": len(org.payments),
    }
