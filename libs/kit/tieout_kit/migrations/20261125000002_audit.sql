-- migrate:up
create table audit (
    tenant_id uuid not null,
    id bigint generated always as identity,
    at timestamptz not null,
    who text not null,
    roles text[] not null,
    operation text not null,
    record_kind text not null,
    record_id uuid not null,
    before jsonb,
    after jsonb,
    address text not null,
    traceparent text,
    primary key (tenant_id, id)
);
create index audit_record on audit (tenant_id, record_id, id);

create function audit_is_kept() returns trigger language plpgsql as $$
begin
    raise exception 'the audit trail is added to and never changed' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_is_kept before update or delete or truncate on audit
for each statement execute function audit_is_kept();
-- Also for a session that replicates, which otherwise passes triggers by.
alter table audit enable always trigger audit_is_kept;

-- migrate:down
drop table audit;
drop function audit_is_kept;
