-- migrate:up
-- What was last published of a record that is read with the whole list of its kind: once the list shows it no longer,
-- it is published again, as inactive.
alter table snapshot add doc jsonb;

-- migrate:down
alter table snapshot drop doc;
