-- What Memory=enforce gave back and what it cost can be said only where the store has what each run of a job was
-- allocated: a waiting job is given another figure, and one that was killed for want of memory runs again with its request.
-- Jobs that are in the store already have NULL, which means not known, until ingest reads them again.
ALTER TABLE foreshape.job ADD COLUMN allocated_memory_bytes bigint CHECK (allocated_memory_bytes >= 0);
ALTER TABLE foreshape.job ADD COLUMN memory_is_shaped boolean NOT NULL DEFAULT false;
ALTER TABLE foreshape.job ADD COLUMN ran_out_of_memory boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN foreshape.job.allocated_memory_bytes IS 'per node, of the run described, as it started; NULL = not known';
COMMENT ON COLUMN foreshape.job.memory_is_shaped IS 'the run had less memory than requested, by Memory=enforce';
COMMENT ON COLUMN foreshape.job.ran_out_of_memory IS
  'killed for want of memory, also where accounting calls it REQUEUED, since it was queued again at once';

-- job has the last run of each; these are the ones before it.
CREATE TABLE foreshape.requeued_run (
  cluster text NOT NULL,
  job_id bigint NOT NULL,
  submit_time timestamptz NOT NULL,
  job_id_text text NOT NULL,
  uid bigint NOT NULL,
  user_name text NOT NULL,
  account text NOT NULL,
  partition text NOT NULL,
  qos text NOT NULL,
  job_name text NOT NULL,
  start_time timestamptz,
  end_time timestamptz,
  state text NOT NULL,
  requested_memory_bytes bigint,
  allocated_nodes integer,
  allocated_cpus integer,
  run_s bigint,
  allocated_memory_bytes bigint CHECK (allocated_memory_bytes >= 0),
  peak_memory_bytes bigint,
  memory_is_shaped boolean NOT NULL,
  ran_out_of_memory boolean NOT NULL,
  PRIMARY KEY (cluster, job_id, submit_time)
);
CREATE INDEX requeued_run_by_user ON foreshape.requeued_run (user_name, end_time);
CREATE INDEX requeued_run_end_brin ON foreshape.requeued_run USING brin (end_time) WITH (autosummarize = on);
COMMENT ON TABLE foreshape.requeued_run IS 'what each run of a job held before it was queued again; columns as in job';

CREATE VIEW foreshape.run WITH (security_invoker = true) AS
SELECT cluster, job_id, job_id_text, submit_time, end_time, uid, user_name, account, partition, qos, job_name,
       false AS was_requeued, run_s, allocated_nodes, allocated_cpus, requested_memory_bytes, allocated_memory_bytes,
       peak_memory_bytes, memory_is_shaped, ran_out_of_memory
FROM foreshape.job
UNION ALL
SELECT cluster, job_id, job_id_text, submit_time, end_time, uid, user_name, account, partition, qos, job_name,
       true, run_s, allocated_nodes, allocated_cpus, requested_memory_bytes, allocated_memory_bytes,
       peak_memory_bytes, memory_is_shaped, ran_out_of_memory
FROM foreshape.requeued_run;
COMMENT ON VIEW foreshape.run IS 'one row for each time that a job ran, or waited for its first run';

GRANT SELECT ON foreshape.requeued_run, foreshape.run TO foreshape_writer, foreshape_reader;
GRANT INSERT, UPDATE, DELETE ON foreshape.requeued_run TO foreshape_writer;
ALTER TABLE foreshape.requeued_run ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON foreshape.requeued_run FOR SELECT TO foreshape_reader
  USING (user_name = current_user::text OR (SELECT foreshape.is_operator()));
CREATE POLICY writer_rows ON foreshape.requeued_run TO foreshape_writer USING (true) WITH CHECK (true);
