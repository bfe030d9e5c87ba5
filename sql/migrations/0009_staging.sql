-- What became of input data that was staged before its job: what each user's figures of staging are made of. Users say
-- most of it themselves (their journals are taken over into the site's), so that a row may come twice, and is nobody
-- else's whatever it says.
CREATE TABLE foreshape.stage_event (
  cluster text NOT NULL,
  journal text NOT NULL,
  sequence bigint NOT NULL,
  at timestamptz NOT NULL,
  uid bigint NOT NULL,
  step text NOT NULL CHECK (step IN ('planned', 'staged', 'used', 'missed', 'failed', 'expired')),
  job_id bigint,
  bytes bigint NOT NULL,
  copy_ms bigint NOT NULL,
  uses bigint NOT NULL,
  user_number bigint,
  source text NOT NULL,
  file_system text NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (cluster, journal, sequence)
);
CREATE UNIQUE INDEX stage_event_once ON foreshape.stage_event (cluster, uid, user_number) WHERE user_number IS NOT NULL;
CREATE INDEX stage_event_brin ON foreshape.stage_event USING brin (at) WITH (autosummarize = on);
COMMENT ON TABLE foreshape.stage_event IS 'the steps of staged copies, as journalled by users and by the site';
COMMENT ON COLUMN foreshape.stage_event.job_id IS 'the staging job of what was planned; else the job in which it happened';
COMMENT ON COLUMN foreshape.stage_event.copy_ms IS 'how long copying read the source; 0 = not known';
COMMENT ON COLUMN foreshape.stage_event.user_number IS 'in the journal of the user who says it; NULL = the site''s own word';

GRANT SELECT, INSERT, UPDATE, DELETE ON foreshape.stage_event TO foreshape_writer;
GRANT SELECT ON foreshape.stage_event TO foreshape_reader;
ALTER TABLE foreshape.stage_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY writer_rows ON foreshape.stage_event TO foreshape_writer USING (true) WITH CHECK (true);
-- As for submissions: a uid that was somebody else's before shows what is from its own time only.
CREATE POLICY own_rows ON foreshape.stage_event FOR SELECT TO foreshape_reader USING (
  ((cluster, uid) IN (SELECT m.cluster, m.uid FROM foreshape.person m WHERE m.user_name = current_user::text)
   AND EXISTS (SELECT FROM foreshape.person m
     WHERE m.user_name = current_user::text AND m.cluster = stage_event.cluster AND m.uid = stage_event.uid
       AND stage_event.at >= m.owns_from AND stage_event.at < m.owns_until))
  OR (SELECT foreshape.is_operator()));
