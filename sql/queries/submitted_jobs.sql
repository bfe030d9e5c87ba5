-- SPDX-License-Identifier: GPL-2.0-or-later
-- All jobs submitted in a window, in the order of submission. $1 cluster, $2 from, $3 up to (not included), Unix seconds.
-- include part_past_job_columns.sql
  , j.user_name, j.allocated_nodes, j.allocated_cpus
FROM foreshape.job j
-- include part_and_submission.sql
WHERE j.cluster = $1 AND j.submit_time >= to_timestamp($2::bigint) AND j.submit_time < to_timestamp($3::bigint)
  AND j.state <> 'UNKNOWN'
ORDER BY j.submit_time, j.job_id
