-- SPDX-License-Identifier: GPL-2.0-or-later
-- Joins the runs of a job that stand in one batch (sacct prints by submit time: they need not stand together): the last
-- of a chain of runs takes in those before it, which go to run_stage. No parameters.
WITH run AS (
  SELECT line, cluster, job_id, uid, submit_s,
         foreshape.is_requeued_run(
           to_timestamp(submit_s), to_timestamp(start_s), to_timestamp(end_s), state, job_name, token,
           to_timestamp(lead(submit_s) OVER w), lead(job_name) OVER w, lead(token) OVER w) AS goes_on
  FROM job_stage
  WINDOW w AS (PARTITION BY cluster, job_id, uid ORDER BY submit_s)),
chain AS (
  SELECT *, count(*) FILTER (WHERE NOT goes_on) OVER (PARTITION BY cluster, job_id, uid ORDER BY submit_s DESC) AS number
  FROM run),
placed AS (
  SELECT line, goes_on, first_value(line) OVER (PARTITION BY cluster, job_id, uid, number ORDER BY submit_s DESC) AS last_line
  FROM chain),
earlier AS (
  DELETE FROM job_stage s USING placed p WHERE p.line = s.line AND p.goes_on
  RETURNING p.last_line, s, s.requeues, s.first_submit_s),
kept AS (INSERT INTO run_stage SELECT (s).* FROM earlier)
UPDATE job_stage s SET requeues = s.requeues + e.requeues, first_submit_s = least(s.first_submit_s, e.first_submit_s)
FROM (SELECT last_line, sum(requeues + 1)::integer AS requeues, min(first_submit_s) AS first_submit_s
      FROM earlier GROUP BY last_line) e
WHERE e.last_line = s.line
