-- migrate:up
alter table outbox add at timestamptz not null default now();

-- migrate:down
alter table outbox drop at;
