-- contract: an intent's id holds its effect, and the version before knows Xero's records by other kinds
-- To be made while no connector runs: neither version reads what the other writes.
-- migrate:up
-- A record had one effect, called here like the record's kind.
update intent set
    id = concat_ws(':', kind, record_id, kind, doc ->> 'revision', doc ->> 'attempt'),
    doc = doc || jsonb_build_object('effect', kind),
    result = result || jsonb_build_object('effect', kind, 'intent_id',
        concat_ws(':', kind, record_id, kind, doc ->> 'revision', doc ->> 'attempt'))
where not doc ? 'effect';
update intent set
    follows = case
        when doc -> 'body' ->> 'kind' in ('contact', 'contact_archive') then 'xero_contact'
        when doc -> 'body' ->> 'kind' in ('bill', 'invoice') then 'xero_invoice'
        when doc -> 'body' ->> 'kind' in ('payment', 'payment_reversal') then 'xero_payment' end,
    target = coalesce(doc ->> 'xero_id', doc -> 'body' ->> 'payment_xero_id',
        case when doc -> 'body' ->> 'kind' = 'contact_archive' then doc -> 'body' ->> 'contact_xero_id' end)::uuid
where state <> 'done';

-- What an update stamped counts as made by us, too: nothing tells them apart.
update snapshot set made_at = coalesce(as_of, now()) where record_id is not null and record_kind is null;

-- Xero's records have kinds of their own now.
update snapshot set kind = 'xero_' || kind where kind in ('contact', 'invoice', 'payment');
update read_request set kind = 'xero_' || kind where kind in ('contact', 'invoice', 'payment');
update person_read set kind = 'xero_' || kind where kind in ('contact', 'invoice', 'payment');

-- migrate:down
update snapshot set kind = substr(kind, 6) where kind like 'xero\_%';
update read_request set kind = substr(kind, 6) where kind like 'xero\_%';
update person_read set kind = substr(kind, 6) where kind like 'xero\_%';
