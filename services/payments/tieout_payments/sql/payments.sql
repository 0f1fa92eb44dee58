-- name: expect_bill
-- A row for the bill that a payment names, so that the bill's own event and the payment meet in a lock.
insert into bill_copy (tenant_id, bill_id) values ($1, $2) on conflict do nothing;

-- name: lock_bill
-- What was said of a bill; locked, so that its event finds the payment, and two payments never exceed what is due.
select doc from bill_copy where tenant_id = $1 and bill_id = $2 for update;

-- name: bills
-- What was said of these bills.
select tenant_id, bill_id, doc from bill_copy
where (tenant_id, bill_id) in (select * from unnest($1::uuid[], $2::uuid[])) and doc is not null;

-- name: keep_bills
-- What the bills service says of its bills; an older event changes nothing.
insert into bill_copy (tenant_id, bill_id, sequence, doc)
select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::jsonb[])
on conflict (tenant_id, bill_id) do update set sequence = excluded.sequence, doc = excluded.doc
where bill_copy.sequence < excluded.sequence;

-- name: held_for_bills
-- The payments whose write waits for one of these bills.
select tenant_id, id from record
where kind = 'payment' and held is not null
and (tenant_id, doc ->> 'bill_id') in (select * from unnest($1::uuid[], $2::text[]));

-- name: payments_of_bill
-- The payments made here of one bill.
select doc from record where kind = 'payment' and tenant_id = $1 and doc ->> 'bill_id' = $2 order by id;
