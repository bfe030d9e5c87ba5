-- SPDX-License-Identifier: GPL-2.0-or-later
-- Jobs of which a dry run decided something, in the order of submission. $1 from, $2 to (Unix seconds of the submission,
-- NULL = no limit; months outside are not read), text[] (NULL = all): $3 partitions, $4 clusters. The offset is NULL where
-- Slurm was told or nothing decided, and so is the memory.
SELECT j.cluster, j.partition, extract(epoch FROM j.submit_time)::bigint, extract(epoch FROM j.start_time)::bigint,
  extract(epoch FROM j.end_time)::bigint, j.run_s, j.allocated_nodes, j.allocated_cpus, j.requested_memory_bytes,
  j.peak_memory_bytes, CASE WHEN d.order_is_dry THEN d.order_offset_s END,
  CASE WHEN d.memory_mode IN ('dry-run', 'advise') THEN d.shaped_memory_bytes END
FROM foreshape.job j JOIN foreshape.decision d ON d.cluster = j.cluster AND d.token = j.token
WHERE ($1::bigint IS NULL OR j.submit_time >= to_timestamp($1))
  AND ($2::bigint IS NULL OR j.submit_time <= to_timestamp($2))
  AND ($3::text[] IS NULL OR j.partition = ANY($3))
  AND ($4::text[] IS NULL OR j.cluster = ANY($4))
  AND ((d.order_is_dry AND d.order_offset_s IS NOT NULL)
       OR (d.memory_mode IN ('dry-run', 'advise') AND d.shaped_memory_bytes IS NOT NULL))
ORDER BY j.submit_time, j.cluster, j.job_id
