-- A uid outlives its user: whoever is given one that was used before saw the predecessor's submissions, predictions,
-- decisions and outcomes, which know their user by uid alone. Now each user of a uid has the time from their own first
-- job on until the next user's first, the first of them also what came before. A uid that goes back to an earlier user
-- is not foreseen: the rows stay the later one's.

-- First, in the order in which readers come to them: who reads meanwhile waits, instead of ending the migration by a
-- deadlock after it has read all jobs.
LOCK TABLE foreshape.submission, foreshape.prediction, foreshape.decision, foreshape.outcome, foreshape.person
  IN ACCESS EXCLUSIVE MODE;

ALTER TABLE foreshape.person
  ADD COLUMN first_submit_time timestamptz NOT NULL DEFAULT '-infinity',
  ADD COLUMN owns_from timestamptz NOT NULL DEFAULT '-infinity',
  ADD COLUMN owns_until timestamptz NOT NULL DEFAULT 'infinity';
COMMENT ON COLUMN foreshape.person.first_submit_time IS 'of the earliest job that the store has seen';
COMMENT ON COLUMN foreshape.person.owns_from IS 'what was submitted under the uid from then on is this user''s';
COMMENT ON COLUMN foreshape.person.owns_until IS 'and before this';

-- Jobs whose account was changed later are those of the same user.
UPDATE foreshape.person p SET first_submit_time = j.first_submit_time
FROM (SELECT cluster, uid, user_name, min(submit_time) AS first_submit_time
      FROM foreshape.job GROUP BY cluster, uid, user_name) j
WHERE p.cluster = j.cluster AND p.uid = j.uid AND p.user_name = j.user_name;

-- The plugin's clock at the submission is a moment before the job's own time of submission, hence the minute. A name
-- that is the uid itself is what ingest writes where nobody told the name: nobody's.
CREATE FUNCTION foreshape.divide_uids() RETURNS void LANGUAGE sql AS $$
  WITH users AS (
    SELECT cluster, uid, user_name, min(first_submit_time) - interval '1 minute' AS since
    FROM foreshape.person WHERE user_name <> uid::text GROUP BY cluster, uid, user_name),
  owners AS (
    SELECT *, row_number() OVER w = 1 AS is_first, lead(since) OVER w AS next_since, count(*) OVER (PARTITION BY cluster, uid) AS users
    FROM users WINDOW w AS (PARTITION BY cluster, uid ORDER BY since, user_name))
  UPDATE foreshape.person p
  SET owns_from = CASE WHEN o.is_first THEN '-infinity' ELSE o.since END,
      owns_until = coalesce(o.next_since, 'infinity')
  FROM owners o
  WHERE o.users > 1 AND p.cluster = o.cluster AND p.uid = o.uid AND p.user_name = o.user_name
    AND (p.owns_from, p.owns_until) IS DISTINCT FROM
        (CASE WHEN o.is_first THEN '-infinity' ELSE o.since END, coalesce(o.next_since, 'infinity'))
$$;
COMMENT ON FUNCTION foreshape.divide_uids() IS 'gives each user of a uid that several have had their time of it; for ingest';
-- For databases whose new functions are not everybody's (ALTER DEFAULT PRIVILEGES).
GRANT EXECUTE ON FUNCTION foreshape.divide_uids() TO foreshape_writer;
SELECT foreshape.divide_uids();

-- The first test is hashed and leaves few rows for the second.
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['submission', 'prediction', 'decision', 'outcome']
  LOOP
    EXECUTE format('ALTER POLICY own_rows ON foreshape.%1$I USING ('
                   '((cluster, uid) IN (SELECT m.cluster, m.uid FROM foreshape.person m WHERE m.user_name = current_user::text)'
                   ' AND EXISTS (SELECT FROM foreshape.person m'
                   '  WHERE m.user_name = current_user::text AND m.cluster = %1$I.cluster AND m.uid = %1$I.uid'
                   '  AND %1$I.submit_time >= m.owns_from AND %1$I.submit_time < m.owns_until))'
                   ' OR (SELECT foreshape.is_operator()))', t);
  END LOOP;
END
$$;
