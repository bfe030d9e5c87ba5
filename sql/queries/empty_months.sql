-- SPDX-License-Identifier: GPL-2.0-or-later
-- Statements that drop the monthly partitions that end by a moment and have no rows; add_month() makes them again where
-- somebody needs one. $1 bigint: Unix time.
WITH month AS (
  SELECT c.oid, c.relname, to_date(right(c.relname, 7), 'YYYY_MM')::timestamp AT TIME ZONE 'UTC' AS first
  FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid
  WHERE i.inhparent IN ('foreshape.job'::regclass, 'foreshape.activity'::regclass) AND c.relname ~ '_[0-9]{4}_[0-9]{2}$')
SELECT format('DROP TABLE foreshape.%I', m.relname) FROM month m
WHERE (m.first AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC' <= to_timestamp($1::bigint)
  AND NOT EXISTS (SELECT FROM foreshape.job j WHERE j.tableoid = m.oid)
  AND NOT EXISTS (SELECT FROM foreshape.activity a WHERE a.tableoid = m.oid)
ORDER BY m.relname
