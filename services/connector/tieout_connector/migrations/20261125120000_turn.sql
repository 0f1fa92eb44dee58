-- migrate:up
-- When a tenant's turn comes. A process of the version before sets none: what it left is found by `recover`.
create table turn (
    tenant_id uuid primary key,
    shard int not null,
    open boolean not null,
    next_at timestamptz,
    not_before timestamptz,
    because text,
    failures int not null default 0
) with (fillfactor = 70);
create index turn_next on turn (shard, next_at) where open and next_at is not null;
insert into turn (tenant_id, shard, open) select tenant_id, shard, state in ('importing', 'connected') from connection;

create table replica (
    owner uuid primary key,
    seen_at timestamptz not null
);

alter table intent
    add together text not null default '',
    add most int not null default 50,
    add said_at timestamptz,
    add look_up boolean not null default false,
    add done_at timestamptz;
update intent set together = (doc -> 'body' ->> 'kind') || case when doc ->> 'xero_id' is null then ':create' else ':update' end
where state = 'queued';
create index intent_together on intent (tenant_id, together, lane, received_at) where state = 'queued';
create index intent_done on intent (done_at) where done_at is not null;

alter table call
    add kind text,
    add unmarked text,
    add before bytea not null default '{}',
    add stored_file text;

alter table snapshot add as_of timestamptz;

-- Whose data this is: another answer of Postgres than this tells that the database was restored or moved.
create table home (
    single boolean primary key default true check (single),
    fingerprint text not null,
    restored_at timestamptz
);

-- migrate:down
drop table home, replica, turn;
alter table snapshot drop as_of;
alter table call drop kind, drop unmarked, drop before, drop stored_file;
drop index intent_together, intent_done;
alter table intent drop together, drop most, drop said_at, drop look_up, drop done_at;
