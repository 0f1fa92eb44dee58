-- migrate:up
-- An older process goes on with sent_at and day, which are still written; what it adds to them is read from there.
alter table budget
    add day_ends timestamptz,
    add day_unsure boolean not null default false,
    add in_flight_left timestamptz[] not null default '{}',
    add in_flight_until timestamptz[] not null default '{}',
    add recent timestamptz[] not null default '{}';

create table app_grant (
    at timestamptz not null,
    owner uuid not null,
    calls int not null,
    parked_until timestamptz
);
create index on app_grant (at);

-- migrate:down
drop table app_grant;
alter table budget drop day_ends, drop day_unsure, drop in_flight_left, drop in_flight_until, drop recent;
