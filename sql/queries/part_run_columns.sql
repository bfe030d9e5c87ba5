-- SPDX-License-Identifier: GPL-2.0-or-later
-- Of a run what foreshape.requeued_run keeps; job has all of these too.
  cluster, job_id, submit_time, job_id_text, uid, user_name, account, partition, qos, job_name, start_time, end_time, state,
  requested_memory_bytes, allocated_nodes, allocated_cpus, run_s, allocated_memory_bytes, peak_memory_bytes,
  memory_is_shaped, ran_out_of_memory
