-- migrate:up
-- The resource whose import this one's waits for, so that records rarely come before those they refer to.
alter table feed add waits_for text;

-- migrate:down
alter table feed drop waits_for;
