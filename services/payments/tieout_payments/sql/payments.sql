-- name: expect_bills
-- A row for each bill that a payment names, so that the bill's own event and the payment meet in a lock.
insert into bill_copy (tenant_id, bill_id)
select * from unnest($1::uuid[], $2::uuid[]) on conflict do nothing;

-- name: lock_bill
-- What was said of a bill; locked, so that its event finds the payment, and two payments never exceed what is due.
select doc from bill_copy where tenant_id = $1 and bill_id = $2 for update;

-- name: bills
-- What was said of these bills; locked, so that nothing is said of one while a payment is held for it.
select tenant_id, bill_id, doc from bill_copy
where (tenant_id, bill_id) in (select * from unnest($1::uuid[], $2::uuid[]))
order by tenant_id, bill_id for share;

-- name: keep_bills
-- What the bills service says of its bills; an older event changes nothing.
insert into bill_copy (tenant_id, bill_id, sequence, doc)
select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::jsonb[])
on conflict (tenant_id, bill_id) do update set sequence = excluded.sequence, doc = excluded.doc
where bill_copy.sequence < excluded.sequence;

-- name: payments_of_bill
-- The payments made here of one bill.
select doc from record where kind = 'payment' and tenant_id = $1 and doc ->> 'bill_id' = $2 order by id;
