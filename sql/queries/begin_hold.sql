-- SPDX-License-Identifier: GPL-2.0-or-later
-- Opens a hold. $1 cluster, $2 reservation, $3 created, $4 kind, $5 partition, $6 user, $7 nodes, $8 deadline,
-- $9 dry run, $10 only if no hold of that name is open. Times are Unix seconds.
INSERT INTO foreshape.pre_allocation (cluster, reservation, created_at, kind, partition, user_name, nodes, deadline, dry_run)
SELECT $1, $2, to_timestamp($3::bigint), $4, $5, $6, $7::integer, to_timestamp($8::bigint), $9::boolean
WHERE NOT EXISTS (SELECT FROM foreshape.pre_allocation
                  WHERE cluster = $1 AND reservation = $2 AND closed_at IS NULL AND $10::boolean)
ON CONFLICT DO NOTHING
