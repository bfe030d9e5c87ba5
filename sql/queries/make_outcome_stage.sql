-- SPDX-License-Identifier: GPL-2.0-or-later
-- Makes the table through which outcomes of a journal reach foreshape.outcome; its columns in the order of the lines that
-- journal_store.cpp writes. No parameters.
CREATE TEMP TABLE IF NOT EXISTS outcome_stage ON COMMIT DELETE ROWS AS
SELECT cluster, job_id, submit_time, token, uid, start_time, end_time, state
FROM foreshape.outcome WITH NO DATA
