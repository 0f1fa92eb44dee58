-- name: load
-- The stored positions of these partitions. The rows of a topic exist from the first time it was seen.
select topic, partition, next_offset from position
where cluster_id = $cluster_id and (topic, partition) in (select * from unnest($topics::text[], $partitions::int[]));

-- name: known_topics
-- Those of these topics that have rows. A partition of such a topic without a row is a lost position, not a new one.
select distinct topic from position where cluster_id = $cluster_id and topic = any($topics::text[]);

-- name: begin
-- A topic that is seen for the first time in this cluster is read from its beginning, every partition of it.
insert into position (cluster_id, topic, partition, next_offset)
select $cluster_id, * from unnest($topics::text[], $partitions::int[], $offsets::bigint[])
on conflict do nothing;

-- name: claim
-- Locks a partition number on every topic of this service and reads the positions. So two members never work on one
-- tenant at once while a partition changes hands.
select topic, partition, next_offset from position
where cluster_id = $cluster_id and partition = any($partitions::int[])
order by topic, partition
for update;

-- name: move
-- The records before these offsets have been handled.
update position p set next_offset = moved.next_offset
from unnest($topics::text[], $partitions::int[], $offsets::bigint[]) as moved(topic, partition, next_offset)
where p.cluster_id = $cluster_id and p.topic = moved.topic and p.partition = moved.partition;
