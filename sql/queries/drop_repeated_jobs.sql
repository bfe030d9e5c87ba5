-- SPDX-License-Identifier: GPL-2.0-or-later
-- Keeps one line of each job that a batch has twice: the later line, but an ended one before one that still runs.
-- No parameters.
DELETE FROM job_stage s USING (
  SELECT line, row_number() OVER (PARTITION BY cluster, job_id, submit_s
                                  ORDER BY foreshape.is_open(state), line DESC) AS place
  FROM job_stage) p
WHERE p.line = s.line AND p.place > 1
