-- SPDX-License-Identifier: GPL-2.0-or-later
-- Stores the submissions of a batch that are not there yet: written once. No parameters.
INSERT INTO foreshape.submission (cluster, token, uid, submit_time, account, partition, qos, job_name, account_hash, partition_hash, qos_hash, name_hash,
  script_hash, work_dir_hash, gres_hash, licenses_hash, burst_buffer_hash, requested_nodes, requested_cpus,
  requested_tasks, requested_gpus, requested_memory_bytes, requested_limit_s, array_tasks, interactive, has_dependency)
SELECT * FROM submission_stage ON CONFLICT DO NOTHING
