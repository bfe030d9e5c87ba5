-- What a state says was written out as a list wherever it mattered, and lists drift apart: now it is said once, by
-- functions of the names that predictor/base/job_state.h has. They are plain enough for PostgreSQL to put their text
-- in place of the call, so an index whose condition is such a list (job_unsettled, job_finished) serves them.

CREATE FUNCTION foreshape.is_open(state text) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN state IN ('UNKNOWN', 'PENDING', 'RUNNING');
COMMENT ON FUNCTION foreshape.is_open(text) IS 'more is to come: the job waits, runs, or was not told of in full';

CREATE FUNCTION foreshape.has_ended(state text) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN state NOT IN ('UNKNOWN', 'PENDING', 'RUNNING');
COMMENT ON FUNCTION foreshape.has_ended(text) IS 'the opposite of is_open';

CREATE FUNCTION foreshape.is_cut_off(state text) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN state IN ('REQUEUED', 'PREEMPTED', 'NODE_FAIL', 'BOOT_FAIL');
COMMENT ON FUNCTION foreshape.is_cut_off(text) IS 'Slurm took the nodes away and may have queued the job again';

CREATE FUNCTION foreshape.is_measurement(state text) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN state IN ('COMPLETED', 'FAILED');
COMMENT ON FUNCTION foreshape.is_measurement(text) IS 'run time and memory say what the job needed, not a lower bound';

-- The rule, with its reasons, is in predictor/history/requeue.h. For two records of one cluster, job id and user.
CREATE FUNCTION foreshape.is_earlier_run(
  submit_time timestamptz, start_time timestamptz, end_time timestamptz, state text, job_name text, token bigint,
  later_submit_time timestamptz, later_job_name text, later_token bigint) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN coalesce(submit_time < later_submit_time AND
    CASE WHEN token IS NOT NULL AND later_token IS NOT NULL
         THEN token = later_token AND (foreshape.is_cut_off(state) OR foreshape.is_open(state))
         ELSE job_name = later_job_name AND foreshape.is_cut_off(state)
              AND later_submit_time - greatest(submit_time, start_time, end_time) <= interval '7 days'
    END, false);
COMMENT ON FUNCTION foreshape.is_earlier_run(timestamptz, timestamptz, timestamptz, text, text, bigint, timestamptz, text, bigint) IS
  'the first record is a run, before a requeue, of the submission that the later record is of';

-- For databases whose new functions are not everybody's (ALTER DEFAULT PRIVILEGES).
GRANT EXECUTE ON FUNCTION foreshape.is_open(text), foreshape.has_ended(text), foreshape.is_cut_off(text), foreshape.is_measurement(text),
  foreshape.is_earlier_run(timestamptz, timestamptz, timestamptz, text, text, bigint, timestamptz, text, bigint)
  TO foreshape_writer, foreshape_reader;
