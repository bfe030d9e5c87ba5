-- SPDX-License-Identifier: GPL-2.0-or-later
-- Jobs for a report, oldest first. $1 from, $2 to (Unix seconds, NULL = no limit; months outside are not read),
-- $3 to $9 as in part_in_lists, $10 text[] states. As sacct: without states what was there in the window, with them
-- what ended so, or was so, within it.
SELECT
  job_id, uid, job_id_text, cluster, user_name, account, partition, qos, job_name, state,
  extract(epoch FROM submit_time)::bigint, extract(epoch FROM start_time)::bigint, extract(epoch FROM end_time)::bigint,
  requeues, requested_nodes, requested_cpus, requested_gpus, requested_memory_bytes, requested_limit_s,
  evidence IS NOT NULL, evidence, similar_jobs, predicted_by_model,
  predicted_run_s, predicted_run_s_mean, run_s_q, run_s_jobs,
  predicted_memory_bytes, NULL, memory_bytes_q, memory_bytes_jobs,
  predicted_cpu_efficiency, NULL, cpu_efficiency_q, cpu_efficiency_jobs,
  predicted_read_bytes, NULL, read_bytes_q, read_bytes_jobs,
  predicted_written_bytes, NULL, written_bytes_q, written_bytes_jobs,
  run_time_mode, memory_mode, planned_run_s, planned_memory_bytes, order_offset_s, opted_out,
  allocated_nodes, allocated_cpus, run_s, peak_memory_bytes, cpu_efficiency, read_bytes, written_bytes
FROM foreshape.job_report
WHERE
-- include part_in_lists.sql
  AND
      ($2::bigint IS NULL OR submit_time <= to_timestamp($2))
  AND ($1::bigint IS NULL OR end_time IS NULL OR end_time >= to_timestamp($1))
  AND ($10::text[] IS NULL
       OR ('PENDING' = ANY($10) AND CASE WHEN start_time IS NULL THEN end_time IS NULL
                                         ELSE $1::bigint IS NULL OR start_time > to_timestamp($1) END)
       OR ('RUNNING' = ANY($10) AND start_time IS NOT NULL
           AND ($2::bigint IS NULL OR start_time <= to_timestamp($2)))
       OR (state = ANY($10) AND end_time IS NOT NULL
           AND ($2::bigint IS NULL OR end_time <= to_timestamp($2))))
ORDER BY submit_time, cluster, job_id
