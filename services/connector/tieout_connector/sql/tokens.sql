-- name: read
-- A token set.
select access_token, refresh_token, expires_at from token_set where id = $id;

-- name: lock
-- A token set, locked while it is refreshed: two refreshes at once would lose one of the new refresh tokens.
select access_token, refresh_token, expires_at from token_set where id = $id for update;

-- name: save
-- The newest tokens of a user's consent, stored before they are used.
select save_token_set($id, $access_token, $refresh_token, $expires_at);

-- name: drop_unused
-- Deletes tokens that no tenant and no consent under way uses, and that no connection in Xero is left to be removed with.
select drop_unused_token_sets();

-- name: page
-- Token sets in the order of their ids, to see which key each is encrypted with.
select id, access_token, refresh_token from token_set where id > $after order by id limit $most;

-- name: lock_free
-- Those of these token sets that nobody is refreshing, locked in key order.
select id, access_token, refresh_token from token_set where id = any($ids::uuid[])
order by id for update skip locked;

-- name: rewrite
-- The same tokens, encrypted with another key.
update token_set t set access_token = fresh.access_token, refresh_token = fresh.refresh_token
from unnest($ids::uuid[], $access_tokens::bytea[], $refresh_tokens::bytea[]) fresh (id, access_token, refresh_token)
where t.id = fresh.id;
