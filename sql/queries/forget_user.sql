-- SPDX-License-Identifier: GPL-2.0-or-later
-- Deletes all that the store has of a user, and answers how many rows of each table. $1: name; $2: cluster, or NULL for all.
-- What came from the journal knows its user by uid: of a uid that somebody else has had too, only this user's time of it.
WITH whose AS (
  SELECT DISTINCT cluster, uid, owns_from, owns_until FROM foreshape.person
  WHERE user_name = $1 AND ($2::text IS NULL OR cluster = $2)),
submissions AS (
  DELETE FROM foreshape.submission t USING whose w
  WHERE t.cluster = w.cluster AND t.uid = w.uid AND t.submit_time >= w.owns_from AND t.submit_time < w.owns_until RETURNING 1),
predictions AS (
  DELETE FROM foreshape.prediction t USING whose w
  WHERE t.cluster = w.cluster AND t.uid = w.uid AND t.submit_time >= w.owns_from AND t.submit_time < w.owns_until RETURNING 1),
decisions AS (
  DELETE FROM foreshape.decision t USING whose w
  WHERE t.cluster = w.cluster AND t.uid = w.uid AND t.submit_time >= w.owns_from AND t.submit_time < w.owns_until RETURNING 1),
outcomes AS (
  DELETE FROM foreshape.outcome t USING whose w
  WHERE t.cluster = w.cluster AND t.uid = w.uid AND t.submit_time >= w.owns_from AND t.submit_time < w.owns_until RETURNING 1),
stagings AS (
  DELETE FROM foreshape.stage_event t USING whose w
  WHERE t.cluster = w.cluster AND t.uid = w.uid AND t.at >= w.owns_from AND t.at < w.owns_until RETURNING 1),
jobs AS (
  DELETE FROM foreshape.job WHERE user_name = $1 AND ($2::text IS NULL OR cluster = $2) RETURNING 1),
runs AS (
  DELETE FROM foreshape.requeued_run WHERE user_name = $1 AND ($2::text IS NULL OR cluster = $2) RETURNING 1),
steps AS (
  DELETE FROM foreshape.pre_allocation_step WHERE user_name = $1 AND ($2::text IS NULL OR cluster = $2) RETURNING 1),
holds AS (
  DELETE FROM foreshape.pre_allocation WHERE user_name = $1 AND ($2::text IS NULL OR cluster = $2) RETURNING 1),
activities AS (
  DELETE FROM foreshape.activity WHERE user_name = $1 AND ($2::text IS NULL OR cluster = $2) RETURNING 1),
people AS (
  DELETE FROM foreshape.person WHERE user_name = $1 AND ($2::text IS NULL OR cluster = $2) RETURNING 1)
-- include part_forgotten_counts.sql
UNION ALL
SELECT 'accounts', count(*) FROM people
