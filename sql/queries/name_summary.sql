-- SPDX-License-Identifier: GPL-2.0-or-later
-- What each user's jobs of one name requested and used; by user, then by core-hours, most first. $1 to $9 as in
-- report_jobs (the window is of the end), $10 text[] states. Requested is what the newest of them that requested any did. A job that
-- was cut off says of what it needed only that it was more.
SELECT user_name, job_name, count(*), count(*) FILTER (WHERE measured),
  count(*) FILTER (WHERE measured AND peak_memory_bytes > 0),
  count(*) FILTER (WHERE state = 'TIMEOUT'), count(*) FILTER (WHERE state = 'OUT_OF_MEMORY'),
  (array_agg(requested_limit_s ORDER BY submit_time DESC, job_id DESC) FILTER (WHERE requested_limit_s IS NOT NULL))[1],
  (array_agg(requested_memory_bytes ORDER BY submit_time DESC, job_id DESC) FILTER (WHERE requested_memory_bytes IS NOT NULL))[1],
  max(run_s) FILTER (WHERE measured), max(run_s) FILTER (WHERE state = 'TIMEOUT'),
  max(peak_memory_bytes) FILTER (WHERE measured),
  max(greatest(peak_memory_bytes, requested_memory_bytes)) FILTER (WHERE state = 'OUT_OF_MEMORY'),
  sum(cpu_efficiency * core_s) / nullif(sum(core_s) FILTER (WHERE cpu_efficiency IS NOT NULL), 0),
  coalesce(sum(core_s), 0) / 3600,
  avg(extract(epoch FROM start_time - submit_time)) FILTER (WHERE start_time IS NOT NULL),
  (array_agg(requested_cpus ORDER BY submit_time DESC, job_id DESC) FILTER (WHERE requested_cpus IS NOT NULL))[1],
  count(*) FILTER (WHERE measured AND cpu_efficiency IS NOT NULL), max(cpu_efficiency * allocated_cpus) FILTER (WHERE measured),
  (array_agg(requested_gpus ORDER BY submit_time DESC, job_id DESC) FILTER (WHERE requested_gpus IS NOT NULL))[1]
FROM (SELECT *, run_s > 0 AND foreshape.is_measurement(state) AS measured, run_s::float8 * allocated_cpus AS core_s
      FROM foreshape.job_report) AS job
WHERE
-- include part_in_lists.sql
  AND end_time IS NOT NULL AND ($1::bigint IS NULL OR end_time >= to_timestamp($1))
  AND ($2::bigint IS NULL OR end_time <= to_timestamp($2))
  AND ($10::text[] IS NULL OR state = ANY($10))
GROUP BY user_name, job_name ORDER BY user_name, coalesce(sum(core_s), 0) DESC, job_name
