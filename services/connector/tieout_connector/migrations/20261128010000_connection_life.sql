-- migrate:up
-- Connections in Xero that a consent made, or that a tenant gave up. Each is removed there unless it is in use.
create table spare_connection (
    xero_connection_id uuid primary key,
    tenant_id uuid not null,
    token_set_id uuid not null references token_set (id) on delete cascade,
    next_at timestamptz not null,
    failures int not null default 0
);
create index spare_connection_next on spare_connection (next_at);
create index connection_token_set on connection (token_set_id);

-- Why Xero does not permit the writes of a batch: a reason code.
alter table paused_batch add reason text not null default 'not_permitted_in_xero';

-- Why the connection is lost, in a sentence; null: it is not.
alter table connection add lost_because text;

-- migrate:down
alter table connection drop lost_because;
alter table paused_batch drop reason;
drop index connection_token_set;
drop table spare_connection;
