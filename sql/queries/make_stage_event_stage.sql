-- SPDX-License-Identifier: GPL-2.0-or-later
-- Makes the table through which steps of staging reach foreshape.stage_event; its columns in the order of the lines that
-- journal_store.cpp writes. No parameters.
CREATE TEMP TABLE IF NOT EXISTS stage_event_stage ON COMMIT DELETE ROWS AS
SELECT cluster, journal, sequence, at, uid, step, job_id, bytes, copy_ms, uses, user_number, source, file_system, reason
FROM foreshape.stage_event WITH NO DATA
