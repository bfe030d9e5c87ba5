-- SPDX-License-Identifier: GPL-2.0-or-later
-- Above how many of the predicted quantiles jobs were that ended in a window and were measured. $1 to $9 as in report_jobs
-- (the window is of the end), $10 text[] states. Answers the resource, that number, and how many jobs.
WITH job AS (
  SELECT * FROM foreshape.job_report
  WHERE
-- include part_in_lists.sql
    AND end_time IS NOT NULL AND ($1::bigint IS NULL OR end_time >= to_timestamp($1))
    AND ($2::bigint IS NULL OR end_time <= to_timestamp($2)) AND ($10::text[] IS NULL OR state = ANY($10))
    AND run_s > 0 AND foreshape.is_measurement(state))
-- What equals a quantile is within it.
SELECT 'run_time', width_bucket(run_s * (1 - 1e-9::float8), run_s_q::float8[]) AS above, count(*)
FROM job WHERE run_s_q IS NOT NULL AND predicted_run_s > 0 GROUP BY above
UNION ALL
SELECT 'memory', width_bucket(peak_memory_bytes * (1 - 1e-9::float8), memory_bytes_q::float8[]) AS above, count(*)
FROM job WHERE memory_bytes_q IS NOT NULL AND predicted_memory_bytes > 0 AND peak_memory_bytes > 0 GROUP BY above
