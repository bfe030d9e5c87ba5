-- The store: what was asked, predicted, planned and used, one row each per job.
--
-- Names that repeat everywhere: cluster (Slurm's ClusterName), token (names one submission for good; the plugin
-- writes it into admin_comment as foreshape=<16 hex digits>), _s seconds, _bytes bytes, _q quantiles at the levels
-- of foreshape.quantile_levels(). NULL = not said or not measured, which is not 0.

-- Roles belong to the whole server and may be there already (another database, another cluster).
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['foreshape_writer', 'foreshape_reader', 'foreshape_activity', 'foreshape_operator']
  LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
      EXCEPTION
        WHEN duplicate_object OR unique_violation THEN NULL;  -- another migration was faster
        WHEN insufficient_privilege THEN
          RAISE EXCEPTION 'role % is missing and % may not create it', role_name, current_user
            USING HINT = format('run as a superuser: CREATE ROLE %I NOLOGIN', role_name);
      END;
    END IF;
  END LOOP;
  IF NOT pg_has_role('foreshape_operator', 'foreshape_reader', 'member') THEN
    GRANT foreshape_reader TO foreshape_operator;
  END IF;
END
$$;

CREATE FUNCTION foreshape.quantile_levels() RETURNS real[]
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN ARRAY[.01, .05, .1, .25, .5, .75, .8, .9, .95, .98, .99]::real[];
COMMENT ON FUNCTION foreshape.quantile_levels() IS 'levels of every _q column, in order';

-- The value at a level that is kept exactly: foreshape.at_level(run_s_q, 0.95).
CREATE FUNCTION foreshape.at_level(quantiles real[], level real) RETURNS real
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN quantiles[array_position(foreshape.quantile_levels(), level)];
COMMENT ON FUNCTION foreshape.at_level(real[], real) IS 'the quantile at one of the kept levels; NULL at any other';

-- Jobs ---------------------------------------------------------------------------------------------------------
-- Usage stands in the same row: it is one to one, comes from the same accounting record, and every reader wants both.

CREATE TABLE foreshape.job (
  cluster text NOT NULL,
  job_id bigint NOT NULL,
  job_id_text text NOT NULL,
  token bigint,
  submit_time timestamptz NOT NULL,
  start_time timestamptz,
  end_time timestamptz,
  state text NOT NULL CHECK (state IN ('UNKNOWN', 'PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'TIMEOUT',
                                       'OUT_OF_MEMORY', 'NODE_FAIL', 'PREEMPTED', 'BOOT_FAIL', 'DEADLINE', 'REQUEUED')),
  requeues integer NOT NULL DEFAULT 0 CHECK (requeues >= 0),

  uid bigint NOT NULL,
  user_name text NOT NULL,
  account text NOT NULL DEFAULT '',
  partition text NOT NULL DEFAULT '',
  qos text NOT NULL DEFAULT '',
  job_name text NOT NULL DEFAULT '',
  folder text NOT NULL DEFAULT '',

  asked_nodes integer,
  asked_cpus integer,
  asked_tasks integer,
  asked_gpus integer,
  asked_memory_bytes bigint,
  asked_limit_s bigint,
  array_tasks integer NOT NULL DEFAULT 0,
  interactive boolean NOT NULL DEFAULT false,
  has_dependency boolean NOT NULL DEFAULT false,

  allocated_nodes integer,
  allocated_cpus integer,
  run_s bigint,
  peak_memory_bytes bigint,
  cpu_efficiency real,
  read_bytes bigint,
  written_bytes bigint,

  PRIMARY KEY (cluster, job_id, submit_time)
) PARTITION BY RANGE (submit_time);

COMMENT ON TABLE foreshape.job IS
  'one row for each raw job id (array task, het component) that accounting or a trace knows; of a requeued job the last run';
COMMENT ON COLUMN foreshape.job.job_id_text IS 'as people write it: 123, 123_4, 123+1';
COMMENT ON COLUMN foreshape.job.token IS 'of the submission; shared by all tasks of an array; NULL = submitted without Foreshape';
COMMENT ON COLUMN foreshape.job.submit_time IS 'of the run described; Slurm gives a requeued job a new one. Part of the key because job ids start over';
COMMENT ON COLUMN foreshape.job.requeues IS 'runs before the one described; without it a preempted job would look short';
COMMENT ON COLUMN foreshape.job.asked_memory_bytes IS 'per node';
COMMENT ON COLUMN foreshape.job.run_s IS 'of the last run, suspended time not counted; 0 = never ran';
COMMENT ON COLUMN foreshape.job.peak_memory_bytes IS
  'largest over steps of the largest task x tasks on a node; NULL = never sampled (short jobs), not zero';
COMMENT ON COLUMN foreshape.job.cpu_efficiency IS 'cpu time / (allocated cpus x run time)';
COMMENT ON COLUMN foreshape.job.read_bytes IS 'sum over steps and tasks; Slurm counts what passes read(2), the page cache included';

CREATE TABLE foreshape.job_odd_dates PARTITION OF foreshape.job DEFAULT;
COMMENT ON TABLE foreshape.job_odd_dates IS 'submit times that no clock should show; months are made on demand by add_month()';

CREATE INDEX job_by_user ON foreshape.job (uid, submit_time);
CREATE INDEX job_by_name ON foreshape.job (user_name, submit_time);
CREATE INDEX job_finished ON foreshape.job (cluster, uid, account, end_time DESC) WHERE end_time IS NOT NULL;
CREATE INDEX job_by_token ON foreshape.job (token) WHERE token IS NOT NULL;
-- Few rows at any time: what ingest looks at again, and what a later run of the same job replaces.
CREATE INDEX job_unsettled ON foreshape.job (cluster, job_id)
  WHERE state IN ('UNKNOWN', 'PENDING', 'RUNNING', 'REQUEUED', 'PREEMPTED', 'NODE_FAIL', 'BOOT_FAIL');
CREATE INDEX job_submit_brin ON foreshape.job USING brin (submit_time) WITH (autosummarize = on);
CREATE INDEX job_end_brin ON foreshape.job USING brin (end_time) WITH (autosummarize = on);

CREATE TABLE foreshape.person (
  cluster text NOT NULL,
  uid bigint NOT NULL,
  user_name text NOT NULL,
  account text NOT NULL,
  PRIMARY KEY (cluster, uid, account, user_name)
);
CREATE INDEX person_by_name ON foreshape.person (user_name);
COMMENT ON TABLE foreshape.person IS
  'who submitted under which account, kept by ingest: resolves the uid of a prediction to the user who may read it';

-- From the journal ---------------------------------------------------------------------------------------------
-- Not partitioned: they are reached by token, must be unique by token (exactly once), and PostgreSQL can promise that
-- over partitions only if the partition key is in it. Tokens grow with time, so these tables are clustered by nature.

CREATE TABLE foreshape.submission (
  cluster text NOT NULL,
  token bigint NOT NULL,
  submit_time timestamptz NOT NULL,
  uid bigint NOT NULL,
  account text NOT NULL,
  partition text NOT NULL,
  qos text NOT NULL,
  job_name text NOT NULL,
  account_hash bigint NOT NULL,
  partition_hash bigint NOT NULL,
  qos_hash bigint NOT NULL,
  name_hash bigint NOT NULL,
  script_hash bigint NOT NULL,
  folder_hash bigint NOT NULL,
  gres_hash bigint NOT NULL,
  licences_hash bigint NOT NULL,
  burst_buffer_hash bigint NOT NULL,
  asked_nodes integer,
  asked_cpus integer,
  asked_tasks integer,
  asked_gpus integer,
  asked_memory_bytes bigint,
  asked_limit_s bigint,
  array_tasks integer NOT NULL,
  interactive boolean NOT NULL,
  has_dependency boolean NOT NULL,
  PRIMARY KEY (cluster, token)
);
CREATE INDEX submission_brin ON foreshape.submission USING brin (submit_time) WITH (autosummarize = on);
COMMENT ON TABLE foreshape.submission IS 'the job as the plugin saw it at submission; hashes as in profiles (0 = not said)';

CREATE TABLE foreshape.prediction (
  cluster text NOT NULL,
  token bigint NOT NULL,
  uid bigint NOT NULL,
  submit_time timestamptz NOT NULL,
  evidence text NOT NULL CHECK (evidence IN ('none', 'user', 'account', 'cluster')),
  similar_jobs integer NOT NULL,
  run_s real,            run_s_mean real,          run_s_q real[],          run_s_jobs integer NOT NULL,
  memory_bytes real,     memory_bytes_mean real,   memory_bytes_q real[],   memory_bytes_jobs integer NOT NULL,
  cpu_efficiency real,   cpu_efficiency_mean real, cpu_efficiency_q real[], cpu_efficiency_jobs integer NOT NULL,
  read_bytes real,       read_bytes_mean real,     read_bytes_q real[],     read_bytes_jobs integer NOT NULL,
  written_bytes real,    written_bytes_mean real,  written_bytes_q real[],  written_bytes_jobs integer NOT NULL,
  PRIMARY KEY (cluster, token)
);
COMMENT ON TABLE foreshape.prediction IS
  'what the predictor said; per resource the typical value, the mean, the quantiles, and from how many jobs (0: NULL, nothing known)';
COMMENT ON COLUMN foreshape.prediction.evidence IS 'whose past jobs it rests on';
COMMENT ON COLUMN foreshape.prediction.similar_jobs IS 'of them: same name (digits folded) and same request';
COMMENT ON COLUMN foreshape.prediction.memory_bytes IS 'largest over nodes';

CREATE TABLE foreshape.decision (
  cluster text NOT NULL,
  token bigint NOT NULL,
  uid bigint NOT NULL,
  submit_time timestamptz NOT NULL,
  run_time_mode text NOT NULL,
  memory_mode text NOT NULL,
  cpus_mode text NOT NULL,
  io_mode text NOT NULL,
  planned_run_s bigint,
  planned_memory_bytes bigint,
  order_offset_s bigint,
  may_use_pool boolean NOT NULL,
  opted_out boolean NOT NULL,
  decided_in_ns bigint NOT NULL,
  PRIMARY KEY (cluster, token)
);
COMMENT ON TABLE foreshape.decision IS 'what was planned; modes off, observe, advise, enforce: only enforce changes the job';
COMMENT ON COLUMN foreshape.decision.order_offset_s IS 'how long a later job may still go ahead of this one';
COMMENT ON COLUMN foreshape.decision.decided_in_ns IS 'time spent inside job_submit';

CREATE TABLE foreshape.outcome (
  cluster text NOT NULL,
  job_id bigint NOT NULL,
  submit_time timestamptz NOT NULL,
  token bigint,
  uid bigint NOT NULL,
  start_time timestamptz,
  end_time timestamptz,
  state text NOT NULL,
  PRIMARY KEY (cluster, job_id, submit_time)
);
CREATE INDEX outcome_by_token ON foreshape.outcome (token) WHERE token IS NOT NULL;
COMMENT ON TABLE foreshape.outcome IS 'the end of a job as the agent saw it, seconds after; accounting''s word is in job';

-- Holding nodes ------------------------------------------------------------------------------------------------

CREATE TABLE foreshape.pre_allocation (
  cluster text NOT NULL,
  reservation text NOT NULL,
  created_at timestamptz NOT NULL,
  kind text NOT NULL CHECK (kind IN ('pool', 'personal')),
  partition text NOT NULL,
  user_name text NOT NULL,
  nodes integer NOT NULL,
  deadline timestamptz,
  dry_run boolean NOT NULL DEFAULT false,
  closed_at timestamptz,
  hits integer NOT NULL DEFAULT 0,
  idle_node_s bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (cluster, reservation, created_at)
);
COMMENT ON TABLE foreshape.pre_allocation IS 'one row for each hold, derived from its steps; hits = 0 once closed: a miss';
COMMENT ON COLUMN foreshape.pre_allocation.user_name IS 'of a personal hold; empty for the pool';
COMMENT ON COLUMN foreshape.pre_allocation.idle_node_s IS 'node-seconds held idle; final once closed';

CREATE TABLE foreshape.pre_allocation_step (
  cluster text NOT NULL,
  journal text NOT NULL,
  sequence bigint NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  step text NOT NULL,
  action text NOT NULL,
  reservation text NOT NULL,
  partition text NOT NULL,
  user_name text NOT NULL,
  nodes integer NOT NULL,
  deadline timestamptz,
  job_id bigint,
  idle_node_s bigint NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (cluster, journal, sequence)
);
CREATE INDEX pre_allocation_step_by_time ON foreshape.pre_allocation_step (at);
COMMENT ON TABLE foreshape.pre_allocation_step IS 'each step of a hold as journalled, written before it was tried and after it came out';

-- Activity, models, notices, watermarks ------------------------------------------------------------------------

CREATE TABLE foreshape.activity (
  at timestamptz NOT NULL,
  cluster text NOT NULL,
  user_name text NOT NULL,
  host text NOT NULL,
  terminals integer NOT NULL CHECK (terminals >= 0),
  idle_s bigint NOT NULL CHECK (idle_s >= 0)
) PARTITION BY RANGE (at);
CREATE TABLE foreshape.activity_odd_dates PARTITION OF foreshape.activity DEFAULT;
CREATE INDEX activity_by_user ON foreshape.activity (user_name, at);
CREATE INDEX activity_brin ON foreshape.activity USING brin (at) WITH (autosummarize = on);
COMMENT ON TABLE foreshape.activity IS 'terminals alive on login nodes and seconds since the last key press; never content';

CREATE TABLE foreshape.model (
  model_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cluster text NOT NULL,
  version text NOT NULL,
  file_checksum bigint NOT NULL,
  trained_at timestamptz NOT NULL,
  promoted_at timestamptz,
  retired_at timestamptz,
  card jsonb NOT NULL,
  UNIQUE (cluster, version)
);
COMMENT ON TABLE foreshape.model IS 'trained models; card: data window, metrics, seed, git revision';

CREATE TABLE foreshape.notice (
  cluster text NOT NULL,
  journal text NOT NULL,
  sequence bigint NOT NULL,
  at timestamptz NOT NULL,
  lost_events bigint NOT NULL,
  message text NOT NULL,
  PRIMARY KEY (cluster, journal, sequence)
);
COMMENT ON TABLE foreshape.notice IS 'what the operator should know: losses, faults, settings that changed';

CREATE TABLE foreshape.ingest_watermark (
  cluster text NOT NULL,
  source text NOT NULL,
  up_to timestamptz,
  sequence bigint,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (cluster, source)
);
COMMENT ON TABLE foreshape.ingest_watermark IS
  'how far each source is ingested; moved in the transaction that stores the rows. source: sacct, journal:<folder>';

-- Months -------------------------------------------------------------------------------------------------------

CREATE FUNCTION foreshape.add_month(parent text, month timestamptz) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  -- Months are UTC, whatever the session's time zone.
  first_day timestamp := date_trunc('month', month AT TIME ZONE 'UTC');
  name text := format('%s_%s', parent, to_char(first_day, 'YYYY_MM'));
BEGIN
  IF parent NOT IN ('job', 'activity') THEN
    RAISE EXCEPTION 'table % has no months', parent;
  END IF;
  -- A bound on the number of partitions: anything else is an odd date.
  IF first_day < '1990-01-01' OR first_day > now() AT TIME ZONE 'UTC' + interval '1 year' THEN
    RETURN;
  END IF;
  IF to_regclass(format('foreshape.%I', name)) IS NOT NULL THEN
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('foreshape.add_month'));
  EXECUTE format('CREATE TABLE IF NOT EXISTS foreshape.%I PARTITION OF foreshape.%I FOR VALUES FROM (%L) TO (%L)',
                 name, parent, first_day AT TIME ZONE 'UTC', (first_day + interval '1 month') AT TIME ZONE 'UTC');
END
$$;
COMMENT ON FUNCTION foreshape.add_month(text, timestamptz) IS
  'makes the monthly partition of job or activity if it is not there; runs as the owner so that writers need no DDL';

-- The report's view --------------------------------------------------------------------------------------------

CREATE VIEW foreshape.job_report WITH (security_invoker = true) AS
SELECT j.*,
       p.evidence, p.similar_jobs,
       p.run_s AS predicted_run_s, p.run_s_mean AS predicted_run_s_mean, p.run_s_q, p.run_s_jobs,
       p.memory_bytes AS predicted_memory_bytes, p.memory_bytes_q, p.memory_bytes_jobs,
       p.cpu_efficiency AS predicted_cpu_efficiency, p.cpu_efficiency_q, p.cpu_efficiency_jobs,
       p.read_bytes AS predicted_read_bytes, p.read_bytes_q, p.read_bytes_jobs,
       p.written_bytes AS predicted_written_bytes, p.written_bytes_q, p.written_bytes_jobs,
       d.run_time_mode, d.memory_mode, d.cpus_mode, d.io_mode,
       d.planned_run_s, d.planned_memory_bytes, d.order_offset_s, d.may_use_pool, d.opted_out, d.decided_in_ns
FROM foreshape.job j
LEFT JOIN foreshape.prediction p ON p.cluster = j.cluster AND p.token = j.token
LEFT JOIN foreshape.decision d ON d.cluster = j.cluster AND d.token = j.token;
COMMENT ON VIEW foreshape.job_report IS 'requested (asked_), predicted, planned and used (the rest), one row for each job';

-- Who may do what ----------------------------------------------------------------------------------------------

CREATE FUNCTION foreshape.is_operator() RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN pg_has_role(current_user, 'foreshape_operator', 'member');
COMMENT ON FUNCTION foreshape.is_operator() IS 'true where the current role sees everybody''s rows';

GRANT USAGE ON SCHEMA foreshape TO foreshape_writer, foreshape_reader, foreshape_activity;
GRANT SELECT ON ALL TABLES IN SCHEMA foreshape TO foreshape_writer;
REVOKE ALL ON FUNCTION foreshape.add_month(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION foreshape.add_month(text, timestamptz) TO foreshape_writer, foreshape_activity;
GRANT INSERT, UPDATE, DELETE ON foreshape.job, foreshape.person, foreshape.submission, foreshape.prediction,
  foreshape.decision, foreshape.outcome, foreshape.pre_allocation, foreshape.pre_allocation_step, foreshape.activity,
  foreshape.model, foreshape.notice, foreshape.ingest_watermark TO foreshape_writer;
GRANT SELECT ON foreshape.job, foreshape.person, foreshape.submission, foreshape.prediction, foreshape.decision,
  foreshape.outcome, foreshape.pre_allocation, foreshape.pre_allocation_step, foreshape.activity, foreshape.model,
  foreshape.notice, foreshape.ingest_watermark, foreshape.job_report, foreshape.migration TO foreshape_reader;
GRANT INSERT ON foreshape.activity TO foreshape_activity;

-- Rows: a user their own, operators and the writer all. Partitions are granted to nobody: they are reached through
-- their parents, where the policies are. The sub-selects make each test run once for a query, not for each row.
DO $$
DECLARE
  t text;
  own text;
BEGIN
  FOREACH t IN ARRAY ARRAY['job', 'person', 'activity', 'submission', 'prediction', 'decision', 'outcome',
                           'pre_allocation', 'pre_allocation_step', 'notice']
  LOOP
    own := CASE
      WHEN t IN ('job', 'person', 'activity') THEN 'user_name = current_user::text'
      WHEN t LIKE 'pre\_allocation%' THEN 'user_name IN (current_user::text, '''')'
      WHEN t = 'notice' THEN 'false'
      ELSE '(cluster, uid) IN (SELECT m.cluster, m.uid FROM foreshape.person m WHERE m.user_name = current_user::text)'
    END;
    EXECUTE format('ALTER TABLE foreshape.%I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY own_rows ON foreshape.%I FOR SELECT TO foreshape_reader USING (%s OR (SELECT foreshape.is_operator()))',
                   t, own);
    EXECUTE format('CREATE POLICY writer_rows ON foreshape.%I TO foreshape_writer USING (true) WITH CHECK (true)', t);
  END LOOP;
END
$$;
CREATE POLICY sampler_rows ON foreshape.activity FOR INSERT TO foreshape_activity WITH CHECK (true);
