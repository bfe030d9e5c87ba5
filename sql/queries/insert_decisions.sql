-- SPDX-License-Identifier: GPL-2.0-or-later
-- Stores the decisions of a batch that are not there yet: written once. No parameters.
INSERT INTO foreshape.decision (cluster, token, uid, submit_time, run_time_mode, memory_mode, cpus_mode, io_mode, planned_run_s, planned_memory_bytes,
  order_offset_s, may_use_pool, opted_out, decided_in_ns, order_is_dry, shaped_memory_bytes)
SELECT * FROM decision_stage ON CONFLICT DO NOTHING
