"""/{CreditNotes,Prepayments,Overpayments}/{id}/Allocations. Source: docs/xero.md 4.4, behaviour 61."""

from dataclasses import dataclass

from xero_sim.accounting.allocation_changes import make_allocation, remove_allocation
from xero_sim.accounting.call import Call
from xero_sim.accounting.credit_forms import allocation_form, removed_allocation_form
from xero_sim.accounting.refused import refused
from xero_sim.accounting.writing import Failed, Saved, Written, write_all
from xero_sim.answers import JSON, Answer, Rejected, not_found, validation_exception
from xero_sim.ids import canonical
from xero_sim.records.credit import Credit
from xero_sim.sent import Sent
from xero_sim.wire import dumps

KEY = "Allocations"


@dataclass(frozen=True, slots=True)
class Allocations:
    """The handlers for one resource."""

    resource: str

    def put(self, call: Call) -> Answer:
        """PUT …/Allocations creates allocations one after the other: each can use what the earlier ones left."""
        credit = self._known(call)
        return write_all(call, KEY, call.elements(KEY), lambda sent: self._make(call, credit.CreditID, sent))

    def delete(self, call: Call) -> Answer:
        """DELETE …/Allocations/{AllocationID}. The reply is a bare object."""
        credit = self._known(call)
        found = next((each for each in credit.Allocations if each.AllocationID == canonical(call.ids[1])), None)
        if found is None:
            raise Rejected(not_found())
        if problems := remove_allocation(call.org, credit, found):
            errors = [{"Message": problem} for problem in problems]
            return validation_exception([{"AllocationID": found.AllocationID, "ValidationErrors": errors}])
        return Answer(200, dumps(removed_allocation_form(found)), JSON)

    def _known(self, call: Call) -> Credit:
        found: Credit | None = call.org.tables[self.resource].get(call.ids[0])
        if found is None:
            raise Rejected(not_found())
        return found

    def _make(self, call: Call, credit_id: str, sent: Sent) -> Written:
        outcome = make_allocation(call.org, credit_id, sent)
        credit = call.org.tables[self.resource][credit_id]
        if not isinstance(outcome, list):
            return Saved(allocation_form(credit, outcome))
        return Failed(refused(KEY, sent), None, outcome)
