-- SPDX-License-Identifier: GPL-2.0-or-later
-- Stores the outcomes of a batch: the later word on an outcome stands. No parameters.
INSERT INTO foreshape.outcome AS o (cluster, job_id, submit_time, token, uid, start_time, end_time, state)
SELECT DISTINCT ON (cluster, job_id, submit_time) * FROM outcome_stage
ORDER BY cluster, job_id, submit_time, end_time DESC NULLS LAST
ON CONFLICT (cluster, job_id, submit_time) DO UPDATE SET token = coalesce(excluded.token, o.token),
  start_time = excluded.start_time, end_time = excluded.end_time, state = excluded.state
WHERE o.end_time IS NULL OR excluded.end_time >= o.end_time
