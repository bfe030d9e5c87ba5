-- SPDX-License-Identifier: GPL-2.0-or-later
-- Deletes what is older than a moment, of everybody, and answers how many rows of each table. A job that is still open stays,
-- with what was submitted and predicted of it. $1 bigint: Unix time.
WITH moment AS (SELECT to_timestamp($1::bigint) AS at),
-- An array's tasks share their submission's token.
open_jobs AS (
  SELECT cluster, job_id, token FROM foreshape.job, moment WHERE submit_time < moment.at AND foreshape.is_open(state)),
submissions AS (
  DELETE FROM foreshape.submission t USING moment WHERE t.submit_time < moment.at
  AND NOT EXISTS (SELECT FROM open_jobs o WHERE o.cluster = t.cluster AND o.token = t.token) RETURNING 1),
predictions AS (
  DELETE FROM foreshape.prediction t USING moment WHERE t.submit_time < moment.at
  AND NOT EXISTS (SELECT FROM open_jobs o WHERE o.cluster = t.cluster AND o.token = t.token) RETURNING 1),
decisions AS (
  DELETE FROM foreshape.decision t USING moment WHERE t.submit_time < moment.at
  AND NOT EXISTS (SELECT FROM open_jobs o WHERE o.cluster = t.cluster AND o.token = t.token) RETURNING 1),
outcomes AS (
  DELETE FROM foreshape.outcome t USING moment WHERE t.submit_time < moment.at AND foreshape.has_ended(t.state) RETURNING 1),
jobs AS (
  DELETE FROM foreshape.job t USING moment WHERE t.submit_time < moment.at AND foreshape.has_ended(t.state) RETURNING 1),
runs AS (
  DELETE FROM foreshape.requeued_run t USING moment WHERE t.submit_time < moment.at
  AND NOT EXISTS (SELECT FROM open_jobs o WHERE o.cluster = t.cluster AND o.job_id = t.job_id) RETURNING 1),
steps AS (DELETE FROM foreshape.pre_allocation_step t USING moment WHERE t.at < moment.at RETURNING 1),
holds AS (
  DELETE FROM foreshape.pre_allocation t USING moment WHERE coalesce(t.closed_at, t.deadline, t.created_at) < moment.at RETURNING 1),
stagings AS (DELETE FROM foreshape.stage_event t USING moment WHERE t.at < moment.at RETURNING 1),
notices AS (DELETE FROM foreshape.notice t USING moment WHERE t.at < moment.at RETURNING 1),
activities AS (DELETE FROM foreshape.activity t USING moment WHERE t.at < moment.at RETURNING 1)
-- include part_forgotten_counts.sql
UNION ALL
SELECT 'notices', count(*) FROM notices
