"""/Prepayments and /Overpayments, read only: bank transactions create them. Source: docs/xero.md 4.7."""

from dataclasses import dataclass

from xero_sim.accounting.call import Call
from xero_sim.accounting.credit_forms import credit_form
from xero_sim.accounting.envelope import success
from xero_sim.accounting.forms import Form
from xero_sim.accounting.listed import changed, known, list_rows
from xero_sim.answers import Answer
from xero_sim.query.fields import credit_fields
from xero_sim.records.credit import Credit
from xero_sim.wire import dumps


@dataclass(frozen=True, slots=True)
class Credits:
    """The handlers of one resource. `picked`: the query parameter that selects rows; `by`: their field."""

    resource: str
    picked: str
    by: str

    def all(self, call: Call) -> Answer:
        """GET the list. Only pages show lines."""
        org = call.org
        rows = changed(call, org.tables[self.resource])
        if (picked := call.listed(self.picked)) is not None:
            rows = [row for row in rows if getattr(row, self.by).lower() in picked]
        return list_rows(
            call, self.resource, rows, credit_fields(org), lambda row, form: credit_form(org, row, call.unitdp, form)
        )

    def one(self, call: Call) -> Answer:
        """GET one. Its files are those of the bank transaction that made it."""
        credit: Credit = known(call, call.org.tables[self.resource])
        return success(call, self.resource, [dumps(credit_form(call.org, credit, call.unitdp, Form.SINGLE))])
