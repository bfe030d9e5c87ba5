-- A prediction says which trained model had a say in it: the report tells model from kernel, and a bad model's
-- predictions can be found.
ALTER TABLE foreshape.prediction ADD COLUMN model bigint;
COMMENT ON COLUMN foreshape.prediction.model IS
  'checksum of the trained model that had a say, as a signed number; NULL: the kernel alone';

CREATE OR REPLACE VIEW foreshape.job_report WITH (security_invoker = true) AS
SELECT j.*,
       p.evidence, p.similar_jobs,
       p.run_s AS predicted_run_s, p.run_s_mean AS predicted_run_s_mean, p.run_s_q, p.run_s_jobs,
       p.memory_bytes AS predicted_memory_bytes, p.memory_bytes_q, p.memory_bytes_jobs,
       p.cpu_efficiency AS predicted_cpu_efficiency, p.cpu_efficiency_q, p.cpu_efficiency_jobs,
       p.read_bytes AS predicted_read_bytes, p.read_bytes_q, p.read_bytes_jobs,
       p.written_bytes AS predicted_written_bytes, p.written_bytes_q, p.written_bytes_jobs,
       d.run_time_mode, d.memory_mode, d.cpus_mode, d.io_mode,
       d.planned_run_s, d.planned_memory_bytes, d.order_offset_s, d.may_use_pool, d.opted_out, d.decided_in_ns,
       p.model AS predicted_by_model
FROM foreshape.job j
LEFT JOIN foreshape.prediction p ON p.cluster = j.cluster AND p.token = j.token
LEFT JOIN foreshape.decision d ON d.cluster = j.cluster AND d.token = j.token;
