-- SPDX-License-Identifier: GPL-2.0-or-later
-- Makes the table through which a batch of jobs reaches foreshape.job, one line a job. No parameters.
-- first_submit_s: of the earliest run that the reader or join_runs found. is_requeued: the reader found the run after it. Times are Unix seconds here: making text of them for COPY would cost more than the rest of the line.
CREATE TEMP TABLE IF NOT EXISTS job_stage (
  line bigint, cluster text, job_id bigint, job_id_text text, token bigint, submit_s bigint, start_s bigint, end_s bigint,
  state text, requeues integer, uid bigint, user_name text, account text, partition text, qos text, job_name text,
  work_dir text, requested_nodes bigint, requested_cpus bigint, requested_tasks bigint, requested_gpus bigint, requested_memory_bytes bigint,
  requested_limit_s bigint, array_tasks integer, interactive boolean, has_dependency boolean, allocated_nodes bigint,
  allocated_cpus bigint, run_s bigint, peak_memory_bytes bigint, cpu_efficiency real, read_bytes bigint,
  written_bytes bigint, first_submit_s bigint, allocated_memory_bytes bigint, memory_is_shaped boolean,
  ran_out_of_memory boolean, is_requeued boolean) ON COMMIT DELETE ROWS
