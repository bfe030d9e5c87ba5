-- SPDX-License-Identifier: GPL-2.0-or-later
-- Gives jobs in the store the tokens of a batch of outcomes, where accounting came first. No parameters.
UPDATE foreshape.job j SET token = o.token FROM outcome_stage o
WHERE j.token IS NULL AND o.token IS NOT NULL
  AND j.cluster = o.cluster AND j.job_id = o.job_id AND j.submit_time = o.submit_time
