-- SPDX-License-Identifier: GPL-2.0-or-later
-- How well each user's ended jobs were foreseen and how much was requested and used; sorted by user. $1 to $9 as in
-- report_jobs (the window is of the end), $10 text[] states, $11 real[] levels whose coverage is counted.
-- Per resource: comparable jobs, sum of the ratios of predicted and used, planned ones, plans that were too small,
-- then those within each level. TIMEOUT and OUT_OF_MEMORY: ended because it needed more than was planned.
SELECT user_name, count(*), count(*) FILTER (WHERE evidence <> 'none'),
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
  sum(peak_memory_bytes::float8 * allocated_nodes * run_s) FILTER (WHERE requested_memory_bytes IS NOT NULL) / 3600 / 2^30
FROM (SELECT *, measured AND predicted_run_s > 0 AND run_s > 0 AS run_comparable,
             measured AND predicted_memory_bytes > 0 AND peak_memory_bytes > 0 AS memory_comparable
      FROM (SELECT *, run_s > 0 AND foreshape.is_measurement(state) AS measured FROM foreshape.job_report) AS r) AS job
WHERE
-- include part_in_lists.sql
  AND end_time IS NOT NULL AND ($1::bigint IS NULL OR end_time >= to_timestamp($1))
  AND ($2::bigint IS NULL OR end_time <= to_timestamp($2))
  AND ($10::text[] IS NULL OR state = ANY($10))
GROUP BY user_name ORDER BY user_name
