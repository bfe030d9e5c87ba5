-- The word of Slurm: a job is requeued, and each time it ran is a run of one submission.
ALTER FUNCTION foreshape.is_earlier_run(timestamptz, timestamptz, timestamptz, text, text, bigint, timestamptz, text, bigint)
  RENAME TO is_requeued_run;
