-- SPDX-License-Identifier: GPL-2.0-or-later
-- Makes the table through which submissions of a journal reach foreshape.submission; its columns in the order of the lines that
-- journal_store.cpp writes. No parameters.
CREATE TEMP TABLE IF NOT EXISTS submission_stage ON COMMIT DELETE ROWS AS
SELECT cluster, token, uid, submit_time, account, partition, qos, job_name, account_hash, partition_hash, qos_hash, name_hash,
  script_hash, work_dir_hash, gres_hash, licenses_hash, burst_buffer_hash, requested_nodes, requested_cpus,
  requested_tasks, requested_gpus, requested_memory_bytes, requested_limit_s, array_tasks, interactive, has_dependency
FROM foreshape.submission WITH NO DATA
