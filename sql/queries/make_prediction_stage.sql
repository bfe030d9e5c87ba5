-- SPDX-License-Identifier: GPL-2.0-or-later
-- Makes the table through which predictions of a journal reach foreshape.prediction; its columns in the order of the lines that
-- journal_store.cpp writes. No parameters.
CREATE TEMP TABLE IF NOT EXISTS prediction_stage ON COMMIT DELETE ROWS AS
SELECT cluster, token, uid, submit_time, evidence, similar_jobs, run_s, run_s_mean, run_s_q, run_s_jobs, memory_bytes,
  memory_bytes_mean, memory_bytes_q, memory_bytes_jobs, cpu_efficiency, cpu_efficiency_mean, cpu_efficiency_q,
  cpu_efficiency_jobs, read_bytes, read_bytes_mean, read_bytes_q, read_bytes_jobs, written_bytes, written_bytes_mean,
  written_bytes_q, written_bytes_jobs, model
FROM foreshape.prediction WITH NO DATA
