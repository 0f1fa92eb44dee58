-- migrate:up
-- A person's tokens and connections in Xero may serve several tenants. So a login that sees one tenant reads the tokens
-- that its tenant uses, and changes them through these functions only, which run with the owner's rights.
alter table token_set enable row level security;
create policy of_the_tenant on token_set for select
    using (exists (select from connection c where c.token_set_id = token_set.id));

create function save_token_set(token_set_id uuid, access bytea, refresh bytea, expires timestamptz) returns void
language sql security definer as $$
    insert into token_set (id, access_token, refresh_token, expires_at)
    values (token_set_id, access, refresh, expires)
    on conflict (id) do update
    set access_token = excluded.access_token, refresh_token = excluded.refresh_token, expires_at = excluded.expires_at
$$;

create function drop_unused_token_sets() returns void language sql security definer as $$
    delete from token_set t
    where not exists (select 1 from connection c where c.token_set_id = t.id)
    and not exists (select 1 from consent c where c.token_set_id = t.id)
    and not exists (select 1 from spare_connection s where s.token_set_id = t.id)
$$;

create function add_spare_connections(connections uuid[], of_tenant uuid, tokens uuid, at timestamptz) returns void
language sql security definer as $$
    insert into spare_connection (xero_connection_id, tenant_id, token_set_id, next_at)
    select unnest(connections), of_tenant, tokens, at
    -- Only a worker names no tenant in its transaction.
    where coalesce(nullif(current_setting('tieout.tenant', true), ''), of_tenant::text) = of_tenant::text
    on conflict (xero_connection_id) do update set tenant_id = excluded.tenant_id,
        token_set_id = excluded.token_set_id, next_at = excluded.next_at, failures = 0
$$;

-- What they name is found in this schema, whatever the caller's search path is.
do $$
declare name regprocedure;
begin
    foreach name in array array['save_token_set(uuid, bytea, bytea, timestamptz)', 'drop_unused_token_sets()',
        'add_spare_connections(uuid[], uuid, uuid, timestamptz)']::regprocedure[]
    loop
        execute format('alter function %s set search_path = %I, pg_temp', name, current_schema());
    end loop;
end $$;

-- migrate:down
drop function save_token_set, drop_unused_token_sets, add_spare_connections;
drop policy of_the_tenant on token_set;
alter table token_set disable row level security;
