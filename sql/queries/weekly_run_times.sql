-- SPDX-License-Identifier: GPL-2.0-or-later
-- What jobs ran that were predicted about as long; by the prediction, shortest first. $1 to $9 as in report_jobs (the window
-- is of the end), $10 text[] states. Answers the mean prediction in a half octave, how many jobs, and of their run times in
-- seconds the tenth, the half and the nine tenths. Fewer than five jobs say nothing of tenths.
SELECT avg(predicted_run_s), count(*), percentile_cont(.1) WITHIN GROUP (ORDER BY run_s),
  percentile_cont(.5) WITHIN GROUP (ORDER BY run_s), percentile_cont(.9) WITHIN GROUP (ORDER BY run_s)
FROM foreshape.job_report
WHERE
-- include part_in_lists.sql
  AND end_time IS NOT NULL AND ($1::bigint IS NULL OR end_time >= to_timestamp($1))
  AND ($2::bigint IS NULL OR end_time <= to_timestamp($2)) AND ($10::text[] IS NULL OR state = ANY($10))
  AND run_s > 0 AND predicted_run_s > 0 AND foreshape.is_measurement(state)
GROUP BY round(2 * ln(predicted_run_s::float8) / ln(2::float8)) HAVING count(*) >= 5 ORDER BY 1
