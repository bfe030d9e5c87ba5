-- SPDX-License-Identifier: GPL-2.0-or-later
-- Gives jobs of a batch the token that the agent saw at their end. No parameters.
UPDATE job_stage s SET token = o.token FROM foreshape.outcome o
WHERE s.token IS NULL AND o.cluster = s.cluster AND o.job_id = s.job_id AND o.submit_time = to_timestamp(s.submit_s)
