-- migrate:up
-- Problems of one cause are found by it.
update problem set cause = code || ':' || (params ->> 'vendor_id')
from (select tenant_id as t, id as i, doc -> 'params' as params from problem) as told
where tenant_id = t and id = i and code = 'vendor_not_in_xero';
update problem set cause = code || ':' || (params ->> 'contact_xero_id')
from (select tenant_id as t, id as i, doc -> 'params' as params from problem) as told
where tenant_id = t and id = i and code = 'vendor_not_here_yet';
drop index record_bill_vendor, unlinked_invoice_contact;

-- migrate:down
create index unlinked_invoice_contact on unlinked_invoice (tenant_id, contact_xero_id);
create index record_bill_vendor on record (tenant_id, (doc ->> 'vendor_id')) where kind = 'bill' and held is not null;
