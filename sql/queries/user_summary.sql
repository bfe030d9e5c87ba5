-- SPDX-License-Identifier: GPL-2.0-or-later
-- How well each user's ended jobs were foreseen and how much was requested and used; sorted by user. $1 to $9 as in
-- report_jobs (the window is of the end), $10 text[] states, $11 real[] levels whose coverage is counted, $12 text of what
-- there is a row: user, account, name (of a user's jobs) or array (of jobs that are tasks; others are left out).
-- Per resource: comparable jobs, sum of the ratios of predicted and used, planned ones, plans that were too small,
-- then those within each level. TIMEOUT and OUT_OF_MEMORY: ended because it needed more than was planned.
SELECT of_user, of_account, of_name, of_array, of_cluster, count(*), count(*) FILTER (WHERE evidence <> 'none'),
  count(*) FILTER (WHERE run_comparable),
  sum(least(predicted_run_s, run_s) / greatest(predicted_run_s, run_s)) FILTER (WHERE run_comparable),
  count(*) FILTER (WHERE (measured AND run_s > 0 AND planned_run_s IS NOT NULL) OR (state = 'TIMEOUT' AND run_s > planned_run_s)),
  count(*) FILTER (WHERE (measured OR state = 'TIMEOUT') AND run_s > planned_run_s),
  count(*) FILTER (WHERE run_comparable AND run_s <= foreshape.at_level(run_s_q, ($11::real[])[1])),
  count(*) FILTER (WHERE run_comparable AND run_s <= foreshape.at_level(run_s_q, ($11::real[])[2])),
  count(*) FILTER (WHERE run_comparable AND run_s <= foreshape.at_level(run_s_q, ($11::real[])[3])),
  count(*) FILTER (WHERE run_comparable AND run_s <= foreshape.at_level(run_s_q, ($11::real[])[4])),
  count(*) FILTER (WHERE memory_comparable),
  sum(least(predicted_memory_bytes, peak_memory_bytes) / greatest(predicted_memory_bytes, peak_memory_bytes)) FILTER (WHERE memory_comparable),
  count(*) FILTER (WHERE (measured AND peak_memory_bytes > 0 AND planned_memory_bytes IS NOT NULL) OR (state = 'OUT_OF_MEMORY' AND peak_memory_bytes > planned_memory_bytes)),
  count(*) FILTER (WHERE (measured OR state = 'OUT_OF_MEMORY') AND peak_memory_bytes > planned_memory_bytes),
  count(*) FILTER (WHERE memory_comparable AND peak_memory_bytes <= foreshape.at_level(memory_bytes_q, ($11::real[])[1])),
  count(*) FILTER (WHERE memory_comparable AND peak_memory_bytes <= foreshape.at_level(memory_bytes_q, ($11::real[])[2])),
  count(*) FILTER (WHERE memory_comparable AND peak_memory_bytes <= foreshape.at_level(memory_bytes_q, ($11::real[])[3])),
  count(*) FILTER (WHERE memory_comparable AND peak_memory_bytes <= foreshape.at_level(memory_bytes_q, ($11::real[])[4])),
  sum(requested_limit_s::float8 * allocated_cpus) FILTER (WHERE run_s > 0) / 3600,
  sum(run_s::float8 * allocated_cpus) FILTER (WHERE run_s > 0 AND requested_limit_s IS NOT NULL) / 3600,
  sum(requested_memory_bytes::float8 * allocated_nodes * run_s) FILTER (WHERE peak_memory_bytes IS NOT NULL) / 3600 / 2^30,
  sum(peak_memory_bytes::float8 * allocated_nodes * run_s) FILTER (WHERE requested_memory_bytes IS NOT NULL) / 3600 / 2^30,
  sum(requested_gpus::float8 * run_s) / 3600,
  count(*) FILTER (WHERE state NOT IN ('COMPLETED', 'CANCELLED')),
  max(run_s), max(peak_memory_bytes),
  sum(cpu_efficiency * core_s), sum(core_s) FILTER (WHERE cpu_efficiency IS NOT NULL),
  count(*) FILTER (WHERE start_time IS NOT NULL), sum(extract(epoch FROM start_time - submit_time)) FILTER (WHERE start_time IS NOT NULL)
FROM (SELECT *, measured AND predicted_run_s > 0 AND run_s > 0 AS run_comparable,
             measured AND predicted_memory_bytes > 0 AND peak_memory_bytes > 0 AS memory_comparable,
             run_s::float8 * allocated_cpus AS core_s,
             CASE WHEN $12::text <> 'account' THEN user_name END AS of_user,
             CASE WHEN $12 = 'account' THEN account END AS of_account,
             CASE WHEN $12 IN ('name', 'array') THEN job_name END AS of_name,
             CASE WHEN $12 = 'array' THEN split_part(job_id_text, '_', 1) END AS of_array,
             CASE WHEN $12 = 'array' THEN cluster END AS of_cluster
      FROM (SELECT *, run_s > 0 AND foreshape.is_measurement(state) AS measured FROM foreshape.job_report) AS r) AS job
WHERE
-- include part_in_lists.sql
  AND end_time IS NOT NULL AND ($1::bigint IS NULL OR end_time >= to_timestamp($1))
  AND ($2::bigint IS NULL OR end_time <= to_timestamp($2))
  AND ($10::text[] IS NULL OR state = ANY($10))
  AND ($12 <> 'array' OR position('_' IN job_id_text) > 0)
GROUP BY of_user, of_account, of_name, of_array, of_cluster ORDER BY of_user, of_account, of_cluster, of_name, of_array
