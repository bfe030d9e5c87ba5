-- SPDX-License-Identifier: GPL-2.0-or-later
-- How long jobs waited that ended in a window, by week and all together. $1 to $9 as in report_jobs (the window is of the
-- end), $10 text[] states, $11 bigint[] beginnings of the weeks, Unix seconds, ascending. Answers the week's beginning
-- (NULL: all), jobs, those that started, and of their waits in seconds the mean and the median.
SELECT week, count(*), count(wait_s), avg(wait_s), percentile_cont(.5) WITHIN GROUP (ORDER BY wait_s)
FROM (SELECT *, extract(epoch FROM start_time - submit_time)::float8 AS wait_s,
        ($11::bigint[])[greatest(width_bucket(extract(epoch FROM end_time)::bigint, $11::bigint[]), 1)] AS week
      FROM foreshape.job WHERE end_time IS NOT NULL) AS job
WHERE
-- include part_in_lists.sql
  AND ($1::bigint IS NULL OR end_time >= to_timestamp($1)) AND ($2::bigint IS NULL OR end_time <= to_timestamp($2))
  AND ($10::text[] IS NULL OR state = ANY($10))
GROUP BY GROUPING SETS ((week), ()) ORDER BY week NULLS LAST
