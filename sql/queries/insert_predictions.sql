-- SPDX-License-Identifier: GPL-2.0-or-later
-- Stores the predictions of a batch that are not there yet: written once. No parameters.
INSERT INTO foreshape.prediction (cluster, token, uid, submit_time, evidence, similar_jobs, run_s, run_s_mean, run_s_q, run_s_jobs, memory_bytes,
  memory_bytes_mean, memory_bytes_q, memory_bytes_jobs, cpu_efficiency, cpu_efficiency_mean, cpu_efficiency_q,
  cpu_efficiency_jobs, read_bytes, read_bytes_mean, read_bytes_q, read_bytes_jobs, written_bytes, written_bytes_mean,
  written_bytes_q, written_bytes_jobs, model)
SELECT * FROM prediction_stage ON CONFLICT DO NOTHING
