-- SPDX-License-Identifier: GPL-2.0-or-later
-- Brings the newest hold of a name that is still open up to date with a step.
-- $1 cluster, $2 reservation, $3 time of the step, $4 whether it was resized: then $5 nodes and $6 deadline count,
-- $7 hits to add, $8 idle node-seconds so far, $9 whether the step closes it. Times are Unix seconds.
UPDATE foreshape.pre_allocation h SET
  nodes = CASE WHEN $4::boolean THEN $5::integer ELSE nodes END,
  deadline = CASE WHEN $4::boolean THEN coalesce(to_timestamp($6::bigint), deadline) ELSE deadline END,
  hits = hits + $7::integer,
  idle_node_s = greatest(idle_node_s, $8::bigint),
  closed_at = CASE WHEN $9::boolean THEN to_timestamp($3::bigint) ELSE NULL END
WHERE cluster = $1 AND reservation = $2 AND closed_at IS NULL
  AND created_at = (SELECT max(created_at) FROM foreshape.pre_allocation o
                    WHERE o.cluster = $1 AND o.reservation = $2 AND o.closed_at IS NULL)
