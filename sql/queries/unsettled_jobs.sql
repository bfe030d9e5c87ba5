-- SPDX-License-Identifier: GPL-2.0-or-later
-- Jobs that may have ended unseen: those that the store takes for unfinished, and those that the agent saw end and
-- accounting did not tell of (slurmdbd was away, and its records came late). $1 cluster.
SELECT job_id FROM foreshape.job WHERE cluster = $1 AND foreshape.is_open(state)
UNION
SELECT job_id FROM foreshape.outcome o
WHERE cluster = $1 AND submit_time > now() - interval '30 days'
  AND NOT EXISTS (SELECT FROM foreshape.job j
                  WHERE j.cluster = o.cluster AND j.job_id = o.job_id AND j.submit_time >= o.submit_time)
