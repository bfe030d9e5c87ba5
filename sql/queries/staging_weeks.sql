-- SPDX-License-Identifier: GPL-2.0-or-later
-- Staging by user and week (Monday, UTC), oldest first. $1 from, $2 to (Unix seconds, NULL = no limit), text[]
-- (NULL = all): $3 users or uids, $4 clusters.
-- A job counts once for each of its inputs, by the last that it was told: a copy may have changed by the time it started.
-- Its reading time saved is what copying took to read the same, as far as that is known.
WITH event AS (
  SELECT e.*, date_trunc('week', e.at) AS week, coalesce(w.user_name, e.uid::text) AS user_name
  FROM foreshape.stage_event e
  LEFT JOIN LATERAL (
    SELECT p.user_name FROM foreshape.person p
    WHERE p.cluster = e.cluster AND p.uid = e.uid AND e.at >= p.owns_from AND e.at < p.owns_until
    ORDER BY p.user_name = p.uid::text, p.user_name LIMIT 1) w ON true
  WHERE ($1::bigint IS NULL OR e.at >= to_timestamp($1)) AND ($2::bigint IS NULL OR e.at <= to_timestamp($2))
    AND ($4::text[] IS NULL OR e.cluster = ANY($4))),
last_word AS (
  SELECT DISTINCT ON (cluster, uid, job_id, source) user_name, uid, week, step, copy_ms
  FROM event WHERE step IN ('used', 'missed') AND job_id IS NOT NULL
  ORDER BY cluster, uid, job_id, source, at DESC, user_number DESC),
told AS (
  SELECT user_name, uid, week, count(*) FILTER (WHERE step = 'used') AS hits, count(*) FILTER (WHERE step = 'missed') AS misses,
    sum(copy_ms) FILTER (WHERE step = 'used') AS saved_ms
  FROM last_word GROUP BY user_name, uid, week),
copied AS (
  SELECT user_name, uid, week, count(*) FILTER (WHERE step = 'planned') AS planned, count(*) FILTER (WHERE step = 'staged') AS staged,
    sum(bytes) FILTER (WHERE step = 'staged') AS staged_bytes, count(*) FILTER (WHERE step = 'failed') AS failed,
    sum(bytes) FILTER (WHERE step = 'expired') AS expired_bytes,
    sum(bytes) FILTER (WHERE step = 'expired' AND uses = 0) AS unused_bytes
  FROM event GROUP BY user_name, uid, week)
SELECT to_char(c.week, 'YYYY-MM-DD'), c.user_name, coalesce(sum(t.hits), 0), coalesce(sum(t.misses), 0), sum(c.planned), sum(c.staged),
  sum(c.failed), coalesce(sum(c.staged_bytes), 0)::bigint, coalesce(sum(c.expired_bytes), 0)::bigint, coalesce(sum(c.unused_bytes), 0)::bigint,
  (coalesce(sum(t.saved_ms), 0) / 1000)::bigint
FROM copied c LEFT JOIN told t ON t.user_name = c.user_name AND t.uid = c.uid AND t.week = c.week
WHERE $3::text[] IS NULL OR c.user_name = ANY($3) OR c.uid::text = ANY($3)
GROUP BY c.week, c.user_name ORDER BY c.week, c.user_name
