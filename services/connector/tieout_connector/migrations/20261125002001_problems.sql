-- migrate:up
-- The kit's own table lists them now; what is left here goes once no older process writes it any more.
insert into problem (tenant_id, id, sequence, record_kind, record_id, service, code, problem_kind, cause, setting, state,
    opened_at, doc, copied)
select tenant_id, id, sequence, doc -> 'record' ->> 'kind', (doc -> 'record' ->> 'id')::uuid, doc ->> 'service',
    doc ->> 'code', coalesce(doc ->> 'what', 'held'), coalesce(doc ->> 'cause', doc ->> 'code'), doc ->> 'setting',
    state, (doc ->> 'opened_at')::timestamptz, doc, true
from service_problem on conflict do nothing;

-- migrate:down
delete from problem where copied;
