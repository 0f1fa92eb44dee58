-- name: save
-- Replaces a tenant's chart of accounts with the one that was just read.
insert into chart_of_accounts (tenant_id, accounts) values ($tenant_id, $accounts)
on conflict (tenant_id) do update set accounts = excluded.accounts;

-- name: read
-- A tenant's chart of accounts, as last read.
select accounts from chart_of_accounts where tenant_id = $tenant_id;
