-- SPDX-License-Identifier: GPL-2.0-or-later
-- And the other way round: runs of the batch whose later run is in the store already, which counts them, go to run_stage.
-- No parameters.
WITH later AS (
  DELETE FROM job_stage s USING foreshape.job j
  WHERE (foreshape.is_cut_off(s.state) OR (foreshape.is_open(s.state) AND s.token IS NOT NULL))
    AND j.cluster = s.cluster AND j.job_id = s.job_id AND j.submit_time > to_timestamp(s.submit_s) AND j.uid = s.uid
    AND foreshape.is_requeued_run(to_timestamp(s.submit_s), to_timestamp(s.start_s), to_timestamp(s.end_s), s.state,
                                 s.job_name, s.token, j.submit_time, j.job_name, j.token)
  RETURNING j.cluster, j.job_id, j.submit_time, s, s.requeues + 1 AS requeues),
kept AS (INSERT INTO run_stage SELECT (s).* FROM later)
UPDATE foreshape.job j SET requeues = l.requeues FROM later l
WHERE j.cluster = l.cluster AND j.job_id = l.job_id AND j.submit_time = l.submit_time AND j.requeues < l.requeues
