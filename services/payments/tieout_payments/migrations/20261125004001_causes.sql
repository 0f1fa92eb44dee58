-- migrate:up
-- Problems of one cause are found by it.
update problem p set cause = p.code || ':' || (r.doc ->> 'bill_id')
from record r
where r.tenant_id = p.tenant_id and r.kind = 'payment' and r.id = p.record_id
and p.code in ('bill_not_in_xero', 'payment_does_not_fit');

-- migrate:down
