-- SPDX-License-Identifier: GPL-2.0-or-later
-- What Memory=enforce gave back and what it cost, from runs that ended. $1 to $9 as in report_jobs (the window is of the
-- end), $10 'user', 'qos' or 'week', $11 bigint[] beginnings of the weeks, Unix seconds, ascending. Answers the group (of
-- a week its beginning), jobs, runs whose allocation is not known, shaped runs that were not killed, shaped runs that were,
-- those of these that ran again; GiB-hours requested, allocated and given back by runs that were not killed, and lost to
-- those that were; core-hours lost; of what was allocated the part whose use was measured, and of that the part not used.
-- A job that requested no figure got what it requested.
SELECT CASE $10::text WHEN 'user' THEN user_name WHEN 'qos' THEN qos
         ELSE ($11::bigint[])[greatest(width_bucket(extract(epoch FROM end_time)::bigint, $11::bigint[]), 1)]::text END,
  count(*) FILTER (WHERE NOT was_requeued), count(*) FILTER (WHERE allocated_gib_h IS NULL),
  count(*) FILTER (WHERE memory_is_shaped AND NOT was_killed), count(*) FILTER (WHERE was_killed),
  count(*) FILTER (WHERE was_killed AND was_requeued),
  sum(requested_gib_h) FILTER (WHERE NOT was_killed), sum(allocated_gib_h) FILTER (WHERE NOT was_killed),
  sum(requested_gib_h - allocated_gib_h) FILTER (WHERE memory_is_shaped AND NOT was_killed),
  sum(allocated_gib_h) FILTER (WHERE was_killed), sum(core_h) FILTER (WHERE was_killed),
  sum(allocated_gib_h) FILTER (WHERE NOT was_killed AND peak_memory_bytes IS NOT NULL),
  sum(allocated_gib_h * greatest(1 - peak_memory_bytes / nullif(allocated_memory_bytes, 0)::float8, 0)) FILTER (WHERE NOT was_killed)
FROM (SELECT *, memory_is_shaped AND ran_out_of_memory AS was_killed, hours * allocated_cpus AS core_h,
        hours * allocated_nodes * allocated_memory_bytes / 2^30 AS allocated_gib_h,
        hours * allocated_nodes * CASE WHEN allocated_memory_bytes IS NOT NULL
                                       THEN coalesce(requested_memory_bytes, allocated_memory_bytes) END / 2^30 AS requested_gib_h
      FROM (SELECT *, run_s::float8 / 3600 AS hours FROM foreshape.run WHERE run_s > 0) AS ran) AS run
WHERE
-- include part_in_lists.sql
  AND end_time IS NOT NULL AND ($1::bigint IS NULL OR end_time >= to_timestamp($1))
  AND ($2::bigint IS NULL OR end_time <= to_timestamp($2))
GROUP BY 1 ORDER BY 1
