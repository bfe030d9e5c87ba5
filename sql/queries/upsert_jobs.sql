-- SPDX-License-Identifier: GPL-2.0-or-later
-- Stores a batch; answers nothing, touches the rows that are new or differ. No parameters.
-- An ended job never runs again, and what was measured is never forgotten (a dump without steps, a damaged one whose
-- times could not be read).
-- Sorted, so that two ingests at once take their locks in the same order.
INSERT INTO foreshape.job AS j (cluster, job_id, job_id_text, token, submit_time, start_time, end_time, state, requeues,
  uid, user_name, account, partition, qos, job_name, work_dir, requested_nodes, requested_cpus, requested_tasks, requested_gpus,
  requested_memory_bytes, requested_limit_s, array_tasks, interactive, has_dependency, allocated_nodes, allocated_cpus, run_s,
  peak_memory_bytes, cpu_efficiency, read_bytes, written_bytes, allocated_memory_bytes, memory_is_shaped, ran_out_of_memory)
SELECT cluster, job_id, job_id_text, token, to_timestamp(submit_s), to_timestamp(start_s), to_timestamp(end_s), state,
  requeues, uid, user_name, account, partition, qos, job_name, work_dir, requested_nodes, requested_cpus, requested_tasks, requested_gpus,
  requested_memory_bytes, requested_limit_s, array_tasks, interactive, has_dependency, allocated_nodes, allocated_cpus, run_s,
  peak_memory_bytes, cpu_efficiency, read_bytes, written_bytes, allocated_memory_bytes, memory_is_shaped, ran_out_of_memory
FROM job_stage ORDER BY cluster, job_id, submit_s
ON CONFLICT (cluster, job_id, submit_time) DO UPDATE SET
  job_id_text = excluded.job_id_text, token = coalesce(excluded.token, j.token), start_time = coalesce(excluded.start_time, j.start_time),
  end_time = coalesce(excluded.end_time, j.end_time), state = excluded.state, requeues = greatest(excluded.requeues, j.requeues),
  uid = excluded.uid, user_name = excluded.user_name, account = excluded.account, partition = excluded.partition,
  qos = excluded.qos, job_name = excluded.job_name, work_dir = excluded.work_dir, requested_nodes = excluded.requested_nodes,
  requested_cpus = excluded.requested_cpus, requested_tasks = excluded.requested_tasks, requested_gpus = excluded.requested_gpus,
  requested_memory_bytes = CASE WHEN j.memory_is_shaped AND NOT excluded.memory_is_shaped THEN j.requested_memory_bytes
        ELSE excluded.requested_memory_bytes END,
  requested_limit_s = excluded.requested_limit_s,
  array_tasks = excluded.array_tasks, interactive = excluded.interactive, has_dependency = excluded.has_dependency,
  allocated_nodes = excluded.allocated_nodes, allocated_cpus = excluded.allocated_cpus, run_s = CASE WHEN j.end_time IS NOT NULL AND excluded.end_time IS NULL OR j.start_time IS NOT NULL AND excluded.start_time IS NULL
        THEN j.run_s ELSE excluded.run_s END,
  peak_memory_bytes = coalesce(excluded.peak_memory_bytes, j.peak_memory_bytes),
  cpu_efficiency = coalesce(excluded.cpu_efficiency, j.cpu_efficiency),
  read_bytes = coalesce(excluded.read_bytes, j.read_bytes),
  written_bytes = coalesce(excluded.written_bytes, j.written_bytes),
  allocated_memory_bytes = coalesce(excluded.allocated_memory_bytes, j.allocated_memory_bytes),
  memory_is_shaped = excluded.memory_is_shaped OR j.memory_is_shaped,
  ran_out_of_memory = excluded.ran_out_of_memory OR j.ran_out_of_memory
WHERE NOT (foreshape.is_open(excluded.state) AND foreshape.has_ended(j.state))
  AND (j.job_id_text, coalesce(excluded.token, j.token), j.start_time, j.end_time, j.state, j.requeues, j.uid,
       j.user_name, j.account, j.partition, j.qos, j.job_name, j.work_dir, j.requested_nodes, j.requested_cpus, j.requested_tasks,
       j.requested_gpus, j.requested_memory_bytes, j.requested_limit_s, j.array_tasks, j.interactive, j.has_dependency,
       j.allocated_nodes, j.allocated_cpus, j.run_s, j.peak_memory_bytes, j.cpu_efficiency, j.read_bytes,
       j.written_bytes, j.allocated_memory_bytes, j.memory_is_shaped, j.ran_out_of_memory)
      IS DISTINCT FROM
      (excluded.job_id_text, j.token, coalesce(excluded.start_time, j.start_time), coalesce(excluded.end_time, j.end_time), excluded.state,
       greatest(excluded.requeues, j.requeues), excluded.uid, excluded.user_name, excluded.account, excluded.partition,
       excluded.qos, excluded.job_name, excluded.work_dir, excluded.requested_nodes, excluded.requested_cpus,
       excluded.requested_tasks, excluded.requested_gpus,
       CASE WHEN j.memory_is_shaped AND NOT excluded.memory_is_shaped THEN j.requested_memory_bytes
        ELSE excluded.requested_memory_bytes END, excluded.requested_limit_s,
       excluded.array_tasks, excluded.interactive, excluded.has_dependency, excluded.allocated_nodes,
       excluded.allocated_cpus,
       CASE WHEN j.end_time IS NOT NULL AND excluded.end_time IS NULL OR j.start_time IS NOT NULL AND excluded.start_time IS NULL
        THEN j.run_s ELSE excluded.run_s END,
       coalesce(excluded.peak_memory_bytes, j.peak_memory_bytes),
       coalesce(excluded.cpu_efficiency, j.cpu_efficiency), coalesce(excluded.read_bytes, j.read_bytes),
       coalesce(excluded.written_bytes, j.written_bytes), coalesce(excluded.allocated_memory_bytes, j.allocated_memory_bytes),
       excluded.memory_is_shaped OR j.memory_is_shaped, excluded.ran_out_of_memory OR j.ran_out_of_memory)
