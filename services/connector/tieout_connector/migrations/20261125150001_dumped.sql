-- migrate:up
-- When a restored database was last in use: what is not in it may have been sent since.
alter table home add dumped_at timestamptz;

-- migrate:down
alter table home drop dumped_at;
