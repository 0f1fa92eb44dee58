-- migrate:up
alter table connection add closed text[] not null default '{}';

-- migrate:down
alter table connection drop closed;
