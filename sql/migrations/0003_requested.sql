-- The words of Slurm: what a user wrote is requested, a job runs in a working directory, software has licenses.
ALTER TABLE foreshape.job RENAME COLUMN asked_nodes TO requested_nodes;
ALTER TABLE foreshape.job RENAME COLUMN asked_cpus TO requested_cpus;
ALTER TABLE foreshape.job RENAME COLUMN asked_tasks TO requested_tasks;
ALTER TABLE foreshape.job RENAME COLUMN asked_gpus TO requested_gpus;
ALTER TABLE foreshape.job RENAME COLUMN asked_memory_bytes TO requested_memory_bytes;
ALTER TABLE foreshape.job RENAME COLUMN asked_limit_s TO requested_limit_s;
ALTER TABLE foreshape.submission RENAME COLUMN asked_nodes TO requested_nodes;
ALTER TABLE foreshape.submission RENAME COLUMN asked_cpus TO requested_cpus;
ALTER TABLE foreshape.submission RENAME COLUMN asked_tasks TO requested_tasks;
ALTER TABLE foreshape.submission RENAME COLUMN asked_gpus TO requested_gpus;
ALTER TABLE foreshape.submission RENAME COLUMN asked_memory_bytes TO requested_memory_bytes;
ALTER TABLE foreshape.submission RENAME COLUMN asked_limit_s TO requested_limit_s;
ALTER TABLE foreshape.job RENAME COLUMN folder TO work_dir;
ALTER TABLE foreshape.submission RENAME COLUMN folder_hash TO work_dir_hash;
ALTER TABLE foreshape.submission RENAME COLUMN licences_hash TO licenses_hash;

-- A view keeps the names that it was made with.
ALTER VIEW foreshape.job_report RENAME COLUMN asked_nodes TO requested_nodes;
ALTER VIEW foreshape.job_report RENAME COLUMN asked_cpus TO requested_cpus;
ALTER VIEW foreshape.job_report RENAME COLUMN asked_tasks TO requested_tasks;
ALTER VIEW foreshape.job_report RENAME COLUMN asked_gpus TO requested_gpus;
ALTER VIEW foreshape.job_report RENAME COLUMN asked_memory_bytes TO requested_memory_bytes;
ALTER VIEW foreshape.job_report RENAME COLUMN asked_limit_s TO requested_limit_s;
ALTER VIEW foreshape.job_report RENAME COLUMN folder TO work_dir;
COMMENT ON VIEW foreshape.job_report IS 'requested, predicted, planned and used (the rest), one row for each job';
