-- SPDX-License-Identifier: GPL-2.0-or-later
-- Stores the runs of a batch that are followed by another, and removes those of them that job still has, as seen between
-- their end and the requeue. No parameters. What was measured is never forgotten.
WITH gone AS (
  DELETE FROM foreshape.job j USING run_stage s
  WHERE j.cluster = s.cluster AND j.job_id = s.job_id AND j.submit_time = to_timestamp(s.submit_s))
INSERT INTO foreshape.requeued_run AS r (
-- include part_run_columns.sql
)
SELECT DISTINCT ON (cluster, job_id, submit_s)
  cluster, job_id, to_timestamp(submit_s), job_id_text, uid, user_name, account, partition, qos, job_name,
  to_timestamp(start_s), to_timestamp(end_s), state, requested_memory_bytes, allocated_nodes, allocated_cpus, run_s,
  allocated_memory_bytes, peak_memory_bytes, memory_is_shaped, ran_out_of_memory
FROM run_stage ORDER BY cluster, job_id, submit_s, end_s DESC NULLS LAST, line DESC
ON CONFLICT (cluster, job_id, submit_time) DO UPDATE SET
  start_time = coalesce(excluded.start_time, r.start_time), end_time = excluded.end_time, state = excluded.state,
  requested_memory_bytes = excluded.requested_memory_bytes, allocated_nodes = excluded.allocated_nodes,
  allocated_cpus = excluded.allocated_cpus, run_s = excluded.run_s,
  allocated_memory_bytes = coalesce(excluded.allocated_memory_bytes, r.allocated_memory_bytes),
  peak_memory_bytes = coalesce(excluded.peak_memory_bytes, r.peak_memory_bytes),
  memory_is_shaped = excluded.memory_is_shaped, ran_out_of_memory = excluded.ran_out_of_memory OR r.ran_out_of_memory
WHERE excluded.end_time IS NOT NULL AND (excluded.memory_is_shaped OR NOT r.memory_is_shaped)
  AND (r.end_time, r.state, r.run_s, r.requested_memory_bytes, r.memory_is_shaped,
       coalesce(excluded.allocated_memory_bytes, r.allocated_memory_bytes),
       coalesce(excluded.peak_memory_bytes, r.peak_memory_bytes), excluded.ran_out_of_memory OR r.ran_out_of_memory)
      IS DISTINCT FROM
      (excluded.end_time, excluded.state, excluded.run_s, excluded.requested_memory_bytes, excluded.memory_is_shaped,
       r.allocated_memory_bytes, r.peak_memory_bytes, r.ran_out_of_memory)
