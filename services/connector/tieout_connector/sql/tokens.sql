-- name: read
-- A token set.
select access_token, refresh_token, expires_at from token_set where id = $id;

-- name: lock
-- A token set, locked while it is refreshed: two refreshes at once would lose one of the new refresh tokens.
select access_token, refresh_token, expires_at from token_set where id = $id for update;

-- name: save
-- The newest tokens of a user's consent, stored before they are used.
insert into token_set (id, access_token, refresh_token, expires_at)
values ($id, $access_token, $refresh_token, $expires_at)
on conflict (id) do update
set access_token = excluded.access_token, refresh_token = excluded.refresh_token, expires_at = excluded.expires_at;

-- name: drop_unused
-- Deletes tokens that no tenant and no consent under way uses, and that no connection in Xero is left to be removed with.
delete from token_set t
where not exists (select 1 from connection c where c.token_set_id = t.id)
and not exists (select 1 from consent c where c.token_set_id = t.id)
and not exists (select 1 from spare_connection s where s.token_set_id = t.id);

-- name: page
-- Token sets in the order of their ids, to see which key each is encrypted with.
select id, access_token, refresh_token from token_set where id > $after order by id limit $most;

-- name: lock_free
-- Those of these token sets that nobody is refreshing, locked in key order.
select id, access_token, refresh_token from token_set where id = any($ids::uuid[])
order by id for update skip locked;

-- name: rewrite
-- The same tokens, encrypted with another key.
update token_set set access_token = $access_token, refresh_token = $refresh_token where id = $id;
