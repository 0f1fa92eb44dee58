-- name: load
-- Where to read on; the rows of a partition exist from the first time its topic was seen.
select topic, partition, next_offset from position
where cluster_id = $1 and (topic, partition) in (select * from unnest($2::text[], $3::int[]));

-- name: known_topics
-- The topics whose rows exist: a partition of one of these without a row is a lost position, not a new one.
select distinct topic from position where cluster_id = $1 and topic = any($2::text[]);

-- name: begin
-- A topic seen for the first time in this cluster is read from its beginning, every partition of it.
insert into position (cluster_id, topic, partition, next_offset)
select $1, * from unnest($2::text[], $3::int[], $4::bigint[])
on conflict do nothing;

-- name: claim
-- Locks a partition number on every topic of this service, so that while ownership changes hands two members never
-- work on one tenant at once; and reads where each topic stands.
select topic, partition, next_offset from position
where cluster_id = $1 and partition = any($2::int[])
order by topic, partition
for update;

-- name: move
-- The batch is handled.
update position p set next_offset = moved.next_offset
from unnest($2::text[], $3::int[], $4::bigint[]) as moved(topic, partition, next_offset)
where p.cluster_id = $1 and p.topic = moved.topic and p.partition = moved.partition;
