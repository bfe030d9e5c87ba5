-- SPDX-License-Identifier: GPL-2.0-or-later
-- The newest ended jobs of each user in each account. $1 cluster, $2 how many of each.
-- For each user and account an index scan from the newest end backwards (index job_finished), so the cost follows the
-- number of users, not of jobs.
-- include part_past_job_columns.sql
FROM (SELECT DISTINCT cluster, uid, account FROM foreshape.person WHERE cluster = $1) p
CROSS JOIN LATERAL (
  SELECT * FROM foreshape.job
  WHERE cluster = p.cluster AND uid = p.uid AND account = p.account AND end_time IS NOT NULL
    AND foreshape.has_ended(state)
  ORDER BY end_time DESC LIMIT $2::bigint) j
-- include part_and_submission.sql
