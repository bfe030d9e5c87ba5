-- SPDX-License-Identifier: GPL-2.0-or-later
-- Makes the table through which decisions of a journal reach foreshape.decision; its columns in the order of the lines that
-- journal_store.cpp writes. No parameters.
CREATE TEMP TABLE IF NOT EXISTS decision_stage ON COMMIT DELETE ROWS AS
SELECT cluster, token, uid, submit_time, run_time_mode, memory_mode, cpus_mode, io_mode, planned_run_s, planned_memory_bytes,
  order_offset_s, may_use_pool, opted_out, decided_in_ns, order_is_dry, shaped_memory_bytes
FROM foreshape.decision WITH NO DATA
