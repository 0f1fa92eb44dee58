-- name: read
-- A token set.
select access_token, refresh_token, expires_at from token_set where id = $1;

-- name: lock
-- A token set, while it is refreshed: two that refresh at once would lose one of the new refresh tokens.
select access_token, refresh_token, expires_at from token_set where id = $1 for update;

-- name: save
-- The newest tokens of a user's consent, before they are used.
insert into token_set (id, access_token, refresh_token, expires_at) values ($1, $2, $3, $4)
on conflict (id) do update
set access_token = excluded.access_token, refresh_token = excluded.refresh_token, expires_at = excluded.expires_at;

-- name: drop_unused
-- Tokens that no tenant and no open consent uses any more.
delete from token_set t
where not exists (select 1 from connection c where c.token_set_id = t.id)
and not exists (select 1 from consent c where c.token_set_id = t.id);
