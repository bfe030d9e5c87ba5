-- SPDX-License-Identifier: GPL-2.0-or-later
-- Above how many of the predicted quantiles jobs were that ended in a window and were measured. $1 to $9 as in report_jobs
-- (the window is of the end), $10 text[] states. Answers that number of the run time, that of the memory (NULL: not
-- predicted or not measured), and how many jobs. What equals a quantile is within it.
SELECT CASE WHEN predicted_run_s > 0 THEN width_bucket(run_s * (1 - 1e-9::float8), run_s_q::float8[]) END,
  CASE WHEN predicted_memory_bytes > 0 AND peak_memory_bytes > 0
       THEN width_bucket(peak_memory_bytes * (1 - 1e-9::float8), memory_bytes_q::float8[]) END,
  count(*)
FROM foreshape.job_report
WHERE
-- include part_in_lists.sql
  AND end_time IS NOT NULL AND ($1::bigint IS NULL OR end_time >= to_timestamp($1))
  AND ($2::bigint IS NULL OR end_time <= to_timestamp($2)) AND ($10::text[] IS NULL OR state = ANY($10))
  AND run_s > 0 AND foreshape.is_measurement(state) AND evidence IS NOT NULL
GROUP BY 1, 2
