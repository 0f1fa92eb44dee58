-- name: states
-- How many tenants there are in each state of the connection.
select state, count(*) as tenants from connection group by state;

-- name: tenants
-- What waits for each tenant that is connected, and since when. Each table is read once; intents and
-- problems, of which there are many, by an index of what is open.
with write as (
    select tenant_id, count(*) as waiting, min(received_at) as since from intent where state <> 'done' group by tenant_id),
read as (select tenant_id, count(*) as waiting from read_request group by tenant_id),
list as (
    select tenant_id, min(last_read_at) as read_at from feed where trouble is distinct from 'not_permitted'
    group by tenant_id),
problems as (select tenant_id, count(*) as open from problem where state = 'open' group by tenant_id)
select c.tenant_id, t.next_at as due_at, list.read_at, coalesce(read.waiting, 0) as reads_waiting,
    coalesce(write.waiting, 0) as writes_waiting, write.since as writes_since, coalesce(problems.open, 0) as problems
from connection c join turn t using (tenant_id) left join write using (tenant_id) left join read using (tenant_id)
left join list using (tenant_id) left join problems using (tenant_id)
where t.open;
