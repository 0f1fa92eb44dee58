"""The kinds of intent under fire; each builder makes what it needs in Xero as a person would."""

from collections.abc import Awaitable, Callable

from tieout_testing.connector import ConnectorHarness

from . import changing, making
from .wanted import Wanted

KINDS: dict[str, Callable[[ConnectorHarness], Awaitable[Wanted]]] = {
    "contact create": making.contact,
    "contact update": changing.renamed_contact,
    "contact archive": changing.archived_contact,
    "bill create": making.bill,
    "bill update": changing.changed_bill,
    "bill void": changing.voided_bill,
    "bill delete": changing.deleted_bill,
    "invoice create": making.invoice,
    "invoice update": changing.changed_invoice,
    "invoice void": changing.voided_invoice,
    "credit create": making.credit,
    "credit update": changing.changed_credit,
    "credit void": changing.voided_credit,
    "payment": making.payment,
    "receipt": making.receipt,
    "payment reversal": changing.reversed_payment,
    "allocation": making.allocation,
    "allocation removal": changing.removed_allocation,
    "transfer": making.transfer,
    "group create": making.group,
    "group join": changing.member,
    "group leave": changing.leaver,
    "option create": making.option,
    "option rename": changing.renamed_option,
    "option archive": changing.archived_option,
    "item create": making.item,
    "item update": changing.changed_item,
    "attachment": making.attachment,
    "note": making.note,
}
