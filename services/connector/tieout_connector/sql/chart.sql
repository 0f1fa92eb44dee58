-- name: keep
-- The whole chart of accounts, as just read.
insert into chart_of_accounts (tenant_id, accounts) values ($1, $2)
on conflict (tenant_id) do update set accounts = excluded.accounts;

-- name: read
-- The chart of accounts, as last read.
select accounts from chart_of_accounts where tenant_id = $1;
