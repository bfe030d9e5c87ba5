-- SPDX-License-Identifier: GPL-2.0-or-later
-- Holds that were open in a window. $1 from, $2 to (Unix seconds, NULL = no limit), text[] (NULL = all): $3 users (the
-- pool is everybody's), $4 partitions, $5 clusters.
SELECT cluster, reservation, kind, partition, user_name, extract(epoch FROM created_at)::bigint,
  extract(epoch FROM deadline)::bigint, extract(epoch FROM closed_at)::bigint, nodes, hits, idle_node_s, dry_run
FROM foreshape.pre_allocation
WHERE ($1::bigint IS NULL OR closed_at IS NULL OR closed_at >= to_timestamp($1))
  AND ($2::bigint IS NULL OR created_at <= to_timestamp($2))
  AND ($3::text[] IS NULL OR user_name = '' OR user_name = ANY($3))
  AND ($4::text[] IS NULL OR partition = ANY($4))
  AND ($5::text[] IS NULL OR cluster = ANY($5))
ORDER BY created_at, reservation
