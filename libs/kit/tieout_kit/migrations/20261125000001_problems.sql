-- migrate:up
alter table problem
    -- The order in which they opened, within a transaction too.
    add column place bigint generated always as identity,
    -- Raised by another service and only listed here.
    add column copied boolean not null default false,
    -- With defaults, since a process of the version before still writes rows without them.
    add column service text not null default '',
    add column problem_kind text not null default 'held',
    add column cause text not null default '',
    add column setting text,
    add column opened_at timestamptz not null default now(),
    add column settings_version int not null default 0;
update problem set
    service = doc ->> 'service', cause = coalesce(doc ->> 'cause', code),
    problem_kind = coalesce(doc ->> 'what', 'held'), opened_at = (doc ->> 'opened_at')::timestamptz;
drop index problem_open;
create unique index problem_once on problem (tenant_id, record_kind, record_id, code, md5(cause))
    where state <> 'closed' and not copied;
create index problem_place on problem (tenant_id, state, place);
create index problem_cause on problem (tenant_id, cause, place) where state <> 'closed';
create index problem_version on problem (tenant_id, settings_version) where state = 'closed';

create table sweep (
    id bigint generated always as identity primary key,
    tenant_id uuid not null,
    -- What it covers: all that names a reference, all records of a kind, or all problems of a cause.
    scope text not null,
    key text not null,
    action text not null,
    asked_by text,
    causation_id text not null,
    correlation_id text not null,
    traceparent text,
    turns int not null default 0,
    after_place bigint not null default 0,
    after_id uuid not null default '00000000-0000-0000-0000-000000000000'
);
create index sweep_turns on sweep (turns, id);

-- migrate:down
drop table sweep;
drop index problem_version, problem_cause, problem_place, problem_once;
alter table problem drop column place, drop column copied, drop column service, drop column problem_kind,
    drop column cause, drop column setting, drop column opened_at, drop column settings_version;
create unique index problem_open on problem (tenant_id, record_kind, record_id) where state = 'open';
