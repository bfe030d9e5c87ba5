-- SPDX-License-Identifier: GPL-2.0-or-later
-- What past_jobs.cpp reads of a job j with its submission s (part_and_submission), in the order of its enum Column:
-- what was requested is the plugin's word where it has seen the job (k.seen), else accounting's.
SELECT j.job_id, j.uid, extract(epoch FROM j.submit_time)::bigint, extract(epoch FROM j.start_time)::bigint,
  extract(epoch FROM j.end_time)::bigint, j.state, j.run_s, j.peak_memory_bytes, j.cpu_efficiency, j.read_bytes,
  j.written_bytes, j.account, j.partition, j.qos, j.job_name, j.work_dir,
  CASE WHEN seen THEN s.requested_nodes ELSE j.requested_nodes END, CASE WHEN seen THEN s.requested_cpus ELSE j.requested_cpus END, CASE WHEN seen THEN s.requested_tasks ELSE j.requested_tasks END,
  CASE WHEN seen THEN s.requested_gpus ELSE j.requested_gpus END, CASE WHEN seen THEN s.requested_memory_bytes ELSE j.requested_memory_bytes END,
  CASE WHEN seen THEN s.requested_limit_s ELSE j.requested_limit_s END, CASE WHEN seen THEN s.array_tasks ELSE j.array_tasks END,
  CASE WHEN seen THEN s.interactive ELSE j.interactive END, s.partition_hash, s.qos_hash, s.name_hash, s.script_hash, s.work_dir_hash,
  CASE WHEN seen THEN s.has_dependency ELSE j.has_dependency END, s.gres_hash, s.licenses_hash, s.burst_buffer_hash
