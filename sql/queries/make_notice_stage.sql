-- SPDX-License-Identifier: GPL-2.0-or-later
-- Makes the table through which notices of a journal reach foreshape.notice; its columns in the order of the lines that
-- journal_store.cpp writes. No parameters.
CREATE TEMP TABLE IF NOT EXISTS notice_stage ON COMMIT DELETE ROWS AS
SELECT cluster, journal, sequence, at, lost_events, message
FROM foreshape.notice WITH NO DATA
