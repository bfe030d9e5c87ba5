-- SPDX-License-Identifier: GPL-2.0-or-later
-- How many ended jobs of a cluster were submitted since a moment, up to a number. $1 cluster, $2 since (Unix seconds),
-- $3 where to stop counting.
SELECT count(*) FROM (
  SELECT FROM foreshape.job
  WHERE cluster = $1 AND submit_time >= to_timestamp($2::bigint) AND end_time IS NOT NULL AND foreshape.has_ended(state)
  LIMIT $3::bigint) j
