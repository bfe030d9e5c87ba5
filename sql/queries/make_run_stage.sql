-- SPDX-License-Identifier: GPL-2.0-or-later
-- Makes the table of a batch's runs that are followed by another, lines as in job_stage. No parameters.
CREATE TEMP TABLE IF NOT EXISTS run_stage (LIKE job_stage) ON COMMIT DELETE ROWS
