-- SPDX-License-Identifier: GPL-2.0-or-later
-- Keeps one step of a hold, exactly once. $1 cluster, $2 journal, $3 sequence, $4 time, $5 kind, $6 step, $7 action,
-- $8 reservation, $9 partition, $10 user, $11 nodes, $12 deadline, $13 job id, $14 idle node-seconds, $15 reason.
-- Times are Unix seconds.
INSERT INTO foreshape.pre_allocation_step (cluster, journal, sequence, at, kind, step, action, reservation, partition,
  user_name, nodes, deadline, job_id, idle_node_s, reason)
VALUES ($1, $2, $3::bigint, to_timestamp($4::bigint), $5, $6, $7, $8, $9, $10, $11::integer, to_timestamp($12::bigint),
  $13::bigint, $14::bigint, $15)
ON CONFLICT DO NOTHING
