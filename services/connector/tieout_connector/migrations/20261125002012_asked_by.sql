-- migrate:up
alter table consent add asked_by text not null default '';

-- migrate:down
alter table consent drop asked_by;
