-- SPDX-License-Identifier: GPL-2.0-or-later
-- Moves runs in the store that came before one of the batch to requeued_run, and has the run after them say how many
-- they were. No parameters. Runs before all that the batch told of are added; one between them may be counted already.
-- The states are the condition of the index job_unsettled; whether they suffice is_requeued_run says.
WITH earlier AS (
  DELETE FROM foreshape.job j USING job_stage s
  WHERE j.cluster = s.cluster AND j.job_id = s.job_id AND j.submit_time < to_timestamp(s.submit_s) AND j.uid = s.uid
    AND (foreshape.is_open(j.state) OR foreshape.is_cut_off(j.state))
    AND foreshape.is_requeued_run(j.submit_time, j.start_time, j.end_time, j.state, j.job_name, j.token,
                                 to_timestamp(CASE WHEN j.submit_time < to_timestamp(s.first_submit_s)
                                                   THEN s.first_submit_s ELSE s.submit_s END),
                                 s.job_name, s.token)
  RETURNING s.line, j, j.requeues + 1 AS before_later, j.submit_time < to_timestamp(s.first_submit_s) AS is_before),
kept AS (
  INSERT INTO foreshape.requeued_run (
-- include part_run_columns.sql
)
  SELECT DISTINCT ON (cluster, job_id, submit_time)
-- include part_run_columns.sql
  FROM (SELECT (j).* FROM earlier) AS run
  ON CONFLICT DO NOTHING)
UPDATE job_stage s SET requeues = greatest(s.requeues + e.before, e.between)
FROM (SELECT line, coalesce(sum(before_later) FILTER (WHERE is_before), 0)::integer AS before,
             coalesce(max(before_later) FILTER (WHERE NOT is_before), 0) AS between
      FROM earlier GROUP BY line) e
WHERE e.line = s.line
